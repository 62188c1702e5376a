"""A scripted story of every operation and every failure of the contract."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from parity.calls import Call
from parity.corpus.dressing import ask, send
from parity.corpus.texts import BODIES, HEADERS, HOSTS, MEDIA_TYPES, PATHS, QUERIES, REQUEST_IDS, SEGMENTS, TEXTS

USERS: Final = "/api/users"
ORDERS: Final = "/api/orders"
PLAIN_PATHS: Final = (USERS, ORDERS, "/api/health", "/api/health/live", "/api/health/ready", "/schema/openapi.json")


def story(*chapters: str) -> list[Call]:
    """The whole story, or only those chapters of it. Each needs the first one before it."""
    return list(chain.from_iterable(CHAPTERS[name]() for name in (chapters or CHAPTERS)))


def email(name: str) -> str:
    """An address that nobody else has."""
    return f"{name}@<<token>>.example"


def user(label: str, **fields: Any) -> Call:
    """Somebody is created."""
    return send(label, "POST", USERS, {"name": "Ada Lovelace", "email": email(label), **fields})


def order(label: str, owner: str, **fields: Any) -> Call:
    """Somebody orders something."""
    return send(label, "POST", ORDERS, {"user_id": f"<<id:{owner}>>", "product": "Tea", "quantity": 1, **fields})


def change(label: str, order_id: str, status: Any) -> Call:
    """An order's status is changed."""
    return send(label, "PATCH", f"{ORDERS}/{order_id}", {"status": status})


def _an_ordinary_day() -> Iterator[Call]:
    yield ask("no-users", "GET", USERS)
    yield ask("no-orders", "GET", ORDERS)
    yield user("ada")
    yield user("bob", name="  Bob  ")
    yield ask("see-ada", "GET", f"{USERS}/<<id:ada>>")
    yield order("tea", "ada", id="tea-<<token>>")
    yield order("pen", "ada", product=" A pen ", quantity=2.0, status="completed")
    yield order("most", "bob", quantity=1_000_000)
    for label in ("tea", "pen"):
        yield ask(f"see-{label}", "GET", f"{ORDERS}/<<id:{label}>>")
    yield ask("ada-has", "GET", ORDERS, "user_id=<<id:ada>>")
    yield ask("all-orders", "GET", ORDERS)
    yield change("finish", "<<id:tea>>", "completed")
    yield change("finish-again", "<<id:tea>>", "completed")
    yield change("stay-pending", "<<id:most>>", "pending")
    yield ask("see-finished", "GET", f"{ORDERS}/<<id:tea>>")


def _refusals() -> Iterator[Call]:
    yield send("taken", "POST", USERS, {"name": "Eve", "email": email("ADA")})
    yield send("all-wrong", "POST", USERS, {"name": "E", "email": "nowhere"})
    yield send("nothing-sent", "POST", USERS, {})
    yield order("id-taken", "bob", id="tea-<<token>>")
    yield order("no-owner", "nobody")
    yield order("no-owner-and-taken", "nobody", id="tea-<<token>>")
    yield send("order-all-wrong", "POST", ORDERS, {"product": "T", "quantity": 0.5, "status": "x", "id": "-", "z": 1})
    yield send("order-of-nulls", "POST", ORDERS, dict.fromkeys(("user_id", "product", "quantity", "status", "id")))
    for number, quantity in enumerate((0, -1, 1_000_001, 1.5, True, "2", 10**400, 1e300)):
        yield order(f"quantity-{number}", "ada", quantity=quantity)
    yield change("go-back", "<<id:tea>>", "pending")
    yield change("no-status", "<<id:tea>>", "lost")
    yield change("no-order", "none", "completed")
    yield change("unfit-order", "-", "completed")
    yield ask("has-orders", "DELETE", f"{USERS}/<<id:ada>>")
    for method in ("GET", "HEAD", "DELETE"):
        yield ask(f"{method.lower()}-no-user", method, f"{USERS}/01980000-0000-7000-8000-ffffffffffff")
        yield ask(f"{method.lower()}-no-order", method, f"{ORDERS}/none")
    yield from _bodies("POST", USERS, BODIES)
    yield from _bodies("POST", ORDERS, BODIES)
    yield from _bodies("PATCH", f"{ORDERS}/<<id:most>>", BODIES[:12])
    yield send("large-change", "PATCH", f"{ORDERS}/<<id:most>>", BODIES[-1])
    for number, media_type in enumerate(MEDIA_TYPES):
        content = f'{{"name": "Mia", "email": "{email(f"media-{number}")}"}}'.encode()
        yield send(f"media-{number}", "POST", USERS, content, ("content-type", media_type))
    yield send("media-order", "POST", ORDERS, b"user_id=x", ("content-type", "application/x-www-form-urlencoded"))
    yield send("media-change", "PATCH", f"{ORDERS}/<<id:tea>>", b"<status/>", ("content-type", "text/xml"))
    repeated = f'{{"name": "No", "name": "Rex", "email": "{email("rex")}"}}'.encode()
    yield send("repeated-key", "POST", USERS, repeated)


