"""The default address of a container is every address of the machine, of IPv4 and of IPv6."""

import os
import signal
import socket
from pathlib import Path

import psutil
import pytest

from tests.runtimes.processes import serving, wait_until
from tests.runtimes.test_health_check import status
from tests.runtimes.wire import Wire, head, log_lines

pytestmark = pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")


@pytest.mark.parametrize("arguments", [(), ("--workers", "2"), ("--reload",)], ids=lambda each: " ".join(each) or "one")
def test_both_families_are_served_and_addresses_of_ipv4_are_reported_as_such(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    with serving(tmp_path, *arguments, HOST="::") as served:
        for host in ("127.0.0.1", "::1"):
            with Wire(served, host) as wire:
                wire.send(head("GET", "/api/health/live", b"Connection: close"))
                assert wire.answer()[0] == 200
        assert status(served.port) == 0
        assert {line["client"] for line in log_lines(served) if line["event"] == "request"} == {"127.0.0.1", "::1"}


def test_an_address_of_one_family_is_of_that_family(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "127.0.0.1") as served, pytest.raises(OSError, match="refused"):
        Wire(served, "::1")


def test_workers_stop_when_the_process_that_started_them_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as served:
        workers = [
            each for each in psutil.Process(served.process.pid).children() if "spawn_main" in str(each.cmdline())
        ]
        assert len(workers) == 2
        os.kill(served.process.pid, signal.SIGKILL)
        served.status()
        wait_until(lambda: not any(each.is_running() for each in workers), lambda: served.output)
        assert served.output.count("Application shutdown complete") == 2
        assert "Traceback" not in served.output
