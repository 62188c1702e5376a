"""What the clients do: for each promise, the races that would break it."""

import unicodedata
from asyncio import Event, gather
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any

from tests.integrity.clients import Client
from tests.integrity.history import Kind

Workload = Callable[[Sequence[Client]], Coroutine[Any, Any, None]]

ADDRESSES = ("zoë.straße@example.org", "ﬁona@example.org", "ada@example.org")
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.title,
    lambda address: unicodedata.normalize("NFD", address),
    lambda address: unicodedata.normalize("NFD", address.upper()),
)
ORDER_IDS = ("tea", "kite", "boat", "Tea")
ROUNDS = 16
USERS = 6
SLOW = (("place",), ("leave",), ("place", "leave"))
MOST_RACES = 100


async def race_for_emails(clients: Sequence[Client]) -> None:
    """All want few addresses, in many spellings; whoever is known to have one may be deleted by anyone."""
    holders: dict[str, str] = {}

    async def race(client: Client) -> None:
        for _ in range(ROUNDS):
            address = client.random.choice(ADDRESSES)
            spelt = client.random.choice(SPELLINGS)(address)
            (act,) = client.random.choices(("create", "delete", "get"), (5, 4, 1))
            holder = holders.get(address)
            if act == "create" or holder is None:
                created = await client.create_user(spelt)
                if created.done:
                    holders[address] = created.answer["id"]
            else:
                await client.call("DELETE" if act == "delete" else "GET", "users", holder)

    await gather(*(race(client) for client in clients))


async def race_for_order_ids(clients: Sequence[Client]) -> None:
    """All place orders under few ids, and complete, reopen, read and delete whatever is there."""
    users = await _users(clients[:3])

    async def race(client: Client) -> None:
        for _ in range(ROUNDS):
            id, user = client.random.choice(ORDER_IDS), client.random.choice(users)
            status = client.random.choice(("pending", "completed"))
            (act,) = client.random.choices(("place", "change", "delete", "get"), (5, 4, 3, 2))
            if act == "place":
                await client.place_order(user, id=id, status=status)
            elif act == "change":
                await client.call("PATCH", "orders", id, {"status": status})
            else:
                await client.call("DELETE" if act == "delete" else "GET", "orders", id)

    await gather(*(race(client) for client in clients))


async def place_orders_while_users_go(clients: Sequence[Client]) -> None:
    """For each of many users, all place the first orders at once while some delete the user."""

    async def race(client: Client, user: str, slow: Collection[str]) -> None:
        for _ in range(2):
            (act,) = client.random.choices(("place", "leave", "list"), (3, 2, 2))
            if act in slow:
                await client.pause(user)
            if act == "place":
                await client.place_order(user)
            elif act == "leave":
                await client.call("DELETE", "users", user)
            else:
                await client.call("GET", "orders", query={"user_id": user, "limit": "100"})

    for number, user in enumerate(await _users(clients[:USERS])):
        await gather(*(race(client, user, SLOW[number % len(SLOW)]) for client in clients))


async def delete_users_while_they_have_orders(clients: Sequence[Client]) -> None:
    """For each of many users with an order, all place and delete orders of the user while some delete the user.

    At the end one more is placed: where the user is gone, for nobody.
    """

    async def race(client: Client, user: str, orders: list[str]) -> None:
        for _ in range(2):
            (act,) = client.random.choices(("place", "cancel", "leave", "get"), (1, 5, 4, 1))
            which = client.random.random()
            await client.pause(user)
            if act == "place":
                placed = await client.place_order(user)
                orders += [placed.answer["id"]] if placed.done else []
            elif act == "cancel":
                await client.call("DELETE", "orders", orders[int(which * len(orders))])
            else:
                await client.call("DELETE" if act == "leave" else "GET", "users", user)

    for user in await _users(clients[:USERS]):
        first = await clients[0].place_order(user)
        orders = [first.answer["id"]] if first.done else ["unknown"]
        await gather(*(race(client, user, orders) for client in clients))
        await clients[0].place_order(user)


async def walk_while_others_write(clients: Sequence[Client]) -> None:
    """Half of the clients read lists page by page while the others make them longer and shorter."""
    users = await _users(clients)
    await gather(*(client.place_order(client.random.choice(users)) for client in clients))
    walks = [_walk_some_lists(client, users) for client in clients[::2]]
    writes = [_write_here_and_there(client, users) for client in clients[1::2]]
    await gather(*walks, *writes)


async def _walk_some_lists(client: Client, users: Sequence[str]) -> None:
    for _ in range(2):
        kind: Kind = "orders" if client.random.random() < 0.7 else "users"
        user, limit = client.random.choice((*users[:2], None)), client.random.randint(2, 7)
        await client.walk(kind, limit, user if kind == "orders" else None)


async def _write_here_and_there(client: Client, users: Sequence[str]) -> None:
    mine: dict[Kind, list[str]] = defaultdict(list)
    for _ in range(ROUNDS):
        kind: Kind = "orders" if client.random.random() < 0.7 else "users"
        user, grows, which = client.random.choice(users[:4]), client.random.random() < 0.55, client.random.random()
        if grows or not mine[kind]:
            made = await (client.place_order(user) if kind == "orders" else client.create_user(_email(client)))
            mine[kind] += [made.answer["id"]] if made.done else []
        else:
            await client.call("DELETE", kind, mine[kind].pop(int(which * len(mine[kind]))))


async def race_for_everything(clients: Sequence[Client]) -> None:
    """A third of the clients for each of the races that use all of the API together."""
    await gather(
        race_for_emails(clients[::3]), race_for_order_ids(clients[1::3]), walk_while_others_write(clients[2::3])
    )


async def race_until(stop: Event, clients: Sequence[Client]) -> None:
    """Race for everything, again and again, until told to stop."""
    for _ in range(MOST_RACES):
        await race_for_everything(clients)
        if stop.is_set():
            return
    raise AssertionError(f"not told to stop in {MOST_RACES} races")


async def _users(clients: Sequence[Client]) -> list[str]:
    """A user made by each of the clients, with an address of its own; if none could be made, one that is not there."""
    made = await gather(*(client.create_user(_email(client)) for client in clients))
    return [call.answer["id"] for call in made if call.done] or ["nobody"]


def _email(client: Client) -> str:
    """An address that nobody else asks for."""
    return f"user-{client.number}-{client.history.tick()}@example.net"
