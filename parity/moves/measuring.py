"""Whether a new unit fails more often, or answers more slowly, than the old one: by requests that the command sends."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from parity.moves.load_balancer import Answered, LoadBalancer

REQUESTS: Final = 30
"""How many requests each of the two gets at least."""
_FIRST_LOOK: Final = 9  # requests, after which a clear difference ends the measurement
_WARM_UP: Final = 3
_FAILURES: Final = 2  # one may be chance
_MORE_FAILURES: Final = 0.01  # of all requests
_TIMES_SLOWER: Final = 2.0
_SECONDS_SLOWER: Final = 0.3


@dataclass(slots=True)
class Sample:
    """The requests that one unit got."""

    seconds: list[float] = field(default_factory=list)
    failures: int = 0

    def add(self, answered: Answered) -> None:
        """Count a request."""
        self.seconds.append(answered.seconds)
        self.failures += answered.failed

    @property
    def failure_rate(self) -> float:
        """How many of the requests failed, from 0 to 1."""
        return self.failures / len(self.seconds)

    @property
    def median(self) -> float:
        """The seconds that half of the requests did not take longer than."""
        return median(self.seconds)


def why_worse(new: Sample, old: Sample) -> str:
    """Return why the new unit does not pass; empty if it does."""
    if new.failures >= _FAILURES and new.failure_rate > old.failure_rate + _MORE_FAILURES:
        return (
            f"{new.failures} of {len(new.seconds)} requests failed, "
            f"and {old.failures} of {len(old.seconds)} to the old unit"
        )
    if new.median > max(old.median * _TIMES_SLOWER, old.median + _SECONDS_SLOWER):
        slow, usual = 1000 * new.median, 1000 * old.median
        return f"half of the requests take {slow:.0f} ms or longer, and {usual:.0f} ms with the old unit"
    return ""


def measure(
    balancer: LoadBalancer, pairs: Sequence[tuple[str, str, str]], seconds: float, sleep: Callable[[float], None]
) -> str:
    """Send requests to the old and the new unit in turn for so many seconds, and return why the new one does not pass.

    Each of the pairs is a path, the old unit that serves it, and the new one.
    """
    for path, old, new in pairs:
        for _ in range(_WARM_UP):
            balancer.get(path, old)
            balancer.get(path, new)
    samples = {path: (Sample(), Sample()) for path, _, _ in pairs}
    deadline = time.monotonic() + seconds
    rounds = 0
    while rounds < REQUESTS or time.monotonic() < deadline:
        for path, old, new in pairs:
            before, after = samples[path]
            before.add(balancer.get(path, old))
            after.add(balancer.get(path, new))
            if rounds >= _FIRST_LOOK and (worse := why_worse(after, before)):
                return f"GET {path}: {worse}"
        rounds += 1
        sleep(min(seconds / REQUESTS, max(0.0, deadline - time.monotonic())))
    return ""
