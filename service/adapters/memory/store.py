"""The data that all in-memory repositories of a store share, under one lock."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from threading import Lock
from typing import Any

from service.application.ports import KeyUse, Page, Position, Recorded
from service.domain.entity import Identified, T


class Index:
    """Positions in ascending order, so that a page costs the same wherever it begins."""

    def __init__(self) -> None:
        self._positions: list[Position] = []

    def add(self, entity: Identified) -> None:
        """Insert an entity's position. Unless clocks disagree it is the last one, which costs little."""
        position = Position(entity.created_at, entity.id)
        if not self._positions or self._positions[-1] < position:
            self._positions.append(position)
        else:
            insort(self._positions, position)

    def remove(self, entity: Identified) -> None:
        """Remove an entity's position."""
        del self._positions[bisect_left(self._positions, Position(entity.created_at, entity.id))]

    def page(self, entities: Mapping[str, T], limit: int, after: Position | None) -> Page[T]:
        """Return the entities at the `limit` positions before `after`, or at the last ones, newest first."""
        end = len(self._positions) if after is None else bisect_left(self._positions, after)
        start = max(0, end - limit)
        return Page([entities[position.id] for position in reversed(self._positions[start:end])], has_more=start > 0)

    def __bool__(self) -> bool:
        return bool(self._positions)


class UsedKeys:
    """What the uses of idempotency keys recorded."""

    def __init__(self) -> None:
        self._uses: dict[str, tuple[KeyUse, Any]] = {}  # in the order of their use

    def find(self, use: KeyUse) -> Recorded[Any] | None:
        """Return what an earlier use of the same key recorded, unless it has expired."""
        earlier, entity = self._uses.get(use.key, (None, None))
        return Recorded(earlier.fingerprint, entity) if earlier and earlier.expires_at > use.at else None

    def record(self, use: KeyUse, entity: object) -> None:
        """Record the first use of a key, or the first since it expired."""
        self._uses.pop(use.key, None)
        self._uses[use.key] = use, entity

    def clean(self, now: datetime) -> None:
        """Remove up to two that have expired: more than one addition can record."""
        for key in [*islice(self._uses, 2)]:
            if self._uses[key][0].expires_at <= now:
                del self._uses[key]


@dataclass
class Table:
    """The entities of one kind, by id, and what is needed to find them."""

    entities: dict[str, Any] = field(default_factory=dict)
    index: Index = field(default_factory=Index)
    of_owner: dict[str, Index] = field(default_factory=lambda: defaultdict(Index))
    """The positions of those that refer to an owner, by its id; only of owners that have some."""
    unique_keys: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The keys of the values that are taken, by the name of the unique field."""
    used_keys: UsedKeys = field(default_factory=UsedKeys)


class MemoryStore:
    """A table for each entity, by its name. Hold `lock` around every use."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.tables: dict[str, Table] = defaultdict(Table)
