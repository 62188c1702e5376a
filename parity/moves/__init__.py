"""Whether a new unit may get the requests of callers: both units are asked, behind one load balancer."""

from collections.abc import Sequence
from typing import NamedTuple


class Differences(NamedTuple):
    """What new units answer differently."""

    number: int
    first: Sequence[str]
    """The first few, in lines of text."""
