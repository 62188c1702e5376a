"""A process that gets SIGTERM first says that it is not ready, then finishes what it has begun."""

import signal
import socket
from pathlib import Path

import pytest

from loopback.patience import PATIENCE_SECONDS
from tests.runtimes.processes import Served, serving, wait_until

ENDLESS = "500"
HEAD = (
    b"POST /api/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n"
)


def _refuses(served: Served) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", served.port)) != 0


def _drains(served: Served) -> bool:
    with served.client() as client:
        return client.get("/api/health/ready").status_code == 503


def test_until_a_second_sigterm_a_draining_process_is_not_ready_and_still_serves(tmp_path: Path) -> None:
    with serving(tmp_path, DRAIN_SECONDS=ENDLESS) as served, served.client() as client:
        assert "connection" not in client.get("/api/users").headers
        served.send(signal.SIGTERM)
        wait_until(lambda: _drains(served))
        ready, listed = client.get("/api/health/ready"), client.get("/api/users")
        assert ready.json()["type"] == "/problems/not-ready"
        assert ready.json()["checks"]["process"] == "draining"
        assert (listed.status_code, listed.headers["connection"]) == (200, "close")
        assert client.get("/api/health/live").status_code == 200
        assert served.stop() == 0
        assert _refuses(served)


@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one process", "two workers"])
def test_sigint_ends_with_status_0(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with serving(tmp_path, *arguments) as served:
        assert served.stop(signal.SIGINT) == 0
        assert "Traceback" not in served.output


def test_the_drain_of_workers_ends_by_itself(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2", DRAIN_SECONDS="0.5") as served:
        assert served.stop() == 0
        assert _refuses(served)
        assert "Traceback" not in served.output


def test_a_request_under_way_is_finished_before_the_exit(tmp_path: Path) -> None:
    body = b'{"name": "Ada", "email": "ada@example.org"}'
    with serving(tmp_path, DRAIN_SECONDS="0", SHUTDOWN_SECONDS=ENDLESS) as served:
        with socket.create_connection(("127.0.0.1", served.port), PATIENCE_SECONDS) as connection:
            answers = connection.makefile("rb")
            connection.sendall(HEAD % len(body))
            assert answers.readline() == b"HTTP/1.1 100 Continue\r\n"  # now the application awaits the body
            answers.readline()
            served.send(signal.SIGTERM)
            wait_until(lambda: _refuses(served), lambda: served.output)
            connection.sendall(body)
            answer = answers.read()
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert b'"email":"ada@example.org"' in answer
        assert served.status() == 0
    with serving(tmp_path) as served, served.client() as client:
        assert [user["name"] for user in client.get("/api/users").json()] == ["Ada"]


def test_a_request_that_never_ends_does_not_hold_the_exit_up(tmp_path: Path) -> None:
    with (
        serving(tmp_path, SHUTDOWN_SECONDS="0") as served,
        socket.create_connection(("127.0.0.1", served.port), PATIENCE_SECONDS) as connection,
    ):
        connection.sendall(HEAD % 9)
        answers = connection.makefile("rb")
        assert answers.readline() == b"HTTP/1.1 100 Continue\r\n"
        answers.readline()
        assert served.stop() == 0
        answer = answers.read()
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nretry-after: 1\r\n" in answer
        assert "Traceback" not in served.output
