"""How long a peer may take, to send a head and to read an answer. Both parsers wait at the same time."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.runtimes.processes import Served, wait_until
from tests.runtimes.test_connections import ended_for
from tests.runtimes.wire import SERVERS, Wire, head, memory_server

LIVE = head("GET", "/api/health/live")


def _cut_a_reader_off(served: Served) -> bool:
    return ended_for(served).get("answer not read") == 1


def test_a_slow_head_and_a_slow_reader_are_cut_off_and_an_idle_connection_is_kept(tmp_path: Path) -> None:
    with ExitStack() as opened:
        servers = [opened.enter_context(memory_server(tmp_path, parser)) for parser in SERVERS]
        slow, readers, idle = ([opened.enter_context(Wire(served)) for served in servers] for _ in range(3))
        for wire in slow:
            wire.send(LIVE[:20])
        for wire in readers:
            wire.send(head("GET", "/schema/openapi.json") * 300)
        for wire in idle:
            wire.send(LIVE)
            assert wire.answer()[0] == 200
        for wire in slow:
            assert wire.answer()[0] == 408
            assert wire.is_closed()
        for served in servers:
            wait_until(partial(_cut_a_reader_off, served))
        for wire in idle:
            wire.send(LIVE)
            assert wire.answer()[0] == 200
