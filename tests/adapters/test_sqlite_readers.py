"""Readers and writers of one SQLite file."""

import asyncio
import sqlite3
from pathlib import Path

from containers.local import LocalContainer
from tests.examples import a_user


def test_a_writer_waits_for_no_reader_of_another_process(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    users = LocalContainer(
        environ={"DATABASE_URL": f"sqlite:///{file}", "CURSOR_SECRET": "secret-of-readers"}
    ).user_repository()
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM users").fetchall()

    async def story() -> None:
        user = a_user()
        await users.add(user)
        assert (await users.page(1)).items == [user]
        await users.close()

    asyncio.run(story())
    assert reader.execute("SELECT count(*) FROM users").fetchall() == [(0,)], "a reader sees what it began with"
    reader.close()
