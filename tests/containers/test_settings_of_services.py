"""A process needs the settings of what it serves, and of what that refers to, and no other."""

from typing import Any
from uuid import uuid4

import pytest

from containers.aws_lambda import LambdaContainer
from containers.eks import EksContainer
from containers.settings import ConfigurationError
from service.domain.entities import ENTITIES, stored_for
from tests.containers.test_containers import ask

SECRET = "secret-of-settings-tests"


def a_container(services: str, **settings: str) -> Any:
    return EksContainer(environ={"CURSOR_SECRET": SECRET, "SERVICES": services, "CONFIG_DIR": "nowhere", **settings})


@pytest.mark.parametrize(
    ("services", "needed"),
    [
        ("users", ["users_table"]),
        ("orders", ["users_table", "orders_table"]),
        ("users,orders", ["users_table", "orders_table"]),
    ],
)
def test_dynamodb_needs_the_tables_of_what_is_served_and_referred_to(services: str, needed: list[str]) -> None:
    with pytest.raises(ConfigurationError) as error:
        a_container(services).settings()

    assert [problem.key for problem in error.value.problems] == needed
    assert a_container(services, **{key.upper(): "x" for key in needed}).settings()


def test_every_entity_is_stored_for_itself_and_for_what_refers_to_it() -> None:
    for name, entity in ENTITIES.items():
        assert {name, *entity.refers_to} <= set(stored_for([name])) <= ENTITIES.keys()
    assert stored_for(reversed([*ENTITIES])) == [*ENTITIES]
    assert stored_for(["payments"]) == []


@pytest.mark.timeout(60)
def test_users_alone_are_served_from_their_table_alone(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.items():
        monkeypatch.setenv(name, value)
    container = a_container("users", USERS_TABLE=f"users-{uuid4()}", **aws)
    assert container.migrate().startswith("Created: users-")
    app = container.app()

    user = ask(app, "POST", "/api/users", json={"name": "Ada", "email": "ada@example.com"}).json()

    assert ask(app, "GET", "/api/health/ready").json()["checks"] == {"users": "ok", "process": "ok"}
    assert ask(app, "GET", "/api/users").json() == [user]
    assert ask(app, "DELETE", f"/api/users/{user['id']}").status_code == 204
    assert ask(app, "GET", "/api/orders").status_code == 404


def test_the_other_settings_are_needed_whatever_is_served() -> None:
    for services in ("users", "orders"):
        with pytest.raises(ConfigurationError) as error:
            LambdaContainer(environ={"SERVICES": services, "STORE": "postgresql"}).settings()

        assert [problem.key for problem in error.value.problems] == ["database_url", "cursor_secret"]
