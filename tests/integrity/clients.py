"""Clients that draw what they do from a seed, and write down what they asked and what they were told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle
from random import Random
from typing import Any

import httpx

from loopback.patience import PATIENCE_SECONDS
from tests.integrity.history import NO_ANSWER, UNAVAILABLE, Call, History, Json, Kind, Method, Walk

CLIENTS = 16
PAUSE_SECONDS = 0.25
MOST_PAGES = 1000


class Client:
    """One of many. Its calls go to the servers in turn, so that what one of them did, the others must know."""

    def __init__(
        self, number: int, http: httpx.AsyncClient, addresses: Sequence[str], history: History, random: Random
    ) -> None:
        self.number = number
        self.history = history
        self.random = random
        self._http = http
        self._addresses = cycle([*addresses[number % len(addresses) :], *addresses[: number % len(addresses)]])
        self._labels = 0

    async def pause(self, user: str) -> None:
        """Look at a user for a while, so that it is not always the shortest request that comes first."""
        for _ in range(self.random.randint(1, 2)):
            await self.call("GET", "users", user)

    async def create_user(self, email: str) -> Call:
        return await self.call("POST", "users", body={"name": self._label("User"), "email": email})

    async def place_order(self, user_id: str, **fields: Any) -> Call:
        order = {"user_id": user_id, "product": self._label("Product"), "quantity": self._labels}
        return await self.call("POST", "orders", body=order | fields)

    async def walk(self, kind: Kind, limit: int, user_id: str | None = None) -> Walk:
        """Read a list along the Link headers."""
        walk = Walk(kind, user_id, [])
        query: dict[str, str] | None = {"limit": str(limit)} | ({"user_id": user_id} if user_id else {})
        while query is not None:
            assert len(walk.pages) < MOST_PAGES, "the list has no end"
            page, query = await self._ask("GET", kind, None, {}, query)
            walk.pages.append(page)
        self.history.walks.append(walk)
        return walk

    async def call(
        self,
        method: Method,
        kind: Kind,
        id: str | None = None,
        body: Json | None = None,
        query: dict[str, str] | None = None,
    ) -> Call:
        call, _ = await self._ask(method, kind, id, body or {}, query or {})
        return call

    async def _ask(
        self, method: Method, kind: Kind, id: str | None, body: Json, query: dict[str, str]
    ) -> tuple[Call, dict[str, str] | None]:
        """The call, and the query of the page that follows."""
        began, following = self.history.tick(), None
        try:
            url = f"{next(self._addresses)}/api/{kind}" + (f"/{id}" if id else "")
            response = await self._http.request(method, url, params=query, json=body or None)
            status, answer = response.status_code, response.json() if response.content else None
            if link := response.links.get("next"):
                following = dict(httpx.URL(link["url"]).params)
        except httpx.TransportError:
            status, answer = NO_ANSWER, None
        call = Call(
            method=method,
            kind=kind,
            id=id,
            body=body,
            query=query,
            client=self.number,
            began=began,
            ended=self.history.tick(),
            status=status,
            answer=answer,
        )
        self.history.calls.append(call)
        if status == UNAVAILABLE:
            await asyncio.sleep(PAUSE_SECONDS)
        return call, following

    def _label(self, what: str) -> str:
        self._labels += 1
        return f"{what} {self.number}-{self._labels}"


@asynccontextmanager
async def clients_of(
    addresses: Sequence[str], history: History, seed: str, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[list[Client]]:
    """Clients that draw from that seed, each with numbers and connections of its own."""
    async with AsyncExitStack() as open_clients:
        yield [
            Client(
                number,
                await open_clients.enter_async_context(
                    # Nothing here is encrypted: loading certificates would be most of a client's cost.
                    httpx.AsyncClient(transport=transport, trust_env=False, verify=False, timeout=PATIENCE_SECONDS)
                ),
                addresses,
                history,
                Random(f"{seed}-{number}"),
            )
            for number in range(CLIENTS)
        ]
