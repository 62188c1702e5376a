"""The secret that signs cursors: long enough, the same wherever it is read from, and never shown."""

from pathlib import Path
from typing import Any

import pytest

from containers.aws_lambda import LambdaContainer
from containers.eks import EksContainer
from containers.settings import ConfigurationError
from tests.containers.test_containers import ask

SECRET = "secret-of-settings-tests"


def test_a_secret_of_sixteen_characters_is_enough_and_of_fifteen_is_not(tmp_path: Path) -> None:
    for secret, accepted in (("s" * 16, True), ("\ufeff" + "s" * 16 + "\n", True), (" " + "s" * 15 + "\n", False)):
        (tmp_path / "cursor_secret").write_text(secret)
        container: Any = EksContainer(environ={"CONFIG_DIR": str(tmp_path), "STORE": "memory"})
        if accepted:
            assert container.settings().cursor_secret.get_secret_value() == "s" * 16
            continue
        with pytest.raises(ConfigurationError) as error:
            container.settings()
        assert "cursor_secret: must have at least 16 characters" in str(error.value)
        assert "sss" not in str(error.value)


def test_processes_with_the_same_secret_from_different_places_take_each_others_cursors(tmp_path: Path) -> None:
    """A byte-order mark in one of the places is no part of the secret."""
    (tmp_path / "cursor_secret").write_bytes(b"\xef\xbb\xbf" + SECRET.encode() + b"\r\n")
    first: Any = LambdaContainer(environ={"CURSOR_SECRET": SECRET, "STORE": "memory"})
    second: Any = EksContainer(environ={"CONFIG_DIR": f" :{tmp_path}", "STORE": "memory"})
    for name in ("Ada", "Grace"):
        body = {"name": name, "email": f"{name}@example.com"}
        assert ask(first.app(), "POST", "/api/users", json=body).status_code == 201

    link = ask(first.app(), "GET", "/api/users?limit=1").links["next"]["url"]

    assert ask(second.app(), "GET", f"/api/users{link}").status_code == 200
