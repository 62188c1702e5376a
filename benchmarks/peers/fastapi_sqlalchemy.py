"""FastAPI with SQLAlchemy's asynchronous ORM on PostgreSQL."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Response
from sqlalchemy import BigInteger, make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.peers.fastapi_parts import new_app
from benchmarks.peers.models import EmailTaken, NewUser, User, UserNotFound, could_be_id, email_key

url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+asyncpg")
engine = create_async_engine(url, pool_size=16, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = new_app()


class Base(DeclarativeBase):
    """The tables, which were made beforehand."""


class UserRow(Base):
    """A row of `users`; `created_at` is in milliseconds."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[int] = mapped_column(BigInteger)


async def get_session() -> AsyncIterator[AsyncSession]:
    """A session for the request."""
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


@app.post("/api/users", status_code=201)
async def create_user(new: NewUser, response: Response, session: Session) -> User:
    """Register a user."""
    user = User(name=new.name, email=new.email)
    created_at = round(user.created_at.timestamp() * 1000)
    row = UserRow(id=user.id, name=user.name, email=user.email, email_key=email_key(user.email), created_at=created_at)
    session.add(row)
    try:
        await session.commit()
    except IntegrityError as error:
        if "uq_users_email_key" in str(error.orig):
            raise EmailTaken(new.email) from None
        raise
    response.headers["Location"] = f"users/{user.id}"
    return user


@app.get("/api/users/{user_id}")
async def get_user(user_id: str, session: Session) -> User:
    """Look a user up."""
    row = await session.get(UserRow, user_id) if could_be_id(user_id) else None
    if row is None:
        raise UserNotFound(user_id)
    created_at = datetime.fromtimestamp(row.created_at / 1000, UTC)
    return User(id=row.id, name=row.name, email=row.email, created_at=created_at)
