"""Scripted scenarios: every operation and every failure of the contract."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Final

from parity.calls import Call
from parity.corpus.scenarios import pages, requests, users_and_orders
from parity.corpus.scenarios.each_entity import each_entity
from parity.corpus.scenarios.keys_and_versions import keys_and_versions

SCENARIOS: Final[Mapping[str, Callable[[], Iterator[Call]]]] = {
    "usual calls": users_and_orders.usual_calls,
    "refusals": users_and_orders.refusals,
    "each entity": each_entity,
    "keys and versions": keys_and_versions,
    "texts": users_and_orders.texts,
    "pages": pages.pages,
    "routes": requests.routes,
    "spellings": requests.spellings,
    "deletions": users_and_orders.deletions,
}
"""By name. What only one entity has is in a module of its own; what all have is in `each_entity` and
`keys_and_versions`."""


def scenarios(*names: str) -> list[Call]:
    """Return the calls of all scenarios, or of those. Each needs the usual calls before it."""
    return list(chain.from_iterable(SCENARIOS[name]() for name in (names or SCENARIOS)))
