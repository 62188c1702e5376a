"""The tables are made once, whoever makes them, and data outlives the process."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from tests.runtimes.processes import Json, Served, run, serving

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