def _bodies(method: str, path: str, bodies: Sequence[bytes]) -> Iterator[Call]:
    place = path.split("/")[2]
    for number, body in enumerate(bodies):
        yield send(f"{method.lower()}-{place}-body-{number}", method, path, body)


def _texts() -> Iterator[Call]:
    for number, text in enumerate(TEXTS):
        yield user(f"name-{number}", name=text)
        yield order(f"product-{number}", "ada", product=text)
        yield ask(f"see-name-{number}", "GET", f"{USERS}/<<id:name-{number}>>")
    yield from _addresses("zoë", "ZOË", "zoe\u0308", "straße", "STRASSE", "İ", "i\u0307", "ŉ", "a+b", "a'b\"", "%41")


def _addresses(*names: str) -> Iterator[Call]:
    """Of those that fold to the same address, the first gets it."""
    for number, name in enumerate(names):
        yield user(f"address-{number}", email=email(name))


def _pages() -> Iterator[Call]:
    """More than fits on a page: users, and orders of one of them whose ids sort apart only as bytes."""
    for number in range(4):
        yield user(f"walker-{number}")
    for name in ("a", "B", "b", "A", "a-", "a_", "aa", "Z", "0", "9z"):
        yield order(f"sorted-{name}", "bob", id=f"{name}-<<token>>")
    for path, of_bob in ((ORDERS, "user_id=<<id:bob>>&"), (ORDERS, ""), (USERS, "")):
        label = f"{path.split('/')[2]}{'-of-bob' if of_bob else ''}"
        yield ask(f"{label}-page-1", "GET", path, f"{of_bob}limit=3")
        for page in range(2, 6):
            yield ask(f"{label}-page-{page}", "GET", path, f"<<next:{label}-page-{page - 1}>>")
        yield ask(f"{label}-page-head", "HEAD", path, f"<<next:{label}-page-1>>")
    yield ask("limit-anew", "GET", ORDERS, "limit=1&cursor=<<cursor:orders-page-1>>")
    yield ask("foreign-list", "GET", USERS, "cursor=<<cursor:orders-page-1>>")
    yield ask("foreign-owner", "GET", ORDERS, "user_id=<<id:ada>>&cursor=<<cursor:orders-of-bob-page-1>>")
    yield ask("altered", "GET", ORDERS, "cursor=A<<cursor:orders-page-1>>")
    yield ask("padded", "GET", ORDERS, "cursor=<<cursor:orders-page-1>>%3D")
    for number, query in enumerate(QUERIES):
        yield ask(f"users-query-{number}", "GET", USERS, query)
        yield ask(f"orders-query-{number}", "GET", ORDERS, query)
    yield ask("of-nobody", "GET", ORDERS, "user_id=nobody-<<token>>")


