"""What is special about users and orders: equal e-mail addresses, statuses, an owner who has orders."""

from collections.abc import Iterator

from parity.calls import Call
from parity.corpus.building import ask, send
from parity.corpus.headers import MEDIA_TYPES
from parity.corpus.scenarios.parts import ORDERS, USERS, change, email, order, user
from parity.corpus.texts import BODIES, TEXTS


def usual_calls() -> Iterator[Call]:
    """What callers usually do."""
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


def refusals() -> Iterator[Call]:
    """What is refused of users and orders alone."""
    yield send("taken", "POST", USERS, {"name": "Eve", "email": email("ADA")})
    yield send("all-wrong", "POST", USERS, {"name": "E", "email": "nowhere"})
    yield order("id-taken", "bob", id="tea-<<token>>")
    yield order("no-owner", "nobody")
    yield order("no-owner-and-taken", "nobody", id="tea-<<token>>")
    yield send("order-all-wrong", "POST", ORDERS, {"product": "T", "quantity": 0.5, "status": "x", "id": "-", "z": 1})
    for number, quantity in enumerate((0, -1, 1_000_001, 1.5, True, "2", 10**400, 1e300)):
        yield order(f"quantity-{number}", "ada", quantity=quantity)
    yield change("go-back", "<<id:tea>>", "pending")
    yield change("no-status", "<<id:tea>>", "lost")
    yield change("no-order", "none", "completed")
    yield change("unfit-order", "-", "completed")
    yield ask("has-orders", "DELETE", f"{USERS}/<<id:ada>>")
    for number, body in enumerate(BODIES[:12]):
        yield send(f"patch-orders-body-{number}", "PATCH", f"{ORDERS}/<<id:most>>", body)
    yield send("large-change", "PATCH", f"{ORDERS}/<<id:most>>", BODIES[-1])
    for number, media_type in enumerate(MEDIA_TYPES):
        content = f'{{"name": "Mia", "email": "{email(f"media-{number}")}"}}'.encode()
        yield send(f"media-{number}", "POST", USERS, content, ("content-type", media_type))
    yield send("media-order", "POST", ORDERS, b"user_id=x", ("content-type", "application/x-www-form-urlencoded"))
    yield send("media-change", "PATCH", f"{ORDERS}/<<id:tea>>", b"<status/>", ("content-type", "text/xml"))
    repeated = f'{{"name": "No", "name": "Rex", "email": "{email("rex")}"}}'.encode()
    yield send("repeated-key", "POST", USERS, repeated)


def texts() -> Iterator[Call]:
    """Texts that stores, encodings and templates are known to change, and addresses that count as equal."""
    for number, text in enumerate(TEXTS):
        yield user(f"name-{number}", name=text)
        yield order(f"product-{number}", "ada", product=text)
        yield ask(f"see-name-{number}", "GET", f"{USERS}/<<id:name-{number}>>")
    yield from _addresses("zoë", "ZOË", "zoe\u0308", "straße", "STRASSE", "İ", "i\u0307", "ŉ", "a+b", "a'b\"", "%41")


def _addresses(*names: str) -> Iterator[Call]:
    """Of those that fold to the same address, the first gets it."""
    for number, name in enumerate(names):
        yield user(f"address-{number}", email=email(name))


def deletions() -> Iterator[Call]:
    """Deletions, in an order that is refused and in one that is not."""
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
