"""The tables are made once, whoever makes them, and data outlives the process."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from loopback.postgresql import Postgresql
from service.adapters.sql.migrations import HEAD
from tests.runtimes.processes import Json, Served, run, serving, wait_until

AT_ONCE = 3


def _tables(directory: Path) -> set[str]:
    with closing(sqlite3.connect(directory / "var" / "shapeshift.db")) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_migrate_can_be_run_twice(tmp_path: Path) -> None:
    first, second = run(tmp_path, "migrate"), run(tmp_path, "migrate")
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout != second.stdout
    assert {"users", "orders"} <= _tables(tmp_path)


def test_migrate_can_be_run_in_several_places_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda _: run(tmp_path, "migrate"), range(AT_ONCE)))
    assert [(each.returncode, each.stderr) for each in found] == [(0, "")] * AT_ONCE
    assert {"users", "orders"} <= _tables(tmp_path)


def test_migrate_of_postgresql_in_several_places_at_once_is_done_once(
    tmp_path: Path, postgresql_server: Postgresql
) -> None:
    environ = {"STORE": "postgresql", "DATABASE_URL": postgresql_server.create_database(), "CURSOR_SECRET": "x" * 16}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda _: run(tmp_path, "migrate", **environ), range(AT_ONCE)))
    assert [(each.returncode, each.stderr) for each in found] == [(0, "")] * AT_ONCE
    assert sorted(each.stdout for each in found) == [
        *[f"The tables are up to date: revision {HEAD}.\n"] * (AT_ONCE - 1),
        f"The tables were brought to revision {HEAD}.\n",
    ]


def test_a_server_does_not_migrate_postgresql_and_is_not_ready_before_somebody_did(
    tmp_path: Path, postgresql_server: Postgresql
) -> None:
    environ = {"STORE": "postgresql", "DATABASE_URL": postgresql_server.create_database(), "CURSOR_SECRET": "x" * 16}
    with serving(tmp_path, awaited="503", **environ) as served, served.client() as client:
        assert client.get("/api/health/ready").json()["checks"] == {
            "users": "unavailable", "orders": "unavailable", "process": "ok",
        }  # fmt: skip
        assert "is not ready" in served.output
        assert run(tmp_path, "migrate", **environ).returncode == 0
        wait_until(lambda: client.get("/api/health/ready").status_code == 200, lambda: served.output)
        assert client.get("/api/users").json() == []


def test_migrate_of_a_store_without_tables_is_no_error(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate", STORE="memory").returncode == 0


def _read(served: Served, user: Json, cursor_link: str) -> tuple[Json, list[Json]]:
    with served.client() as client:
        return client.get(f"/api/users/{user['id']}").json(), client.get(f"/api/users{cursor_link}").json()


def test_data_and_cursors_survive_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as served, served.client() as client:
        for number in range(2):
            user = client.post("/api/users", json={"name": f"User {number}", "email": f"{number}@example.org"}).json()
        link = client.get("/api/users?limit=1").links["next"]["url"]
        before = _read(served, user, link)
    with serving(tmp_path) as served:
        assert _read(served, user, link) == before
    assert before[0] == user
    assert [each["name"] for each in before[1]] == ["User 0"]
