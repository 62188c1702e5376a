"""Everything that can be done with users."""

from service.application.ports import Clock, NewId, Page, Position, UserRepository
from service.domain.errors import UserNotFound
from service.domain.rules import MISSING, could_be_id
from service.domain.users import User


class CreateUser:
    """Register a user.

    - The name has 2 to 100 characters, without the white space around it.
    - The e-mail address is valid, and no other user has it, in upper or lower case.
    - The service makes the id and notes the time.
    """

    def __init__(self, users: UserRepository, clock: Clock, new_id: NewId) -> None:
        self._users = users
        self._clock = clock
        self._new_id = new_id

    async def __call__(self, *, name: object = MISSING, email: object = MISSING) -> User:
        """Raises `Invalid` or `EmailTaken`."""
        user = User.create(id=self._new_id(), name=name, email=email, created_at=self._clock())
        await self._users.add(user)
        return user


class GetUser:
    """Look one user up by id."""

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    async def __call__(self, user_id: str) -> User:
        """Raises `UserNotFound`."""
        if not could_be_id(user_id):
            raise UserNotFound(user_id)
        return await self._users.get(user_id)


class ListUsers:
    """List users, newest first, page by page.

    - Walking the pages while others write gives every user who existed throughout exactly once.
    """

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    async def __call__(self, limit: int, after: Position | None = None) -> Page[User]:
        return await self._users.page(limit, after)


class DeleteUser:
    """Remove a user.

    - A user with orders stays: delete the orders first.
    """

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    async def __call__(self, user_id: str) -> None:
        """Raises `UserNotFound` or `UserHasOrders`."""
        if not could_be_id(user_id):
            raise UserNotFound(user_id)
        await self._users.delete(user_id)
