"""Users in a SQL database."""

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select

from service.adapters.sql.database import Database, ForeignKeyViolation, UniqueViolation
from service.adapters.sql.paging import fetch_page
from service.adapters.sql.tables import users
from service.application.ports import Page, Position, UserRepository
from service.domain.errors import EmailTaken, UserHasOrders, UserNotFound
from service.domain.moments import from_epoch, to_epoch
from service.domain.users import User, email_key

_INSERT = insert(users)
_BY_ID = users.c.id == bindparam("user_id")
_SELECT = select(users).where(_BY_ID)
_DELETE = delete(users).where(_BY_ID)
_ANY = select(users).limit(1)  # every column, so that a missing one is noticed


class SqlUserRepository(UserRepository):
    """Keeps users in the table `users`; its unique constraint and the orders' foreign key keep the promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user: User) -> None:
        row = {
            "id": user.id,
            "name": user.name,
            "email": user.email,
            "email_key": email_key(user.email),
            "created_at": to_epoch(user.created_at),
        }
        try:
            await self._database.write(lambda connection: connection.execute(_INSERT, row))
        except UniqueViolation:
            raise EmailTaken(user.email) from None

    async def get(self, user_id: str) -> User:
        row = await self._database.read(
            lambda connection: connection.execute(_SELECT, {"user_id": user_id}).mappings().first()
        )
        if row is None:
            raise UserNotFound(user_id)
        return _user(row)

    async def page(self, limit: int, after: Position | None = None) -> Page[User]:
        return await self._database.read(lambda connection: fetch_page(connection, users, _user, limit, after))

    async def delete(self, user_id: str) -> None:
        def work(connection: Connection) -> int:
            return connection.execute(_DELETE, {"user_id": user_id}).rowcount

        try:
            deleted = await self._database.write(work)
        except ForeignKeyViolation:
            raise UserHasOrders(user_id) from None
        if not deleted:
            raise UserNotFound(user_id)

    async def ping(self) -> None:
        await self._database.ping(_ANY)

    async def close(self) -> None:
        await self._database.close()


def _user(row: RowMapping) -> User:
    return User(id=row["id"], name=row["name"], email=row["email"], created_at=from_epoch(row["created_at"]))
