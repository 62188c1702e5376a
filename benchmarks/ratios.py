"""Ratios of what was measured side by side: never seconds alone, which depend on the machine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median, quantiles
from typing import Any, Literal, TypeVar

T = TypeVar("T")

Samples = Mapping[str, Sequence[float]]
"""By subject, one number a round."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a ratio is to be."""

    at: Literal["most", "least"]
    bound: float

    def met_by(self, ratio: float) -> bool:
        """Whether that is good enough."""
        return ratio <= self.bound if self.at == "most" else ratio >= self.bound

    def __str__(self) -> str:
        return f"at {self.at} {self.bound:g}"


def at_most(bound: float) -> Goal:
    """For what is better when it is smaller."""
    return Goal("most", bound)


def at_least(bound: float) -> Goal:
    """For what is better when it is greater."""
    return Goal("least", bound)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: the median of the ratios of all rounds, and between which of them half of them lie."""

    name: str
    over: str
    """What the ratio compares with."""
    ratio: float
    low: float
    high: float
    goal: Goal | None
    """None where the ratio has no goal."""
    rounds: int
    medians: Mapping[str, float]
    """Of each subject that was measured beside, in `unit`."""
    unit: str

    @property
    def met(self) -> bool | None:
        """Whether the goal is met. None where it is not decided, as the middle half of the rounds is on both sides of
        it; and where there is no goal.
        """
        if self.goal is None or self.goal.met_by(self.low) != self.goal.met_by(self.high):
            return None
        return self.goal.met_by(self.ratio)

    def as_json(self) -> dict[str, Any]:
        """The row as docs/benchmarks.json has it."""
        return {
            "name": self.name,
            "over": self.over,
            "ratio": round(self.ratio, 3),
            "goal": self.goal and self.goal.bound,
            "at": self.goal and self.goal.at,
            "met": self.met,
            "low": round(self.low, 3),
            "high": round(self.high, 3),
            "rounds": self.rounds,
            "medians": {subject: float(f"{value:.4g}") for subject, value in self.medians.items()},
            "unit": self.unit,
        }


def alternate(
    probes: Mapping[str, Callable[[], T]], rounds: int, step: Callable[[], None] = lambda: None
) -> dict[str, list[T]]:
    """Measure each subject once a round, one right after the other, each round beginning with another one.

    So what else the machine does meets all of them alike. `step` is called after each measurement.
    """
    samples: dict[str, list[T]] = {subject: [] for subject in probes}
    for number in range(rounds):
        for subject in islice(cycle(probes), number % len(probes), number % len(probes) + len(probes)):
            samples[subject].append(probes[subject]())
            step()
    return samples


def compare(name: str, samples: Samples, ours: str, over: str, goal: Goal | None, unit: str) -> Row:
    """The row that says how ours compares with another subject of the same rounds."""
    ratios = [mine / theirs for mine, theirs in zip(samples[ours], samples[over], strict=True)]
    low, _, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    medians = {subject: median(values) for subject, values in samples.items()}
    return Row(name, over, median(ratios), low, high, goal, len(ratios), medians, unit)
