"""What the application needs from outside, with no technology in it.

Adapters inherit these classes. A repository keeps its promises atomically, by conditions of its store: they hold
between threads, processes and machines. Any method may raise `StoreUnavailable`, best from a `StoreTrouble`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple

from service.domain.entity import T

Clock = Callable[[], datetime]
"""Returns the time now, with its zone set to UTC."""

NewId = Callable[[], str]
"""Generates an id that no other call generates, greater (as a string) than those that this process generated before."""


class ConfigUnavailable(Exception):
    """The place where settings are kept cannot be read; the text says why, for an operator."""


class SettingUnusable(ConfigUnavailable):
    """One setting cannot be read, or what is there cannot be a value; other settings may be fine.

    `reason` continues a sentence about `place`, which is worded as in `ConfigPort.places`. Neither contains the value.
    """

    def __init__(self, key: str, reason: str, place: str) -> None:
        super().__init__(f"The {place} {reason}.")
        self.key = key
        self.reason = reason
        self.place = place


class Trouble(Exception):
    """Why what we depend on cannot be used, in words for the log: they say what an operator can do.

    They contain no caller's data and no secret.
    """


class StoreTrouble(Trouble):
    """Why a store cannot be used."""


class IssuerTrouble(Trouble):
    """Why the issuer of tokens cannot be used."""


def table_setting(entity: str) -> str:
    """Return the name of the setting that is the name of an entity's table: `users_table`."""
    return f"{entity}_table"


class ConfigPort(ABC):
    """Where settings come from: `get("users_table")` reads one key, wherever this runtime keeps it.

    Reading may raise `ConfigUnavailable`, or `SettingUnusable` where other keys may still be read.
    """

    @abstractmethod
    def get(self, key: str) -> str | None:
        """Return the value of a setting, or None where it is not set. A blank value counts as not set."""

    @abstractmethod
    def places(self, key: str) -> Sequence[str]:
        """Return where the key is looked for, in that order, in words: `environment variable USERS_TABLE`."""

    @abstractmethod
    def origin(self, key: str) -> str | None:
        """Return the one of `places` that the value comes from, or None where it is not set."""

    def get_table_name(self, entity: str) -> str | None:
        """Return the name of the table that holds the entity: `users`, `orders`."""
        return self.get(table_setting(entity))


class Position(NamedTuple):
    """A place in a list that is ordered by `created_at`, then `id`, both descending."""

    created_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A slice of a list, newest first, and whether more comes after it."""

    items: Sequence[T]
    has_more: bool


Tag = Callable[[T], str]
"""Returns the tag of a version of an entity: two versions have the same one only if callers see the same."""


class Changed(Exception):
    """What is stored is no longer what was read: the same can be tried again with what is there now."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The use of an idempotency key, to be recorded with the entity that it creates."""

    key: str
    """Names the key of one caller: at most 64 characters."""
    fingerprint: str
    """What was asked for: another request has another one."""
    at: datetime
    """Now."""
    expires_at: datetime
    """The whole second from which on the key is free."""


@dataclass(frozen=True, slots=True)
class Recorded(Generic[T]):
    """What the first use of an idempotency key recorded."""

    fingerprint: str
    entity: T
    """The entity as it was created."""


class Repository(ABC, Generic[T]):
    """Stores one kind of entity. Each method keeps what the entity's declaration says:

    - values of unique fields are unique, by their keys;
    - the entity that a field refers to exists for as long as the referring entity does.
    """

    @abstractmethod
    async def add(self, entity: T, use: KeyUse | None = None) -> Recorded[T] | None:
        """Store a new entity. Raises `UnknownReference`, or else `IdTaken` or `Taken`: nothing is overwritten.

        With the use of an idempotency key, the same transaction records the use and the entity for as long as the key
        counts, whatever becomes of the entity; what fails records nothing. If the key has been used and does not expire
        before `use.at`, nothing is stored and nothing is checked: what was recorded is returned. Of any number of calls
        at once with the same key, one stores and the others return what it recorded.
        """

    @abstractmethod
    async def get(self, id: str) -> T:
        """Return the entity with this id. Raises `NotFound`."""

    @abstractmethod
    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[T]:
        """Return at most `limit` entities that come after a position: all, or those that refer to this owner.

        It contains the effect of every write that was acknowledged before the call.
        """

    @abstractmethod
    async def replace(self, before: T, after: T) -> None:
        """Change an entity that still is what it was before. Raises `NotFound` or `Changed`, or else `Taken`.

        Its id, the time of its creation and what it refers to stay the same. A unique value that it had is free.
        """

    @abstractmethod
    async def delete(self, id: str, unchanged: T | None = None) -> None:
        """Delete an entity. Raises `NotFound`, or `InUse` while others refer to it.

        With `unchanged`, it is deleted only if it still is that: else raises `Changed`.
        """

    @abstractmethod
    async def ping(self) -> None:
        """Return if the store can serve this repository now; else raise `StoreUnavailable`."""

    @abstractmethod
    async def close(self) -> None:
        """Close connections and end threads. Safe to call twice."""
