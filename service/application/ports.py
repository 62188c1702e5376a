"""What the application needs from outside, with no technology in it.

Adapters inherit these classes. A repository keeps its promises atomically, by conditions of its store: they hold
between threads, processes and machines. Any method may raise `StoreUnavailable`, best from a `StoreTrouble`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from service.domain.orders import Order, Status
from service.domain.users import User

Entity = TypeVar("Entity", User, Order)

Clock = Callable[[], datetime]
"""Tells the time, with its zone set to UTC."""

NewId = Callable[[], str]
"""Makes an id that no other call makes, greater (as text) than those made before it by this process."""


class ConfigUnavailable(Exception):
    """The place where settings are kept cannot be read; the text tells an operator why."""


class SettingUnusable(ConfigUnavailable):
    """One setting cannot be read, or what is there cannot be a value; other settings may be fine.

    `reason` continues a sentence about `place`, which is worded as in `ConfigPort.places`. Neither contains the value.
    """

    def __init__(self, key: str, reason: str, place: str) -> None:
        super().__init__(f"The {place} {reason}.")
        self.key = key
        self.reason = reason
        self.place = place


class StoreTrouble(Exception):
    """Why a store cannot be used, in words for the log: they say what an operator can do, and no caller's data."""


class ConfigPort(ABC):
    """Where settings come from: `get("users_table")` reads one key, wherever this runtime keeps it.

    Reading may raise `ConfigUnavailable`, or `SettingUnusable` where other keys may still be read.
    """

    @abstractmethod
    def get(self, key: str) -> str | None:
        """The value of a setting, or None where it is not set. A blank value counts as not set."""

    @abstractmethod
    def places(self, key: str) -> Sequence[str]:
        """Where the key is looked for, in that order, in words: `environment variable USERS_TABLE`."""

    @abstractmethod
    def origin(self, key: str) -> str | None:
        """The one of `places` that the value comes from, or None where it is not set."""

    def get_table_name(self, entity: str) -> str | None:
        """The name of the table that holds the entity: `users` or `orders`."""
        return self.get(f"{entity}_table")


class Position(NamedTuple):
    """A place in a list that is ordered by `created_at`, then `id`, both descending."""

    created_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Entity]):
    """A stretch of a list, newest first, and whether more comes after it."""

    items: Sequence[Entity]
    has_more: bool


class Repository(ABC):
    """What every repository can do besides its entity's own actions."""

    @abstractmethod
    async def ping(self) -> None:
        """Return if the store can serve this repository now; else raise `StoreUnavailable`."""

    @abstractmethod
    async def close(self) -> None:
        """Give back connections and threads. Safe to call twice."""


class UserRepository(Repository):
    """Keeps users. E-mail addresses are unique by their `email_key`."""

    @abstractmethod
    async def add(self, user: User) -> None:
        """Keep a new user. Raises `EmailTaken`."""

    @abstractmethod
    async def get(self, user_id: str) -> User:
        """The user with this id. Raises `UserNotFound`."""

    @abstractmethod
    async def page(self, limit: int, after: Position | None = None) -> Page[User]:
        """At most `limit` users that come after a position. Sees every write acknowledged before the call."""

    @abstractmethod
    async def delete(self, user_id: str) -> None:
        """Remove a user. Raises `UserNotFound`, or `UserHasOrders`."""


class OrderRepository(Repository):
    """Keeps orders. An order's user exists for as long as the order does."""

    @abstractmethod
    async def add(self, order: Order) -> None:
        """Keep a new order. Raises `UnknownOwner`, or else `OrderExists`: an id is never overwritten."""

    @abstractmethod
    async def get(self, order_id: str) -> Order:
        """The order with this id. Raises `OrderNotFound`."""

    @abstractmethod
    async def page(self, limit: int, after: Position | None = None, *, user_id: str | None = None) -> Page[Order]:
        """At most `limit` orders, of one user or of all, that come after a position. Sees every acknowledged write."""

    @abstractmethod
    async def set_status(self, order_id: str, status: Status) -> Order:
        """Change the status of an order that has one of `status.sources`, and return the order as it then is.

        Raises `OrderNotFound`, or `InvalidTransition`.
        """

    @abstractmethod
    async def delete(self, order_id: str) -> None:
        """Remove an order. Raises `OrderNotFound`."""
