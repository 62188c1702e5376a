"""What fills which port, what can be replaced, and what is reported when it cannot work."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.errors import Error as ContainerError
from dependency_injector.providers import Container, Object
from pydantic import SecretStr

from containers.application import ApplicationContainer
from containers.aws_lambda import LambdaContainer
from containers.local import LocalContainer, LocalSettings
from containers.runtime import repository_name
from containers.settings import ConfigurationError, Settings
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.memory.store import MemoryStore
from service.domain.entities import ENTITIES
from tests.examples import NOON, a_user, table_variables
from tests.memory import MemoryUserRepository

MEMORY = {"STORE": "memory", "CURSOR_SECRET": "secret-of-container-tests"}


def ask(app: Any, method: str, path: str, **options: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        async with (
            app.lifespan(),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as client,
        ):
            return await client.request(method, path, **options)

    return asyncio.run(asked())


def test_a_bare_local_container_works_with_its_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    container: Any = LocalContainer()
    assert list(tmp_path.iterdir()) == []  # nothing is read or made before it is asked for

    created = ask(container.app(), "POST", "/api/users", json={"name": "Ada", "email": "ada@example.com"})

    assert created.status_code == 201
    assert ask(container.app(), "GET", "/api/users").json() == [created.json()]
    assert (tmp_path / "var" / "shapeshift.db").exists()
    asyncio.run(container.user_repository().close())


def test_an_overridden_repository_is_what_every_dependent_sees() -> None:
    users = MemoryUserRepository(MemoryStore())
    asyncio.run(users.add(a_user(name="Grace")))
    container: Any = LocalContainer(environ=MEMORY)
    container.user_repository.override(Object(users))

    assert ask(container.app(), "GET", "/api/users").json()[0]["name"] == "Grace"
    assert ask(LocalContainer(environ=MEMORY).app(), "GET", "/api/users").json() == []


def test_overriding_every_repository_opens_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    memory: Any = LocalContainer(environ=MEMORY)
    container: Any = LocalContainer()
    for name in map(repository_name, ENTITIES):
        getattr(container, name).override(getattr(memory, name))

    assert ask(container.app(), "GET", "/api/health/ready").status_code == 200
    assert not (tmp_path / "var" / "shapeshift.db").exists()


def test_the_clock_and_the_ids_can_be_overridden() -> None:
    container: Any = LocalContainer(environ=MEMORY)
    container.clock.override(Object(lambda: NOON))
    container.new_id.override(Object(lambda: "id-1"))

    user = ask(container.app(), "POST", "/api/users", json={"name": "Ada", "email": "a@b.c"}).json()

    assert (user["id"], user["created_at"]) == ("id-1", "2026-01-31T12:00:00.000Z")


def test_config_and_settings_can_be_overridden() -> None:
    by_config: Any = LocalContainer()
    by_config.config.override(Object(EnvironmentConfig(MEMORY)))
    by_settings: Any = LocalContainer()
    by_settings.settings.override(Object(LocalSettings(store="memory", cursor_secret=SecretStr("s" * 20))))

    for container in (by_config, by_settings):
        assert ask(container.app(), "GET", "/api/health").json()["store"] == "memory"


def test_singletons_are_shared_inside_a_container_and_never_between_two() -> None:
    first: Any = LocalContainer(environ=MEMORY)
    second: Any = LocalContainer(environ=MEMORY)

    assert first.app() is first.app()
    assert first.user_repository() is first.application.repositories()["users"]
    assert first.user_repository() is not second.user_repository()


@pytest.mark.parametrize(("served", "missing"), [("users", "orders"), ("orders", "users")])
def test_a_process_can_serve_one_api_only(served: str, missing: str) -> None:
    container: Any = LocalContainer(environ={**MEMORY, "SERVICES": served})
    app = container.app()

    assert ask(app, "GET", f"/api/{served}").status_code == 200
    assert ask(app, "GET", f"/api/{missing}").json()["type"] == "/problems/not-found"
    assert ask(app, "GET", "/api/health/ready").json()["checks"] == {served: "ok", "process": "ok"}
    assert f"/api/{missing}" not in ask(app, "GET", "/schema/openapi.json").json()["paths"]


def test_every_bad_setting_is_named_with_where_it_was_looked_for_and_without_its_value() -> None:
    environ = {
        "STORE": "redis-s3cret",
        "CURSOR_SECRET": "hunter2-is-my-secret",
        "SERVICES": "users,payments-s3cret",
        "DRAIN_SECONDS": "-1",
        "WORKERS_IO": "many-s3cret",
        "LOG_LEVEL": "LOUD",
    }
    container: Any = LocalContainer(environ=environ)

    with pytest.raises(ConfigurationError) as error:
        container.app()

    told = str(error.value)
    assert [problem.key for problem in error.value.problems] == [
        "store", "services", "drain_seconds", "workers_io", "log_level",
    ]  # fmt: skip
    assert "environment variable DRAIN_SECONDS" in told
    assert "s3cret" not in told
    assert "hunter2" not in told


def test_an_address_that_does_not_fit_the_store_is_explained_without_showing_it() -> None:
    container: Any = LocalContainer(environ={"DATABASE_URL": "mysql://root:hunter2@db/shop"})

    with pytest.raises(ConfigurationError, match="must be sqlite:///, then a file's path") as error:
        container.settings()

    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("sqlite://", ["must be sqlite:///"]),
        ("sqlite+aiosqlite:///shop.db", ["must be sqlite:///"]),
        ("sqlite:///", ["must name a file; for data that is gone with the process, use store=memory"]),
        ("sqlite:///:memory:", ["store=memory"]),
        ("sqlite:///file:shop?mode=memory&cache=shared&uri=true", ["'mode'", "'cache'", "'uri'", "store=memory"]),
        ("sqlite:////data/", ["not a directory"]),
        ("sqlite:///shop.db?timeout=hunter2&check_same_thread=", ["'timeout'", "'check_same_thread'"]),
    ],
)
def test_each_mistake_in_the_address_of_a_sqlite_file_is_named(address: str, told: list[str]) -> None:
    container: Any = LocalContainer(environ={**MEMORY, "STORE": "sqlite", "DATABASE_URL": address})

    with pytest.raises(ConfigurationError) as error:
        container.settings()

    [problem] = error.value.problems
    assert problem.key == "database_url"
    for words in told:
        assert words in problem.message
    assert "hunter2" not in problem.message


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("postgresql://ada:l%2Fove@db.example:5432/shop", True),
        ("postgresql+asyncpg://ada@[::1]:5432/shop?sslmode=verify-full", True),
        ("postgres:///shop?host=/var/run/postgresql&prepared_statement_cache_size=0", True),
        ("postgresql://ada:hunter2@db.example:port/shop", False),
        ("postgresql://ada:hun/ter2@db.example/shop", False),
        ("postgresql://db.example", False),
        ("postgresql://db.example/shop?hunter2=1", False),
        ("sqlite:///hunter2.db", False),
    ],
)
def test_the_address_of_a_postgresql_server_is_checked_before_it_is_used(address: str, *, fits: bool) -> None:
    container: Any = LocalContainer(environ={"STORE": "postgresql", "DATABASE_URL": address, "CURSOR_SECRET": "x" * 16})

    if fits:
        assert container.app()
        return
    with pytest.raises(ConfigurationError, match="database_url: must be postgresql://user:password@host") as error:
        container.app()
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(("store", "workers_io"), [("dynamodb", 8), ("postgresql", 1)])
def test_a_function_has_one_connection_to_postgresql_and_one_for_each_shard(store: str, workers_io: int) -> None:
    environ = {"STORE": store, "DATABASE_URL": "postgresql://db/shop", **table_variables()}
    container: Any = LambdaContainer(environ={**environ, "CURSOR_SECRET": "x" * 16})

    assert container.settings().workers_io == workers_io


def test_secrets_are_not_in_the_representation_of_the_settings() -> None:
    container: Any = LocalContainer(environ={**MEMORY, "CURSOR_SECRET": "hunter2-is-my-secret"})

    assert "hunter2" not in repr(container.settings()) + str(container.settings())


def test_an_unfilled_slot_is_named() -> None:
    class Forgetful(DeclarativeContainer):
        application = Container(ApplicationContainer, runtime="forgetful")
        app = application.app

    with pytest.raises(ContainerError, match=r"application.settings"):
        Forgetful().app()


def test_the_settings_do_not_read_the_environment_behind_the_ports_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    container: Any = LocalContainer(environ=MEMORY)

    settings: Settings = container.settings()

    assert settings.log_level == "INFO"
