"""Concurrent clients that write down what they asked for and what was acknowledged, and a checker of what was kept."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import httpx

from tests.runtimes.processes import Served

Json = dict[str, Any]

CLIENTS = 16
ORDERS_PER_USER = 3


@dataclass
class Ledger:
    """What was asked for and what was answered. Each user has an e-mail, and each order a product, of its own."""

    asked: dict[str, Json] = field(default_factory=dict)
    users: list[Json] = field(default_factory=list)
    orders: list[Json] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[httpx.TransportError] = field(default_factory=list)


@contextmanager
def load(served: Served, ledger: Ledger) -> Iterator[None]:
    """Clients that write from the beginning of the block to its end, each until a connection fails."""
    stop = Event()
    with ThreadPoolExecutor(CLIENTS) as clients:
        running = [clients.submit(_write, served, ledger, number, stop) for number in range(CLIENTS)]
        try:
            yield
        finally:
            stop.set()
        for each in running:
            each.result()


def _write(served: Served, ledger: Ledger, number: int, stop: Event) -> None:
    round_ = 0
    try:
        while not stop.is_set():
            # A new connection for each round, so that a server of several processes can spread them.
            with served.client() as client:
                _write_a_round(client, ledger, f"{number}-{round_}")
            round_ += 1
    except httpx.TransportError as error:
        ledger.failures.append(error)


def _write_a_round(client: httpx.Client, ledger: Ledger, label: str) -> None:
    user = _post(client, ledger, "users", {"name": f"Zoë {label}", "email": f"U{label}@example.org"}, ledger.users)
    if user is None:
        return
    for number in range(ORDERS_PER_USER):
        product = f"Product {label}-{number}"
        order = {"user_id": user["id"], "product": product, "quantity": number + 1, "status": "completed"}
        chosen_id = {"id": f"order_{label}-{number}"} if number else {}
        _post(client, ledger, "orders", order | chosen_id, ledger.orders)


def _post(client: httpx.Client, ledger: Ledger, kind: str, body: Json, acknowledged: list[Json]) -> Json | None:
    ledger.asked[_key(body)] = body
    response = client.post(f"/api/{kind}", json=body)
    ledger.statuses[response.status_code] += 1
    if response.status_code != 201:
        return None
    acknowledged.append(response.json())
    return acknowledged[-1]


def read_all(client: httpx.Client, path: str) -> list[Json]:
    """Every item of a list, page by page along the Link headers."""
    items: list[Json] = []
    url: httpx.URL | None = client.base_url.join(f"{path}?limit=100")
    while url is not None:
        response = client.get(url).raise_for_status()
        items += response.json()
        following = response.links.get("next")
        url = response.url.join(following["url"]) if following else None
    return items


def faults(ledger: Ledger, users: Sequence[Json], orders: Sequence[Json]) -> list[str]:
    """Every way in which what is kept differs from what may be kept after the writes of the ledger."""
    emails = Counter(user["email"].casefold() for user in users)
    known_users = {user["id"] for user in users}
    return [
        *_lost_or_altered(ledger.users, users),
        *_lost_or_altered(ledger.orders, orders),
        *_not_as_asked(ledger.asked, [*users, *orders]),
        *(f"kept {count} times: {email}" for email, count in emails.items() if count > 1),
        *(f"has no user: {order}" for order in orders if order["user_id"] not in known_users),
    ]


def _lost_or_altered(acknowledged: Sequence[Json], kept: Sequence[Json]) -> Iterator[str]:
    rows = {row["id"]: row for row in kept}
    if len(rows) < len(kept):
        yield "an id is there twice"
    for item in acknowledged:
        row = rows.get(item["id"])
        if row is None:
            yield f"lost: {item}"
        elif row != item:
            yield f"altered: {item} is now {row}"


def _not_as_asked(asked: Mapping[str, Json], kept: Sequence[Json]) -> Iterator[str]:
    for row in kept:
        body = asked.get(_key(row))
        if body is None:
            yield f"nobody asked for: {row}"
        elif row | body != row or not (row["id"] and row["created_at"]):
            yield f"not as asked: {body} is {row}"


def _key(item: Json) -> str:
    key: str = item.get("email") or item["product"]
    return key