def _routes() -> Iterator[Call]:
    for number, path in enumerate(PLAIN_PATHS):
        for method in ("GET", "HEAD", "PUT", "OPTIONS", "DELETE"):
            yield ask(f"{method.lower()}-route-{number}", method, path)
    for path in (f"{USERS}/<<id:ada>>", f"{ORDERS}/<<id:tea>>"):
        for method in ("HEAD", "PUT", "POST"):
            yield ask(f"{method.lower()}-{path.split('/')[2]}-item", method, path)
    for number, path in enumerate(PATHS):
        yield ask(f"path-{number}", "GET", path)
    yield send("post-slash", "POST", f"{USERS}/", {})
    yield send("patch-slash", "PATCH", f"{ORDERS}/", {})
    for method in ("GET", "HEAD", "PATCH", "DELETE"):
        yield ask(f"{method.lower()}-deeper", method, f"{ORDERS}/a/b")
    for method in ("HEAD", "DELETE"):
        yield ask(f"{method.lower()}-user-deeper", method, f"{USERS}/a/b")


def _spellings() -> Iterator[Call]:
    for number, segment in enumerate(SEGMENTS):
        yield ask(f"user-spelled-{number}", "GET", f"{USERS}/{segment}")
        yield ask(f"order-spelled-{number}", "DELETE", f"{ORDERS}/{segment}")
        yield change(f"change-spelled-{number}", segment, "completed")
    yield ask("user-spelled-ada", "HEAD", f"{USERS}/%30<<id:ada>>")
    for number, request_id in enumerate(REQUEST_IDS):
        yield ask(f"request-id-{number}", "GET", f"{USERS}/nobody", "", ("x-request-id", request_id))
    yield ask("two-ids", "GET", USERS, "limit=0", ("x-request-id", "first"), ("x-request-id", "second"))
    yield ask("one-client", "GET", "/api/health/live", "", ("x-forwarded-for", "203.0.113.77"))
    yield ask("two-cookies", "GET", "/api/health/live", "", ("cookie", "a=1"), ("cookie", "b=2; c=3"))
    for number, header in enumerate(HEADERS):
        yield ask(f"header-{number}", "GET", f"{USERS}/<<id:ada>>", "", header)
    for number, host in enumerate(HOSTS):
        yield ask(f"host-{number}", "GET", "/api/health/live", "", ("host", host))
    unfit_host = ("host", "sh op.example")
    for number, path in enumerate((*PLAIN_PATHS, f"{USERS}/<<id:ada>>", f"{ORDERS}/<<id:tea>>")):
        for method in ("GET", "HEAD", "DELETE", "POST"):
            yield ask(f"{method.lower()}-unfit-host-{number}", method, path, "", unfit_host)


def _farewell() -> Iterator[Call]:
    yield ask("delete-tea", "DELETE", f"{ORDERS}/<<id:tea>>")
    yield ask("delete-tea-again", "DELETE", f"{ORDERS}/<<id:tea>>")
    yield ask("still-has-orders", "DELETE", f"{USERS}/<<id:bob>>")
    yield user("eve")
    yield ask("delete-eve", "DELETE", f"{USERS}/<<id:eve>>", "", ("cookie", "a=1"))
    yield ask("delete-eve-again", "DELETE", f"{USERS}/<<id:eve>>")
    yield user("new-eve", email=email("eve"))
    yield order("late", "eve")
    yield ask("in-the-end", "GET", USERS, "limit=100")
    yield ask("orders-in-the-end", "GET", ORDERS, "limit=100")


CHAPTERS: Final[Mapping[str, Callable[[], Iterator[Call]]]] = {
    "an ordinary day": _an_ordinary_day,
    "refusals": _refusals,
    "texts": _texts,
    "pages": _pages,
    "routes": _routes,
    "spellings": _spellings,
    "farewell": _farewell,
}
