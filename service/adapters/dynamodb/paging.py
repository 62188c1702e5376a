"""A page of a list that is in one or more partitions: it reads little more than it shows."""

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final

from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import Item
from service.adapters.dynamodb.keys import sort_key
from service.application.deadline import waiting_for
from service.application.ports import Page, Position
from service.domain.entity import T

ROUNDS: Final = 3
"""How often partitions are asked at most, one time after the other. The last time they are asked for all there may be.

Two would do; with the one between, a partition that has a little more than its share is asked for a little more.
"""
_OF_ITS_SHARE: Final = 1.7
"""How much of its share of a page a partition is asked for. With more, pages of 20 would read over twice what they
show; with less, most pages would have to ask again."""


async def fetch_page(
    client: DynamoClient,
    table: str,
    partitions: Sequence[str],
    to_entity: Callable[[Item], T],
    limit: int,
    after: Position | None,
) -> Page[T]:
    """The entries of all the partitions that come after a position, newest first, and whether there are more."""
    needed = limit + 1
    parts = [_Part(client, table, pk, None if after is None else sort_key(after)) for pk in partitions]
    for turn in range(1, ROUNDS + 1):
        keys = sorted(_key(item) for part in parts for item in part.items)
        missing = {part: count for part in parts if (count := part.may_add(keys, needed)) > 0}
        if not missing:
            break
        await asyncio.gather(*(part.read(_share(count, len(parts), turn)) for part, count in missing.items()))
    waiting_for("")
    items = sorted((item for part in parts for item in part.items), key=_key, reverse=True)
    return Page([to_entity(item) for item in items[:limit]], has_more=len(items) > limit)


def _share(count: int, partitions: int, turn: int) -> int:
    """What one of the partitions is asked for, if as many items may come from all of them."""
    if turn == ROUNDS:
        return count
    return min(count, max(1, round(_OF_ITS_SHARE * count / partitions) + turn - 1))


class _Part:
    """What has been read of a partition, from the newest on."""

    def __init__(self, client: DynamoClient, table: str, pk: str, before: str | None) -> None:
        self._client = client
        self._table = table
        self._pk = pk
        self._before = before
        self._ended = False
        self.items: list[Item] = []

    async def read(self, count: int) -> None:
        """Read so many items more, if there are as many."""
        found = await self._client.newest(self._table, self._pk, count, self._before)
        self.items += found
        self._ended = len(found) < count
        if found:
            self._before = found[-1]["sk"]["S"]

    def may_add(self, keys: Sequence[bytes], needed: int) -> int:
        """How many items that were not read may be among the newest `needed`; `keys` are of all that were read."""
        if self._ended:
            return 0
        newer_or_last = len(keys) - bisect_left(keys, _key(self.items[-1])) if self.items else 0
        return needed - newer_or_last


def _key(item: Item) -> bytes:
    text: str = item["sk"]["S"]
    return text.encode()
