"""A page of a list that lies in one or more partitions."""

import asyncio
from collections.abc import Callable, Sequence
from heapq import merge
from itertools import islice

from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import Item
from service.adapters.dynamodb.keys import sort_key
from service.application.deadline import waiting_for
from service.application.ports import Entity, Page, Position


async def fetch_page(
    client: DynamoClient,
    table: str,
    partitions: Sequence[str],
    to_entity: Callable[[Item], Entity],
    limit: int,
    after: Position | None,
) -> Page[Entity]:
    """The entries of all the partitions that come after a position, newest first, and whether there are more."""
    before = None if after is None else sort_key(after)
    # One more than asked for, from each: all that is shown may lie in one partition.
    found = await asyncio.gather(*(client.newest(table, pk, limit + 1, before) for pk in partitions))
    waiting_for("")

    items = list(islice(merge(*found, key=_sort_key, reverse=True), limit + 1))
    return Page([to_entity(item) for item in items[:limit]], has_more=len(items) > limit)


def _sort_key(item: Item) -> bytes:
    text: str = item["sk"]["S"]
    return text.encode()
