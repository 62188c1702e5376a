"""The service over a PostgreSQL database, in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from containers.local import LocalContainer
from loopback.postgresql import Postgresql


def a_container(url: str, **environ: str) -> Any:
    usual = {"STORE": "postgresql", "DATABASE_URL": url, "CURSOR_SECRET": "x" * 16, "WORKERS_IO": "4"}
    return LocalContainer(environ={**usual, **environ})


def migrated(url: str, **environ: str) -> Any:
    container = a_container(url, **environ)
    container.migrate()
    return container


def database_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def in_database(server: Postgresql, url: str, statements: str) -> str:
    """Run statements as the superuser in the database of a URL."""
    return server.psql(f'\\connect "{database_of(url)}"\n{statements}')


def sessions(server: Postgresql, url: str) -> int:
    """How many sessions there are in a database."""
    counted = server.psql(f"SELECT count(*) AS n FROM pg_stat_activity WHERE datname = '{database_of(url)}'")
    return int(counted.split()[2])


@asynccontextmanager
async def client_of(container: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the container's application, which is started and stopped."""
    app = container.app()
    transport = httpx.ASGITransport(app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield client
