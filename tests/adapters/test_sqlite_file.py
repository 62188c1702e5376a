"""A SQLite file that is deleted, replaced, truncated or overwritten while it is open is noticed, and for good."""

import asyncio
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from dependency_injector.providers import Object

from containers.local import LocalContainer
from service.adapters.sql import sqlite_file
from service.adapters.sql.sqlite_file import DatabaseFile
from service.adapters.sql.sqlite_index import WalIndex
from service.domain.errors import StoreUnavailable
from tests.examples import a_user

CHECK_SECONDS = sqlite_file.CHECK_SECONDS  # before `quick` changes it
pytestmark = pytest.mark.timeout(30)


def a_container(file: Path, **environ: str) -> Any:
    return LocalContainer(
        environ={"DATABASE_URL": f"sqlite:///{file}", "CURSOR_SECRET": "sqlite-file-tests", **environ}
    )


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables, closed."""
    path = tmp_path_factory.mktemp("migrated") / "shop.db"
    a_container(path).migrate()
    return path


@pytest.fixture
def file(tmp_path: Path, migrated: Path) -> Path:
    path = tmp_path / "data" / "shop.db"
    path.parent.mkdir()
    shutil.copyfile(migrated, path)
    return path


@pytest.fixture
def other(file: Path, migrated: Path) -> Path:
    """Another database with the same tables, on the same disk."""
    path = file.parent / "other" / "shop.db"
    path.parent.mkdir()
    shutil.copyfile(migrated, path)
    return path


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "CHECK_SECONDS", 0.05)


def _deleted(file: Path, _: Path) -> None:
    file.unlink()


def _deleted_with_its_companions(file: Path, _: Path) -> None:
    for path in file.parent.glob("shop.db*"):
        path.unlink()


def _moved_away(file: Path, _: Path) -> None:
    file.rename(file.with_name("moved.db"))


def _replaced(file: Path, other: Path) -> None:
    other.replace(file)


def _replaced_with_its_companions(file: Path, other: Path) -> None:
    _deleted_with_its_companions(file, other)
    shutil.copyfile(other, file)


def _directory_moved(file: Path, _: Path) -> None:
    file.parent.rename(file.parent.with_name("elsewhere"))


def _directory_replaced(file: Path, other: Path) -> None:
    _directory_moved(file, other)
    shutil.copytree(file.parent.with_name("elsewhere") / "other", file.parent)


def _directory_became_a_file(file: Path, other: Path) -> None:
    _directory_moved(file, other)
    file.parent.touch()


def _without_wal(file: Path, _: Path) -> None:
    file.with_name("shop.db-wal").unlink()


def _without_shm(file: Path, _: Path) -> None:
    file.with_name("shop.db-shm").unlink()


def _emptied(file: Path, _: Path) -> None:
    os.truncate(file, 0)


def _truncated(file: Path, _: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _truncated_with_the_time_of_before(file: Path, other: Path) -> None:
    before = file.stat()
    _truncated(file, other)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _overwritten(file: Path, _: Path) -> None:
    file.write_bytes(b"this is no database " * 5_000)


def _overwritten_by_a_word(file: Path, _: Path) -> None:
    file.write_text("nothing")


def _restored_in_place(file: Path, other: Path) -> None:
    shutil.copyfile(other, file)


Fate = Callable[[Path, Path], None]
DELETED = "was deleted."
REPLACED = "was replaced by another file."
SEPARATED = "was separated from its -wal or -shm file."
CHANGED = "was truncated, overwritten or changed by something other than SQLite."
FATES: dict[Fate, str] = {
    _deleted: DELETED,
    _deleted_with_its_companions: DELETED,
    _moved_away: DELETED,
    _replaced: REPLACED,
    _replaced_with_its_companions: REPLACED,
    _directory_moved: DELETED,
    _directory_replaced: REPLACED,
    _directory_became_a_file: DELETED,
    _without_wal: SEPARATED,
    _without_shm: SEPARATED,
    _emptied: "was truncated.",
    _truncated: CHANGED,
    _truncated_with_the_time_of_before: CHANGED,
    _overwritten: CHANGED,
    _overwritten_by_a_word: CHANGED,
    _restored_in_place: CHANGED,
}


def _checkpoint(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


@pytest.mark.parametrize(("fate", "told"), FATES.items())
def test_a_file_that_is_lost_is_noticed_within_a_second_and_for_good(
    fate: Fate, told: str, file: Path, other: Path, caplog: pytest.LogCaptureFixture
) -> None:
    container = a_container(file)
    users, orders = container.user_repository(), container.order_repository()

    async def story() -> None:
        for number in range(20):
            await users.add(a_user(id=str(number), email=f"{number}@example.com"))
        await users.page(10)
        _checkpoint(file)
        await asyncio.sleep(2 * sqlite_file.CHECK_SECONDS)
        await users.page(10)

        fate(file, other)
        there = {path.name for path in file.parent.glob("shop.db*")}
        await asyncio.sleep(2 * sqlite_file.CHECK_SECONDS)
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                await users.page(10)
            with pytest.raises(StoreUnavailable):
                await users.add(a_user())
            for repository in (users, orders):
                with pytest.raises(StoreUnavailable):
                    await repository.ping()
            await users.close()  # opening it again changes nothing
        assert {path.name for path in file.parent.glob("shop.db*")} <= there, "a file was made"

    asyncio.run(story())
    [line] = [message for message in caplog.messages if "It is not used any more" in message]
    assert line.startswith(f"The database file {file} {told} It is not used any more")
    assert "start again" in line


def test_what_must_be_noticed_within_a_second_is_looked_for_more_often() -> None:
    assert CHECK_SECONDS < 1


def test_a_file_that_sqlite_finds_damaged_is_lost_for_good(file: Path) -> None:
    container = a_container(file)
    container.creates_tables.override(Object(False))  # noqa: FBT003  # the library's signature
    users = container.user_repository()
    content = file.read_bytes()
    file.write_bytes(b"this is no database " * 5_000)

    for _ in range(2):
        with pytest.raises(StoreUnavailable) as error:
            asyncio.run(users.page(1))
        assert "is damaged (file is not a database)" in str(error.value.__cause__)
        file.write_bytes(content)
    asyncio.run(users.close())


def test_a_files_name_may_have_characters_that_mean_something_in_a_uri(tmp_path: Path) -> None:
    file = tmp_path / "50%41 # shop.db"
    users = a_container(file).user_repository()

    async def story() -> None:
        await users.add(a_user())
        await users.close()

    asyncio.run(story())
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("fate", [_deleted, _moved_away, _replaced, _directory_moved, _directory_replaced])
def test_no_write_is_acknowledged_after_the_file_has_left_its_path(fate: Fate, file: Path, other: Path) -> None:
    users = a_container(file).user_repository()

    async def story() -> None:
        await users.add(a_user())
        fate(file, other)
        with pytest.raises(StoreUnavailable):
            await users.add(a_user(id="2", email="2@example.com"))
        await users.close()

    asyncio.run(story())


def test_a_write_that_loses_its_file_while_it_waits_is_not_acknowledged(file: Path) -> None:
    users = a_container(file).user_repository()

    async def story() -> None:
        await users.page(1)
        with closing(sqlite3.connect(file, isolation_level=None)) as lock:
            lock.execute("BEGIN IMMEDIATE")
            writing = asyncio.create_task(users.add(a_user()))
            await asyncio.sleep(0.1)
            _deleted(file, file)
            lock.execute("ROLLBACK")
        with pytest.raises(StoreUnavailable):
            await writing
        await users.close()

    asyncio.run(story())


@pytest.mark.parametrize("fate", [_replaced, _deleted])
def test_a_file_that_is_gone_before_the_first_request_is_lost_as_well(fate: Fate, file: Path, other: Path) -> None:
    users = a_container(file).user_repository()
    fate(file, other)

    with pytest.raises(StoreUnavailable) as error:
        asyncio.run(users.add(a_user()))

    assert FATES[fate] in str(error.value.__cause__)


def test_a_process_that_is_started_again_uses_the_file_that_is_there(file: Path, other: Path) -> None:
    users = a_container(file).user_repository()

    async def story() -> None:
        await users.add(a_user())
        _replaced_with_its_companions(file, other)
        with pytest.raises(StoreUnavailable):
            await users.add(a_user(id="2"))
        again = a_container(file).user_repository()
        await again.add(a_user())
        assert len((await again.page(10)).items) == 1
        await again.close()
        await users.close()

    asyncio.run(story())


def test_ordinary_work_of_other_processes_is_no_loss(file: Path) -> None:
    users = a_container(file).user_repository()

    async def story() -> None:
        for number in range(300):
            await users.add(a_user(id=str(number), email=f"{number}@example.com"))
        for number, statement in enumerate(
            (
                "PRAGMA wal_checkpoint(TRUNCATE)",
                "DELETE FROM users WHERE id < '8'",
                "VACUUM",
                "PRAGMA wal_checkpoint(TRUNCATE)",
                "CREATE TABLE more (x)",
                "PRAGMA wal_checkpoint(RESTART)",
                "DROP TABLE more",
            )
        ):
            with closing(sqlite3.connect(file, isolation_level=None, timeout=5)) as connection:
                connection.execute(statement)
            await asyncio.sleep(1.2 * sqlite_file.CHECK_SECONDS)
            await users.ping()
            await users.add(a_user(id=statement + str(number), email=f"new{number}@example.com"))
        await users.close()

    asyncio.run(story())


def test_a_file_that_is_not_there_yet_is_unavailable_until_somebody_migrates(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    container = a_container(file)
    container.creates_tables.override(Object(False))  # noqa: FBT003  # the library's signature
    users = container.user_repository()

    async def story() -> None:
        with pytest.raises(StoreUnavailable) as error:
            await users.ping()
        assert re.match(rf"There is no {file}: .*shapeshift migrate", str(error.value.__cause__))
        assert not os.path.exists(file)  # noqa: PTH110, ASYNC240
        a_container(file).migrate()
        await users.add(a_user())
        await users.close()

    asyncio.run(story())


def test_a_connection_that_is_opened_again_has_new_companions(file: Path) -> None:
    users = a_container(file).user_repository()

    async def story() -> None:
        opened = []
        for number in range(8):
            await users.add(a_user(id=str(number), email=f"{number}@example.com"))
            await asyncio.gather(*(users.page(10) for _ in range(4)))
            await users.close()  # the last connection takes its -wal and -shm with it
            assert not file.with_name("shop.db-wal").exists()
            opened.append(len(os.listdir("/dev/fd")))  # noqa: PTH208  # it is not about paths
        assert len((await users.page(10)).items) == 8
        await users.close()
        assert max(opened[2:]) <= opened[2] + 2, "what was opened for earlier connections is closed"

    asyncio.run(story())


def test_a_process_that_is_given_a_relative_path_keeps_to_its_first_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    users = a_container(Path("shop.db")).user_repository()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")

    asyncio.run(users.add(a_user()))

    asyncio.run(users.close())
    assert [path.name for path in tmp_path.rglob("shop.db")] == ["shop.db"]


@pytest.fixture
def connection(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that another program has to the file, with its companions there."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("SELECT count(*) FROM users").fetchall()
        yield connection


@pytest.mark.usefixtures("connection")
def test_a_file_that_is_lost_is_so_for_every_connection_at_once_and_for_the_first_reason(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = DatabaseFile(str(file))
    kept.find()
    files = kept.opened()
    kept.check_if_due(files)  # which is therefore not due again

    later: list[Callable[[], object]] = [
        lambda: kept.lose("is damaged"),
        lambda: kept.lose("was deleted"),
        kept.find,
        lambda: kept.check(files),
        lambda: kept.check_if_due(files),
    ]
    for each in later:
        with pytest.raises(StoreUnavailable) as error:
            each()
        assert "is damaged. It is not used any more" in str(error.value.__cause__)
    assert len(caplog.messages) == 1


@pytest.mark.usefixtures("connection")
def test_a_file_that_is_replaced_while_it_is_opened_is_lost(file: Path, other: Path) -> None:
    kept = DatabaseFile(str(file))
    kept.find()
    _replaced(file, other)

    with pytest.raises(StoreUnavailable) as error:
        kept.opened()

    assert REPLACED in str(error.value.__cause__)


@pytest.mark.parametrize(("attempted", "known"), [(7, True), (8, False)])
def test_what_a_checkpoint_under_way_changes_is_no_loss(tmp_path: Path, attempted: int, *, known: bool) -> None:
    index = bytearray(136)
    index[96:100], index[128:132] = (7).to_bytes(4, "little"), attempted.to_bytes(4, "little")
    shm = tmp_path / "shop.db-shm"
    shm.write_bytes(index)

    assert (WalIndex(shm).checkpoints() is not None) is known


def test_a_wal_index_is_opened_once_in_a_process(tmp_path: Path) -> None:
    shm = tmp_path / "shop.db-shm"
    shm.touch()
    indexes = [WalIndex(shm)]
    before = os.listdir("/dev/fd")  # noqa: PTH208  # it is not about paths

    indexes += [WalIndex(shm) for _ in range(3)]

    assert os.listdir("/dev/fd") == before  # noqa: PTH208
