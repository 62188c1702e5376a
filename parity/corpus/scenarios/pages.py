"""Lists that are longer than a page, and cursors that belong elsewhere."""

from collections.abc import Iterator

from parity.calls import Call
from parity.corpus.building import ask
from parity.corpus.scenarios.parts import ORDERS, USERS, order, user


def pages() -> Iterator[Call]:
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
    yield ask("another-limit", "GET", ORDERS, "limit=1&cursor=<<cursor:orders-page-1>>")
    yield ask("foreign-list", "GET", USERS, "cursor=<<cursor:orders-page-1>>")
    yield ask("foreign-owner", "GET", ORDERS, "user_id=<<id:ada>>&cursor=<<cursor:orders-of-bob-page-1>>")
    yield ask("altered", "GET", ORDERS, "cursor=A<<cursor:orders-page-1>>")
    yield ask("padded", "GET", ORDERS, "cursor=<<cursor:orders-page-1>>%3D")
    yield ask("of-nobody", "GET", ORDERS, "user_id=nobody-<<token>>")
