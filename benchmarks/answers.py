"""What became of the requests of a load."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

REDIRECTS: Final = 300
UNAVAILABLE: Final = 503


@dataclass(slots=True)
class Answers:
    """What became of the requests of one kind."""

    sent: int = 0
    latencies: dict[int, list[float]] = field(default_factory=dict)
    """Seconds from when a request was due to its answer, by the answer's status."""

    def within(self, seconds: float) -> int:
        """Return how many were answered with a success in that time."""
        return sum(
            latency <= seconds for status, each in self.latencies.items() if status < REDIRECTS for latency in each
        )

    def _percentile(self, share: float, statuses: Callable[[int], bool]) -> float:
        """Return the latency that this share of the answers with such a status stayed within; 0 if there are none."""
        latencies = sorted(latency for status, each in self.latencies.items() if statuses(status) for latency in each)
        return latencies[min(len(latencies) - 1, int(share * len(latencies)))] if latencies else 0.0

    def accepted(self, share: float) -> float:
        """Return the latency that this share of the answers other than refusals stayed within."""
        return self._percentile(share, lambda status: status != UNAVAILABLE)

    def refused(self, share: float) -> float:
        """Return the latency that this share of the refusals stayed within."""
        return self._percentile(share, lambda status: status == UNAVAILABLE)

    def statuses(self) -> dict[int, int]:
        """Return how many answers had each status."""
        return {status: len(each) for status, each in sorted(self.latencies.items())}


def together(answers: Iterable[Answers]) -> Answers:
    """Return the answers of several kinds as those of one."""
    total = Answers()
    for each in answers:
        total.sent += each.sent
        for status, latencies in each.latencies.items():
            total.latencies.setdefault(status, []).extend(latencies)
    return total
