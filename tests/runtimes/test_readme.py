"""The README's commands do what it says, and answer what it shows."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from litestar import Litestar

from tests.runtimes.processes import serving

README = (Path(__file__).parents[2] / "README.md").read_text()

# What differs from run to run.
VARIES = {
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}": "<uuid>",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z": "<moment>",
    r'"[A-Za-z0-9_-]{22}"': "<tag>",
    r'"version":"[^"]+"': '"version":"<version>"',
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def steady(text: str) -> list[str]:
    for pattern, name in VARIES.items():
        text = re.sub(pattern, name, text)
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.skipif(not shutil.which("curl") and "CI" not in os.environ, reason="the tour needs curl")
def test_the_tour_shows_what_really_happens(tmp_path: Path) -> None:
    session = "".join(blocks("console"))
    commands = [line.removeprefix("$ ") for line in session.splitlines() if line.startswith("$ ")]
    shown = "\n".join(line for line in session.splitlines() if not line.startswith("$ "))
    assert len(commands) >= 10

    with serving(tmp_path) as served:
        script = "\n".join(f"{command}\necho" for command in commands).replace("http://127.0.0.1:8000", served.base_url)
        ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60)

    assert [line for line in steady(ran.stdout) if line] == [line for line in steady(shown) if line]


def python_example(containing: str) -> dict[str, Any]:
    """The names that the README's example defines."""
    (example,) = [each for each in blocks("python") if containing in each]
    names: dict[str, Any] = {}
    exec(example, names)
    return names


def test_the_example_of_a_container_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert isinstance(python_example("LocalContainer")["app"], Litestar)


def request_from(caller: socket.socket) -> bytes:
    """A request as it was sent, with its body."""
    with caller.makefile("rb") as sent:
        head = b"".join(iter(sent.readline, b"\r\n")) + b"\r\n"
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        return head + sent.read(int(length[1]) if length else 0)


@contextmanager
def losing_answers(port: int, lost: int) -> Iterator[int]:
    """Give a port that passes requests on to another one, and loses the first answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def pass_on() -> None:
            for number in count():
                try:
                    caller, _ = listening.accept()
                except OSError:  # the test has ended
                    return
                with caller, socket.create_connection(("127.0.0.1", port)) as service:
                    service.sendall(request_from(caller))
                    answer = b"".join(iter(partial(service.recv, 65_536), b""))  # it closes, as it was asked to
                    if number >= lost:
                        caller.sendall(answer)

        passing = threading.Thread(target=pass_on)
        passing.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    passing.join()


def test_the_example_of_repetition_creates_once_though_answers_are_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = python_example("Idempotency-Key")
    monkeypatch.setattr(time, "sleep", lambda _: None)

    with (
        serving(tmp_path, STORE="memory") as served,
        losing_answers(served.port, lost=3) as port,
        served.client() as client,
    ):
        user = names["create"](f"http://127.0.0.1:{port}/api/users", {"name": "Ada", "email": "ada@example.com"})

        assert client.get("/api/users").json() == [user]
        with pytest.raises(HTTPError):
            names["create"](f"http://127.0.0.1:{port}/api/users", {"name": "A"})


def test_the_commands_it_names_are_targets_of_the_makefile() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text()
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join([*blocks("sh"), *re.findall(r"`(make [a-z]+)`", README)])))

    assert {"run", "test", "help"} <= named
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)
