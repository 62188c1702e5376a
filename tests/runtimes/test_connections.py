"""However many connections are open, callers are answered, and the log stays short."""

import resource
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import sleep

import psutil
import pytest

from tests.runtimes.processes import Served, serving, wait_until
from tests.runtimes.wire import SERVERS, Wire, head, log_lines, memory_server

FILES = 200
LIVE = head("GET", "/api/health/live")


def _few_files(command: tuple[str, ...]) -> tuple[str, ...]:
    return ("/bin/sh", "-c", f'ulimit -n {FILES} && exec "$0" "$@"', *command)


@pytest.fixture(params=SERVERS)
def crowded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A server whose limit of open files is low."""
    with serving(tmp_path, command=_few_files(SERVERS[request.param]), RUNTIME="local", STORE="memory") as served:
        yield served


def _is_answered(served: Served) -> bool:
    with Wire(served) as wire:
        wire.send(LIVE)
        return wire.answer()[0] == 200


def ended_for(served: Served) -> dict[str, int]:
    """How many connections the server has ended, by reason."""
    ended = [line["ended"] for line in log_lines(served) if line["event"] == "connections ended"]
    return {reason: sum(each.get(reason, 0) for each in ended) for reason in {key for each in ended for key in each}}


def test_more_silent_connections_than_files_shut_nobody_out(crowded: Served) -> None:
    with ExitStack() as opened:
        for _ in range(FILES * 2):
            opened.enter_context(Wire(crowded))
        assert _is_answered(crowded)
        for _ in range(FILES * 2):
            wire = opened.enter_context(Wire(crowded))
            wire.send(LIVE[:20])
        assert _is_answered(crowded)
        wait_until(lambda: ended_for(crowded).get("head incomplete", 0) > 0, lambda: crowded.output)
        assert ended_for(crowded)["idle"] > FILES
        assert len(crowded.output.splitlines()) < 40


def test_the_longest_idle_goes_first_and_then_the_oldest_head(tmp_path: Path) -> None:
    with memory_server(tmp_path, "httptools", CONNECTIONS_MAX="3") as served:
        wait_until(lambda: _is_answered(served))
        with Wire(served) as first, Wire(served) as second, Wire(served) as third:
            for wire in (first, second, third):
                wire.send(LIVE)
                assert wire.answer()[0] == 200
            first.send(LIVE[:20])
            sleep(0.1)
            with Wire(served) as fourth:
                fourth.send(LIVE)
                assert fourth.answer()[0] == 200
                assert second.is_closed()
                for wire in (third, fourth):
                    wire.send(LIVE[:20])
                sleep(0.1)
                with Wire(served) as fifth:
                    fifth.send(LIVE)
                    assert fifth.answer()[0] == 200
                assert first.is_closed()
                third.send(LIVE[20:])
                assert third.answer()[0] == 200


def test_a_process_that_is_out_of_files_makes_room_and_says_so_once_a_second(tmp_path: Path) -> None:
    with memory_server(tmp_path, "httptools") as served, ExitStack() as opened:
        files = psutil.Process(served.process.pid).num_fds() + 15
        resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE, (files, files))
        for _ in range(25):
            opened.enter_context(Wire(served))
        assert _is_answered(served)
        wait_until(lambda: ended_for(served).get("not accepted: EMFILE", 0) > 0)
        assert len(served.output.splitlines()) < 30
