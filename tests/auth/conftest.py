"""The whole application in this process, with authentication on."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.auth.tokens import AUDIENCE, ISSUER, key_set
from tests.http.conftest import Story, a_container, client_of

Tell = Callable[[Story], None]


def an_application(**environ: str) -> Any:
    """A container with authentication, whose keys are given as JSON."""
    return a_container(
        **{"AUTH": "oidc", "AUTH_ISSUER": ISSUER, "AUTH_AUDIENCE": AUDIENCE, "AUTH_JWKS": key_set(), **environ}
    )


def told(container: Any, story: Story) -> None:
    async def run() -> None:
        async with client_of(container) as client:
            await story(client)

    asyncio.run(run())


@pytest.fixture
def container() -> Any:
    return an_application()


@pytest.fixture
def tell(container: Any) -> Tell:
    return lambda story: told(container, story)


def ask(container: Any, method: str, path: str, *authorization: str | bytes, **options: Any) -> httpx.Response:
    """The response to one request, with these Authorization headers."""
    found: list[httpx.Response] = []
    headers = [(name.encode(), value.encode()) for name, value in options.pop("headers", {}).items()]
    headers += [(b"authorization", each.encode() if isinstance(each, str) else each) for each in authorization]

    async def story(client: httpx.AsyncClient) -> None:
        found.append(await client.request(method, path, headers=headers, **options))

    told(container, story)
    return found[0]
