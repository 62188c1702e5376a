"""The whole application in this process, over the in-memory store, spoken to as a client would."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from containers.local import LocalContainer

Story = Callable[[httpx.AsyncClient], Coroutine[Any, Any, None]]
SECRET = "secret-of-http-tests"

Tell = Callable[[Story], None]


def a_container(**environ: str) -> Any:
    return LocalContainer(environ={"STORE": "memory", "CURSOR_SECRET": SECRET, **environ})


@asynccontextmanager
async def client_of(container: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(container.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield client


@pytest.fixture
def container() -> Any:
    return a_container()


@pytest.fixture
def tell(container: Any) -> Tell:
    """Runs a story: a coroutine function that is given a client."""

    def run(story: Story) -> None:
        async def told() -> None:
            async with client_of(container) as client:
                await story(client)

        asyncio.run(told())

    return run


async def create_user(client: httpx.AsyncClient, email: str = "ada@example.com", name: str = "Ada") -> dict[str, Any]:
    response = await client.post("/api/users", json={"name": name, "email": email})
    assert response.status_code == 201, response.text
    user: dict[str, Any] = response.json()
    return user


async def place_order(client: httpx.AsyncClient, user_id: str, **fields: Any) -> dict[str, Any]:
    response = await client.post("/api/orders", json={"user_id": user_id, "product": "Tea", "quantity": 2, **fields})
    assert response.status_code == 201, response.text
    order: dict[str, Any] = response.json()
    return order


def assert_problem(response: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The response is this problem, in RFC 9457's form."""
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json"), (
        response.text
    )
    problem: dict[str, Any] = response.json()
    assert problem["type"] == f"/problems/{slug}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == f"urn:request:{response.headers['x-request-id']}"
    return problem
