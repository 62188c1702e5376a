"""What clients asked for, what they were told, and when: places in one order of all beginnings and ends."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from math import inf
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["users", "orders"]
Method = Literal["POST", "GET", "PATCH", "DELETE", "KEPT"]

NO_ANSWER = 0
UNAVAILABLE = 503


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Call:
    """One request as its client saw it. `KEPT` is none: it is what the store itself holds when all is over."""

    method: Method
    kind: Kind
    id: str | None = None
    body: Json = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    client: int = -1
    began: int
    ended: float
    status: int
    answer: Any = None

    @property
    def done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def unknown(self) -> bool:
        """Whether it may have taken effect, or may yet."""
        return self.status in {NO_ANSWER, UNAVAILABLE}

    @property
    def observes(self) -> bool:
        """Whether it cannot have changed anything."""
        return self.method in {"GET", "KEPT"} or not (self.done or self.unknown)

    @property
    def about(self) -> str | None:
        """The id that it names, or that it was given."""
        made = self.answer["id"] if self.method == "POST" and self.done else None
        return self.id or self.body.get("id") or made

    @property
    def owner(self) -> str | None:
        """The user whose orders it is about."""
        found: str | None = self.body.get("user_id") or self.query.get("user_id")
        return found

    @property
    def label(self) -> str:
        """What no other creation has: the name of the user or the product of the order."""
        return label_of(self.body)

    @property
    def rows(self) -> list[Json]:
        """The users or orders that were shown."""
        if not self.done or self.answer is None:
            return []
        return self.answer if isinstance(self.answer, list) else [self.answer]

    @property
    def is_whole_list(self) -> bool:
        """Whether it shows a list from its beginning to its end."""
        return self.done and "cursor" not in self.query and len(self.rows) < int(self.query.get("limit", "0"))

    def __str__(self) -> str:
        path = f"{self.kind}/{self.id}" if self.id else self.kind
        sent = f" {self.body or self.query or ''}".rstrip()
        seen = f" {self.answer}" if self.done and self.answer else ""
        return f"{self.method} {path}{sent} -> {self.status}{seen} (client {self.client}, {self.began} to {self.ended})"


@dataclass(frozen=True, slots=True)
class Walk:
    """A list as a client read it, page by page, to its end or until it was not answered."""

    kind: Kind
    user_id: str | None
    pages: list[Call]

    @property
    def whole(self) -> bool:
        return all(page.done for page in self.pages)

    @property
    def rows(self) -> list[Json]:
        return [row for page in self.pages for row in page.rows]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is in the store, as the API would show it, and every way in which the store contradicts itself."""

    users: list[Json] = field(default_factory=list)
    orders: list[Json] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class History:
    """All calls of all clients. Clients share one event loop, so that no two things happen at once."""

    calls: list[Call] = field(default_factory=list)
    walks: list[Walk] = field(default_factory=list)
    _ticks: Iterator[int] = field(default_factory=count)

    def tick(self) -> int:
        """Now: greater than every moment before."""
        return next(self._ticks)

    def of(self, kind: Kind) -> list[Call]:
        return [call for call in self.calls if call.kind == kind]

    def kept(self, kind: Kind, rows: list[Json]) -> Call:
        """These rows as the last answer of all."""
        return Call(method="KEPT", kind=kind, began=self.tick(), ended=inf, status=200, answer=rows)


def label_of(row: Json) -> str:
    label: str = row.get("name") or row["product"]
    return label
