"""What the command line says when it cannot do what it is asked, and what it shows of the configuration."""

import re
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.runtimes.processes import run, serving

SECRET = "hunter2-f00d-hunter2"

# Each is refused; the message has these words.
REFUSED: dict[str, tuple[list[str], dict[str, str], list[str]]] = {
    "several bad settings": (
        [],
        {"STORE": "redis", "PORT": "x", "SERVICES": "foo", "WORKERS_IO": "0", "DRAIN_SECONDS": "soon"},
        [f"environment variable {name}" for name in ("STORE", "PORT", "SERVICES", "WORKERS_IO", "DRAIN_SECONDS")],
    ),
    "a host without an address": (["--host", "no-such-host.invalid"], {}, ["host: cannot listen", "option --host"]),
    "a host that is no name": ([], {"HOST": "a..b"}, ["host: cannot listen", "environment variable HOST"]),
    "a host of another machine": ([], {"HOST": "203.0.113.5"}, ["host: cannot listen", "variable HOST"]),
    "a platform without a region": ([], {"RUNTIME": "ecs"}, ["Set AWS_REGION"]),
    "memory shared by workers": (["--workers", "2"], {"STORE": "memory"}, ["store", "memory", "2 workers"]),
    "an unknown runtime": ([], {"RUNTIME": "mars"}, ["RUNTIME=mars", "local", "package.module:Container"]),
    "a runtime without a module": ([], {"RUNTIME": "no.such:Container"}, ["RUNTIME=no.such:Container"]),
    "a runtime without a class": ([], {"RUNTIME": "containers.local:Moon"}, ["RUNTIME=containers.local:Moon"]),
    "a runtime that is no container": ([], {"RUNTIME": "json:loads"}, ["RUNTIME=json:loads", "container"]),
    "a runtime that is half a path": ([], {"RUNTIME": ":Container"}, ["RUNTIME=:Container"]),
    "a runtime whose module is broken": ([], {"RUNTIME": "broken:Container"}, ["RUNTIME=broken:Container"]),
    "a database of another kind": ([], {"DATABASE_URL": f"mysql://u:{SECRET}@h/d"}, ["variable DATABASE_URL"]),
    "a database that is no address": ([], {"DATABASE_URL": SECRET}, ["variable DATABASE_URL"]),
    "a database without a file": ([], {"DATABASE_URL": "sqlite:///"}, ["database_url"]),
    "a database in memory": ([], {"DATABASE_URL": "sqlite:///:memory:"}, ["database_url"]),
    "a database with a bad option": ([], {"DATABASE_URL": f"sqlite:///a.db?timeout={SECRET}"}, ["database_url"]),
    "a database below a file": ([], {"DATABASE_URL": "sqlite:///broken.py/a.db"}, ["database_url"]),
    "a database that is a directory": ([], {"DATABASE_URL": "sqlite:///."}, ["database_url"]),
    "a database that is another file": ([], {"DATABASE_URL": "sqlite:///broken.py"}, ["database_url"]),
}


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    REFUSED.values(),
    ids=REFUSED,
)
def test_serve_refuses_in_one_message_before_it_listens(
    tmp_path: Path, arguments: list[str], environ: dict[str, str], words: list[str]
) -> None:
    tmp_path.joinpath("broken.py").write_text("raise RuntimeError('half a module')\n" * 50)
    environ = {"PORT": "0", "CURSOR_SECRET": SECRET, "PYTHONPATH": str(tmp_path), **environ}
    found = run(tmp_path, "serve", *arguments, **environ)
    assert found.returncode == 1, found
    assert found.stderr.startswith("shapeshift: "), found.stderr
    assert [word for word in words if word not in found.stderr] == []
    assert "Traceback" not in found.stdout + found.stderr
    assert "running on" not in found.stdout
    assert SECRET not in found.stdout + found.stderr


def test_a_port_that_is_taken_is_one_message(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        found = run(tmp_path, "serve", "--port", str(served.port))
    assert found.returncode == 1, found
    assert found.stderr.startswith("shapeshift: ")
    assert str(served.port) in found.stderr


def test_a_container_of_ones_own_is_served(tmp_path: Path) -> None:
    tmp_path.joinpath("ours.py").write_text(
        "from containers.local import LocalContainer\n\n\nclass Container(LocalContainer):\n    pass\n"
    )
    environ = {"RUNTIME": "ours:Container", "PYTHONPATH": str(tmp_path)}
    with serving(tmp_path, **environ) as served, served.client() as client:
        assert client.get("/api/users").json() == []


def _config(directory: Path, **environ: str) -> CompletedProcess[str]:
    return run(directory, "config", COLUMNS="200", **environ)


def test_config_shows_each_setting_and_where_it_comes_from(tmp_path: Path) -> None:
    found = _config(tmp_path, SERVICES="users", LOG_LEVEL="DEBUG")
    assert found.returncode == 0
    rows = [re.split(" {2,}", line) for line in found.stdout.splitlines()]
    shown = {row[0]: row[1:] for row in rows}
    assert shown["store"] == ["sqlite", "default"]
    assert shown["services"] == ["users", "environment variable SERVICES"]
    assert shown["log_level"] == ["DEBUG", "environment variable LOG_LEVEL"]
    assert shown["cursor_secret"][1].startswith("file var")
    assert {"database_url", "drain_seconds", "shutdown_seconds", "workers_io", "trusted_hops"} <= set(shown)


@pytest.mark.parametrize(("url", "status"), [("sqlite:///{}.db", 0), ("mysql://someone:{}@host/db", 1)])
def test_config_never_shows_a_secret(tmp_path: Path, url: str, status: int) -> None:
    given = _config(tmp_path, CURSOR_SECRET=SECRET, DATABASE_URL=url.format(SECRET))
    assert given.returncode == status
    assert SECRET not in given.stdout + given.stderr
    assert "environment variable DATABASE_URL" in given.stdout
    assert "Traceback" not in given.stderr


def test_config_reports_what_cannot_work_after_the_table(tmp_path: Path) -> None:
    found = _config(tmp_path, STORE="redis")
    assert found.returncode == 1
    assert "redis" in found.stdout
    assert found.stderr.startswith("shapeshift: ")
    assert "environment variable STORE" in found.stderr


def test_a_cursor_secret_is_made_once_never_shown_and_for_its_owner_only(tmp_path: Path) -> None:
    kept = tmp_path / "var" / "cursor_secret"
    contents = []
    for _ in range(2):
        found = _config(tmp_path)
        assert found.returncode == 0
        contents.append(kept.read_text())
        assert contents[-1] not in found.stdout + found.stderr
    assert contents[0] == contents[1]
    assert len(contents[0]) >= 32
    assert kept.stat().st_mode & 0o077 == 0


def test_help_names_the_three_commands(tmp_path: Path) -> None:
    found = run(tmp_path, "--help")
    assert found.returncode == 0
    assert all(name in found.stdout for name in ("serve", "migrate", "config"))
    assert list(tmp_path.iterdir()) == []
