"""The messages to an operator whose configuration cannot work."""

from typing import Any

import pytest

from containers.local import LocalContainer
from containers.settings import ConfigurationError
from service.application.ports import ConfigUnavailable
from service.domain.entities import ENTITIES
from tests.adapters.dynamodb.conftest import open_at
from tests.adapters.dynamodb.server import ScriptedServer, error, response
from tests.examples import table_variables

ENVIRON = {"STORE": "dynamodb", "CURSOR_SECRET": "a secret of these tests"}
TABLES = table_variables()


def test_missing_table_names_are_all_reported_at_once() -> None:
    container: Any = LocalContainer(environ=ENVIRON)

    with pytest.raises(ConfigurationError) as problems:
        container.app()

    assert [str(problem) for problem in problems.value.problems] == [
        f"{name.lower()}: is required for store=dynamodb (looked in: environment variable {name})" for name in TABLES
    ]


def test_a_missing_region_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    container: Any = LocalContainer(environ={**ENVIRON, **TABLES})

    with pytest.raises(ConfigUnavailable, match=r"AWS cannot be used for dynamodb: You must specify a region\."):
        container.app()


def test_an_endpoint_that_cannot_be_used_is_explained_before_anything_is_served() -> None:
    container: Any = LocalContainer(environ={**ENVIRON, **TABLES, "AWS_REGION": "x", "HTTPS_PROXY": "http://proxy"})

    with pytest.raises(ConfigUnavailable, match=r"AWS cannot be used for dynamodb: HTTPS_PROXY is not supported"):
        container.app()


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (error("AccessDeniedException", "not authorized to perform: dynamodb:CreateTable"), "dynamodb:CreateTable"),
        (response(b"<html></html>", content_type="text/html"), "status 200 with content type 'text/html'"),
        (response(b"<html></html>", 403, content_type="text/html"), "status 403 with content type 'text/html'"),
    ],
    ids=["refused", "a web page", "a proxy"],
)
def test_tables_that_cannot_be_created_are_explained(step: bytes, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ScriptedServer.start()
    server.play(step)
    opened = open_at(server, monkeypatch)

    with pytest.raises(ConfigUnavailable, match=f"The tables {' and '.join(ENTITIES)} cannot be created: ") as told:
        opened.container.migrate()

    assert reason in str(told.value)
    server.close()
