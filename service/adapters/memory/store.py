"""The data that both in-memory repositories share, under one lock."""

from bisect import bisect_left, insort
from collections.abc import Mapping
from threading import Lock

from service.application.ports import Entity, Page, Position
from service.domain.orders import Order
from service.domain.users import User


class Index:
    """Positions in ascending order, so that a page costs the same wherever it begins."""

    def __init__(self) -> None:
        self._positions: list[Position] = []

    def add(self, entity: User | Order) -> None:
        """Insert an entity's position: at the end, and cheaply so, unless clocks disagree."""
        position = Position(entity.created_at, entity.id)
        if not self._positions or self._positions[-1] < position:
            self._positions.append(position)
        else:
            insort(self._positions, position)

    def remove(self, entity: User | Order) -> None:
        """Forget an entity's position."""
        del self._positions[bisect_left(self._positions, Position(entity.created_at, entity.id))]

    def page(self, entities: Mapping[str, Entity], limit: int, after: Position | None) -> Page[Entity]:
        """The entities at the `limit` positions before `after`, or at the last ones, newest first."""
        end = len(self._positions) if after is None else bisect_left(self._positions, after)
        start = max(0, end - limit)
        return Page([entities[position.id] for position in reversed(self._positions[start:end])], has_more=start > 0)

    def __bool__(self) -> bool:
        return bool(self._positions)


class MemoryStore:
    """Users, orders and what is needed to find them. Hold `lock` around every use."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.users: dict[str, User] = {}
        self.user_index = Index()
        self.email_keys: set[str] = set()
        self.orders: dict[str, Order] = {}
        self.order_index = Index()
        self.orders_of_user: dict[str, Index] = {}
