"""Users in memory."""

from service.adapters.memory.store import MemoryStore
from service.application.ports import Page, Position, UserRepository
from service.domain.errors import EmailTaken, UserHasOrders, UserNotFound
from service.domain.users import User, email_key


class MemoryUserRepository(UserRepository):
    """Keeps users for as long as the process lives."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def add(self, user: User) -> None:
        key = email_key(user.email)
        with self._store.lock:
            if key in self._store.email_keys:
                raise EmailTaken(user.email)
            self._store.email_keys.add(key)
            self._store.users[user.id] = user
            self._store.user_index.add(user)

    async def get(self, user_id: str) -> User:
        with self._store.lock:
            return self._find(user_id)

    async def page(self, limit: int, after: Position | None = None) -> Page[User]:
        with self._store.lock:
            return self._store.user_index.page(self._store.users, limit, after)

    async def delete(self, user_id: str) -> None:
        with self._store.lock:
            user = self._find(user_id)
            if user_id in self._store.orders_of_user:
                raise UserHasOrders(user_id)
            del self._store.users[user_id]
            self._store.email_keys.remove(email_key(user.email))
            self._store.user_index.remove(user)

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def _find(self, user_id: str) -> User:
        try:
            return self._store.users[user_id]
        except KeyError:
            raise UserNotFound(user_id) from None
