"""Creations and changes that are sent again and again over connections that are cut, and which answers are wrong."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from loopback.patience import PATIENCE_SECONDS

CLIENTS = 16
ROUNDS = 6
CONTESTED = ("ada@example.com", "grace@example.com")
"""Addresses that several keys ask for: one gets it, and the others must not seem to."""
CREATED, TAKEN, REUSED, UNAVAILABLE = 201, 409, 422, 503


@dataclass
class Told:
    """What was asked for with one key, and every answer that arrived."""

    name: str
    is_contested: bool
    """Whether other keys ask for the same address."""
    answers: list[httpx.Response] = field(default_factory=list)
    to_others: list[httpx.Response] = field(default_factory=list)
    """The answers to another request with the key, which was sent when the key was known to be used."""

    @property
    def is_created(self) -> bool:
        """Whether somebody was told that the entity was created."""
        return any(answer.status_code == CREATED for answer in self.answers)

    def faults(self, kept: int) -> Iterator[str]:
        """What cannot be; `kept` is how many entities there are in the end that were asked for with the key."""
        bodies = {answer.content for answer in self.answers if answer.status_code == CREATED}
        first = [each for each in self.answers if each.status_code == CREATED and not _is_replay(each)]
        statuses = {each.status_code for each in self.answers}
        if len(bodies) > 1:
            yield f"{self.name}: answers that differ: {bodies}"
        if len(first) > 1:
            yield f"{self.name}: created {len(first)} times"
        if kept > 1 or (bodies and not kept):
            yield f"{self.name}: {kept} are kept, after {sorted(statuses)}"
        if any(answer.json()["name"] != self.name for answer in self.answers if answer.status_code == CREATED):
            yield f"{self.name}: another request's answer: {bodies}"
        if odd := statuses - {CREATED, UNAVAILABLE, *([TAKEN] if self.is_contested else [])}:
            yield f"{self.name}: answered {sorted(odd)}"
        if bodies and self.answers[-1].status_code != CREATED:
            yield f"{self.name}: forgotten in the end: {self.answers[-1].text}"
        if odd := {each.status_code for each in self.to_others} - {REUSED, UNAVAILABLE}:
            yield f"{self.name}: another request was answered {sorted(odd)}"


def _is_replay(answer: httpx.Response) -> bool:
    return "idempotency-replayed" in answer.headers


class Client:
    """One of many, whose requests go to any of the servers."""

    def __init__(self, http: httpx.AsyncClient, addresses: Sequence[str], random: Random) -> None:
        self.random = random
        self._http = http
        self._addresses = addresses

    async def send(self, method: str, path: str, *, may_cut: bool = True, **request: Any) -> httpx.Response | None:
        """Send a request; at random its connection is cut before or after the answer, which is then not seen."""
        url = f"{self.random.choice(self._addresses)}/api/{path}"
        patience = self.random.choice((None, None, 0.001, 0.003, 0.01)) if may_cut else None
        try:
            async with asyncio.timeout(patience):
                return await self._http.request(method, url, **request)
        except (TimeoutError, httpx.TransportError):
            return None


@asynccontextmanager
async def repeating_clients(
    addresses: Sequence[str], seed: str, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[list[Client]]:
    """Clients that draw from that seed, each with connections of its own."""
    async with AsyncExitStack() as opened:
        yield [
            Client(
                await opened.enter_async_context(
                    httpx.AsyncClient(transport=transport, trust_env=False, verify=False, timeout=PATIENCE_SECONDS)
                ),
                addresses,
                Random(f"{seed}-{number}"),
            )
            for number in range(CLIENTS)
        ]


Workload = Callable[[Sequence[Client]], Coroutine[Any, Any, list[str]]]
"""What the clients do; returns every fault."""


async def repeat_every_creation(clients: Sequence[Client]) -> list[str]:
    """All send each creation several times with one key, some at once; every third asks for a contested address."""
    told = []
    for round_ in range(ROUNDS):
        for number in range(3):
            key = f"key-{round_}-{number}"
            is_contested = number < 2
            email = CONTESTED[round_ % 2] if is_contested else f"{key}@example.com"
            told.append((Told(f"Name of {key}", is_contested), key, email))
        await asyncio.gather(*(_repeat(client, told[-3:]) for client in clients))
    for each in told:
        await _send(clients[0], *each, may_cut=False)  # in the end everybody knows
    kept: dict[str, int] = defaultdict(int)
    listed = await clients[0].send("GET", "users", may_cut=False, params={"limit": 100})
    assert listed is not None
    for user in listed.json():
        kept[user["name"]] += 1
    return [fault for each, _, _ in told for fault in each.faults(kept[each.name])]


async def _repeat(client: Client, told: Sequence[tuple[Told, str, str]]) -> None:
    for told_, key, email in client.random.choices(told, k=4):
        await _send(client, told_, key, email)
        if told_.is_created and client.random.random() < 0.2:  # somebody uses the key for something else
            other = {"name": "Other", "email": f"other-{email}"}
            answer = await client.send("POST", "users", json=other, headers={"idempotency-key": key})
            told_.to_others += [] if answer is None else [answer]


async def _send(client: Client, told: Told, key: str, email: str, *, may_cut: bool = True) -> None:
    user = {"name": told.name, "email": email}
    answer = await client.send("POST", "users", json=user, headers={"idempotency-key": key}, may_cut=may_cut)
    if answer is not None:
        told.answers.append(answer)


async def change_what_was_seen(clients: Sequence[Client]) -> list[str]:
    """All change one user with the same tag at once, round after round: one of them succeeds."""
    user = {"name": "Ada", "email": "seen@example.com"}
    created = await clients[0].send("POST", "users", may_cut=False, json=user)
    assert created is not None
    path, tag, faults = f"users/{created.json()['id']}", created.headers["etag"], []
    for round_ in range(ROUNDS):
        answers = await asyncio.gather(
            *(
                client.send("PATCH", path, may_cut=False, json={"name": f"{round_} {n}"}, headers={"if-match": tag})
                for n, client in enumerate(clients)
            )
        )
        succeeded = [answer for answer in answers if answer is not None and answer.status_code == 200]
        found = await clients[0].send("GET", path, may_cut=False)
        assert found is not None
        if len(succeeded) != 1:
            faults.append(f"{len(succeeded)} of the changes with one tag succeeded")
        elif succeeded[0].content != found.content:
            faults.append(f"{succeeded[0].text} succeeded, but it is {found.text}")
        tag = found.headers["etag"]
    return faults
