"""The function's image, built and invoked through the emulator that AWS's base image carries."""

from collections.abc import Iterator

import httpx
import pytest

from loopback.patience import PATIENCE_SECONDS
from parity.corpus.building import ask
from parity.events import SOURCES
from tests.deploy.engine import Engine
from tests.runtimes.emulator import HANDLER
from tests.runtimes.processes import wait_until

INVOCATIONS = "/2015-03-31/functions/function/invocations"
SETTINGS = ("--env", "STORE=memory", "--env", f"CURSOR_SECRET={'x' * 16}")


@pytest.fixture
def function(podman: Engine, lambda_image: str) -> Iterator[httpx.Client]:
    with podman.container(lambda_image, "--publish", "127.0.0.1::8080", *SETTINGS) as name:
        url = f"http://{podman.address(name, 8080)}"
        with httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE_SECONDS) as client:
            wait_until(lambda: _answers(client), lambda: podman.run("logs", name))
            yield client


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/").status_code == 404
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("source", ["alb", "alb_multi_value", "function_url"])
def test_it_answers_events(function: httpx.Client, source: str) -> None:
    event = SOURCES[source].event(ask("health", "GET", "/api/health"))

    answer = SOURCES[source].answer(function.post(INVOCATIONS, json=event).json())

    assert answer.status == 200
    assert b'"runtime":"lambda"' in answer.body


def test_its_handler_is_the_service_and_its_runtime_is_set(podman: Engine, lambda_image: str) -> None:
    config = podman.inspect(lambda_image)["Config"]

    assert config["Cmd"] == [HANDLER]
    assert "RUNTIME=lambda" in config["Env"]


FOUND = """
import importlib.util, pathlib
assert not [each for each in ("uvicorn", "httptools", "hatchling") if importlib.util.find_spec(each)]
compiled = [*pathlib.Path("/var/task").rglob("*.pyc")]
assert {each.read_bytes()[4] for each in compiled} == {1}
assert pathlib.Path("/var/task/modules.bytecode").read_bytes()[:4] == importlib.util.MAGIC_NUMBER
"""


def test_it_holds_what_a_function_needs_and_compiled(podman: Engine, lambda_image: str) -> None:
    podman.once(lambda_image, "--entrypoint", "python", "--", "-c", FOUND)
