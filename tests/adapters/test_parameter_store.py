"""Systems Manager at start-up: whatever answers in its place is one message for an operator, in bounded time."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from containers.ecs import EcsContainer
from service.adapters.aws import time_limit
from service.adapters.config import parameter_store
from service.application.ports import ConfigUnavailable
from tests.adapters.dynamodb.server import ScriptedServer, Step, answer, error, hangs, response, then_closes, trickles

FOUND = answer({"Parameters": [{"Name": "/shapeshift/users_table", "Value": "users"}]})
WEB_PAGE = "not an answer of Systems Manager: status 200 with content type 'text/html'"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    server = ScriptedServer.start()
    variables = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_ENDPOINT_URL": server.url}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    yield server
    server.close()


def users_table() -> str | None:
    container: Any = EcsContainer(environ={"AWS_REGION": "eu-central-1"})
    found: str | None = container.config().get("users_table")
    return found


@pytest.mark.parametrize("content_type", ["application/x-amz-json-1.1", "application/x-amz-json-1.0"])
def test_parameters_are_read(content_type: str, server: ScriptedServer) -> None:
    parameter = {"Name": "/shapeshift/users_table", "Value": "users"}
    server.play(answer({"Parameters": [parameter]}, content_type=content_type))
    assert users_table() == "users"


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (response(b"<html>Welcome</html>", content_type="text/html"), WEB_PAGE),
        (response(b"<html>No</html>", 403, content_type="text/html"), "status 403 with content type 'text/html'"),
        (response(b"", 302, location="/login", content_type=""), "status 302"),
        (response(b""), "not JSON"),
        (answer([]), "not a JSON object"),
        (answer({}), "no valid list of parameters"),
        (answer({"Parameters": None}), "no valid list of parameters"),
        (answer({"Parameters": [{"Name": "x"}]}), "no valid list of parameters"),
        (then_closes(response(b"{", content_length="99")), "1 bytes of the announced '99'"),
        (
            error("AccessDeniedException", "no right to ssm:GetParametersByPath"),
            "ssm:GetParametersByPath",
        ),
        (error("InvalidSignatureException", "Signature expired"), "Signature expired"),
    ],
)
def test_what_cannot_be_read_is_one_message(step: Step, reason: str, server: ScriptedServer) -> None:
    server.play(step)
    with pytest.raises(ConfigUnavailable, match=r"^The parameters under /shapeshift cannot be read: ") as told:
        users_table()
    assert reason in str(told.value)


def test_an_answer_that_is_longer_than_any_is_not_read(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "LONGEST_ANSWER", 50)
    server.play(FOUND)
    with pytest.raises(ConfigUnavailable):
        users_table()


@pytest.mark.parametrize("step", [hangs, trickles(FOUND)], ids=["hangs", "byte by byte"])
def test_a_start_does_not_wait_for_ever(step: Step, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameter_store, "PATIENCE_SECONDS", 0.5)
    server.play(step)
    began = time.monotonic()
    with pytest.raises(ConfigUnavailable):
        users_table()
    assert time.monotonic() - began < 10
