"""A head has at most 64 KiB and ten seconds, and leaves nothing behind."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psutil
import pytest

from tests.runtimes.processes import Served
from tests.runtimes.wire import SERVERS, Wire, head, memory_server, new_user

LIMIT = 64 * 1024


@pytest.fixture(scope="module", params=SERVERS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with memory_server(tmp_path_factory.mktemp("wire"), request.param) as server:
        yield server


def _of_size(size: int) -> bytes:
    empty = len(head("GET", "/api/health/live", b"X: "))
    return head("GET", "/api/health/live", b"X: " + b"a" * (size - empty))


def _resident(served: Served) -> int:
    return int(psutil.Process(served.process.pid).memory_info().rss)


def test_a_head_of_64_kib_is_served_and_one_byte_more_is_not(served: Served) -> None:
    with Wire(served) as wire:
        for _ in range(2):
            wire.send(_of_size(LIMIT))
            assert wire.answer()[0] == 200
        wire.send(_of_size(LIMIT + 1))
        assert wire.answer()[0] == 431
        assert wire.is_closed()


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + b"a" * 2_000_000,
        b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 400_000,
        b"GET / HTTP/1.1\r\nX:" + b" " * 2_000_000,
        b"\r\n" * 1_000_000,
    ],
    ids=["path", "headers", "spaces", "empty lines"],
)
def test_a_head_without_end_is_refused_whatever_it_is_made_of(served: Served, endless: bytes) -> None:
    before = _resident(served)
    with Wire(served) as wire:
        wire.send(endless)
        assert wire.answer()[0] in {400, 431}
        assert wire.is_closed()
    assert _resident(served) < before * 1.2


def test_nothing_after_a_refused_head_is_run(served: Served) -> None:
    path = new_user(served, "refused@example.org")
    with Wire(served) as wire:
        wire.send(_of_size(LIMIT + 1), head("DELETE", path) * 2)
        assert wire.answer()[0] == 431
        assert wire.is_closed()
    with served.client() as client:
        assert client.delete(path).status_code == 204


def test_connections_one_after_the_other_do_not_add_up_in_memory(served: Served) -> None:
    big = head("GET", "/api/health/live", *(b"X-%d: %d" % (number, number) for number in range(2_000)))

    def ask(times: int) -> None:
        for _ in range(times):
            with Wire(served) as wire:
                wire.send(big)
                assert wire.answer()[0] == 200

    ask(20)
    before = _resident(served)
    ask(200)
    assert _resident(served) < before * 1.1


def test_connections_that_are_open_do_not_hold_large_heads(served: Served) -> None:
    before = _resident(served)
    tiny = b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 12_000
    with ExitStack() as opened:
        for _ in range(60):
            wire = opened.enter_context(Wire(served))
            with suppress(OSError):  # ended, as it held too much
                wire.send(tiny)
        with Wire(served) as wire:  # by now all of them have been read
            wire.send(head("GET", "/api/health/live"))
            assert wire.answer()[0] == 200
        assert _resident(served) < before * 1.5


def test_requests_that_are_sent_ahead_wait_their_turn(served: Served) -> None:
    before = _resident(served)
    with Wire(served) as wire:
        wire.send(head("GET", "/api/health/live") * 1_000)
        assert [wire.answer()[0] for _ in range(1_000)] == [200] * 1_000
    assert _resident(served) < before * 1.2
