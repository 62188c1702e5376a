"""What becomes of the client when its process ends, or is frozen, in the middle of something."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.adapters.dynamodb.conftest import KEY, TESTING
from tests.adapters.dynamodb.server import ScriptedServer, answer, hangs
from tests.examples import table_variables

SECONDS = 30
FOUND = answer({"Item": KEY})
PROGRAM = """
import asyncio, os, sys
from containers.local import LocalContainer

KEY = {"pk": {"S": "user#1"}, "sk": {"S": "user"}}

async def main():
    client = LocalContainer(environ=os.environ).store().dynamodb()
    asked = [asyncio.create_task(client.get("users", KEY)) for _ in range(3)]
    if sys.argv[1] == "ends":
        await asyncio.sleep(0.1)
        return
    await asyncio.gather(*asked)
    print("asked", flush=True)
    sys.stdin.readline()
    print((await client.get("users", KEY))["sk"]["S"], flush=True)
    await client.close()

asyncio.run(main())
"""


@contextmanager
def program(server: ScriptedServer, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environ = {
        **TESTING,
        "PYTHONPATH": str(Path(__file__).parents[4]),
        "AWS_ENDPOINT_URL": server.url,
        "AWS_REGION": "eu-central-1",
        "STORE": "dynamodb",
        "CURSOR_SECRET": "the secret of the client's suite",
        **table_variables(),
    }
    command = [sys.executable, "-X", "dev", "-c", PROGRAM, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environ, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    opened = ScriptedServer.start()
    yield opened
    opened.close()


def test_a_process_ends_in_the_middle_of_calls_without_a_word(server: ScriptedServer) -> None:
    server.play(hangs)
    with program(server, "ends") as process:
        assert process.communicate(timeout=SECONDS) == ("", "")
        assert process.returncode == 0


def test_a_process_that_was_frozen_while_its_connections_were_closed_goes_on(server: ScriptedServer) -> None:
    server.play(FOUND)
    with program(server, "freezes") as process:
        assert process.stdout
        assert process.stdout.readline() == "asked\n"
        os.kill(process.pid, signal.SIGSTOP)
        server.hang_up()
        os.kill(process.pid, signal.SIGCONT)
        assert process.communicate("\n", timeout=SECONDS) == ("user\n", "")
    assert len(server.calls) == 4
