"""FastAPI in layers: use cases that are given a repository, which keeps users in memory."""

from typing import Annotated, Protocol

from fastapi import Depends, Response
from mangum import Mangum

from benchmarks.peers.fastapi_parts import new_app
from benchmarks.peers.models import EmailTaken, NewUser, User, UserNotFound, could_be_id, email_key


class UserRepository(Protocol):
    """Where users are kept."""

    async def add(self, user: User) -> None:
        """Raises `EmailTaken`."""

    async def get(self, user_id: str) -> User:
        """Raises `UserNotFound`."""


class InMemoryUserRepository:
    """Keeps users as long as the process lasts."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._emails: set[str] = set()

    async def add(self, user: User) -> None:
        """Keep a user."""
        key = email_key(user.email)
        if key in self._emails:
            raise EmailTaken(user.email)
        self._emails.add(key)
        self._users[user.id] = user

    async def get(self, user_id: str) -> User:
        """The user with that id."""
        if user_id not in self._users:
            raise UserNotFound(user_id)
        return self._users[user_id]


class CreateUser:
    """Register a user."""

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    async def __call__(self, new: NewUser) -> User:
        user = User(name=new.name, email=new.email)
        await self._users.add(user)
        return user


class GetUser:
    """Look a user up."""

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    async def __call__(self, user_id: str) -> User:
        if not could_be_id(user_id):
            raise UserNotFound(user_id)
        return await self._users.get(user_id)


repository = InMemoryUserRepository()


# These are coroutines because FastAPI would call each plain function in a thread.
async def get_repository() -> UserRepository:
    """The repository of this process."""
    return repository


Users = Annotated[UserRepository, Depends(get_repository)]


async def provide_create_user(users: Users) -> CreateUser:
    """The use case, with its repository."""
    return CreateUser(users)


async def provide_get_user(users: Users) -> GetUser:
    """The use case, with its repository."""
    return GetUser(users)


app = new_app()


@app.post("/api/users", status_code=201)
async def create(
    new: NewUser, response: Response, create_user: Annotated[CreateUser, Depends(provide_create_user)]
) -> User:
    """Register a user."""
    user = await create_user(new)
    response.headers["Location"] = f"users/{user.id}"
    return user


@app.get("/api/users/{user_id}")
async def get(user_id: str, get_user: Annotated[GetUser, Depends(provide_get_user)]) -> User:
    """Look a user up."""
    return await get_user(user_id)


handler = Mangum(app, lifespan="off")
