"""A SQLite file that is taken away from under a server: what callers, probes and the operator see."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.runtimes.processes import Json, Served, run, serving, wait_until

pytestmark = pytest.mark.timeout(90)

MANY = 8
"""Requests on connections of their own, so that each worker gets some."""


def _workers(served: Served) -> list[int]:
    """The ids of the processes that serve."""
    processes = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
    return [int(pid) for pid in processes if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]


def _statuses(served: Served, method: str, path: str, body: Json | None = None) -> set[int]:
    def status() -> int:
        with served.client() as client:
            return client.request(method, path, json=body).status_code

    return {status() for _ in range(MANY)}


def _all_refused(served: Served, path: str) -> bool:
    return _statuses(served, "GET", path) == {503}


def test_a_server_whose_database_file_is_gone_refuses_everything_until_it_is_started_again(tmp_path: Path) -> None:
    database = tmp_path / "var" / "shapeshift.db"
    with serving(tmp_path, "--workers", "2") as served, served.client() as client:
        wait_until(lambda: served.output.count("startup complete") == 2, lambda: served.output)
        assert client.post("/api/users", json={"name": "Ada", "email": "ada@example.com"}).status_code == 201
        assert _statuses(served, "GET", "/api/users") == {200}
        for file in database.parent.glob("shapeshift.db*"):
            file.unlink()

        acknowledged = client.post("/api/users", json={"name": "Bob", "email": "bob@example.com"})
        assert (acknowledged.status_code, acknowledged.headers["retry-after"]) == (503, "1")
        for path in ("/api/health/ready", "/api/users"):  # each worker may take a moment to notice it
            wait_until(partial(_all_refused, served, path), lambda: served.output)
        assert _statuses(served, "POST", "/api/users", {"name": "Eve", "email": "eve@example.com"}) == {503}
        gone = {"users": "unavailable", "orders": "unavailable", "process": "ok"}
        wait_until(lambda: client.get("/api/health/ready").json()["checks"] == gone, lambda: served.output)
        assert not list(database.parent.glob("shapeshift.db*"))

        assert run(tmp_path, "migrate").returncode == 0
        assert _statuses(served, "GET", "/api/users") == {503}
        told = [line for line in served.lines if str(line["event"]).startswith("The database file")]
        assert {str(database) in line["event"] for line in told} == {True}
        assert 1 <= len(told) <= 2, "once for each worker that was asked"
        assert "Traceback" not in served.output
    with serving(tmp_path) as served, served.client() as client:
        assert client.get("/api/users").json() == []


def test_a_worker_that_is_started_later_makes_no_new_file(tmp_path: Path) -> None:
    database = tmp_path / "var" / "shapeshift.db"
    with serving(tmp_path, "--workers", "2") as served:
        wait_until(lambda: served.output.count("startup complete") == 2, lambda: served.output)
        for file in database.parent.glob("shapeshift.db*"):
            file.unlink()
        os.kill(max(_workers(served)), signal.SIGKILL)
        wait_until(lambda: served.output.count("startup complete") == 3, lambda: served.output)
        assert _statuses(served, "GET", "/api/users") == {503}
        assert not list(database.parent.glob("shapeshift.db*"))
        assert "Traceback" not in served.output


def test_a_server_without_tables_is_not_ready_and_says_what_to_do(tmp_path: Path) -> None:
    with serving(tmp_path) as served, served.client() as client:
        with closing(sqlite3.connect(tmp_path / "var" / "shapeshift.db")) as connection:
            connection.execute("DROP TABLE orders")
        wait_until(lambda: client.get("/api/health/ready").json()["status"] == "degraded", lambda: served.output)
        assert client.get("/api/orders").status_code == 503
        assert client.get("/orders").status_code == 503
        assert client.get("/api/users").status_code == 200
        assert "run `shapeshift migrate`" in served.output
        assert "Traceback" not in served.output


def test_what_was_written_before_a_restore_survives_nothing_but_a_restart(tmp_path: Path) -> None:
    """An operator who copies a backup over the open file gets 503s, and after a restart the backup."""
    database = tmp_path / "var" / "shapeshift.db"
    backup = tmp_path / "backup.db"
    with serving(tmp_path) as served, served.client() as client:
        shutil.copyfile(database, backup)
        assert client.post("/api/users", json={"name": "Ada", "email": "ada@example.com"}).status_code == 201
        assert client.get("/api/users").status_code == 200
        shutil.copyfile(backup, database)
        wait_until(lambda: client.get("/api/health/ready").status_code == 503, lambda: served.output)
        assert client.get("/api/users").status_code == 503
