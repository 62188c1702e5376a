"""Tokens get the same answer, byte for byte, whichever event of Lambda brings them."""

from collections.abc import Iterator

import pytest

from containers.entrypoints.invocations import Handler
from parity.calls import Call
from parity.events import SOURCES
from tests.auth.conftest import an_application, ask
from tests.auth.test_attacks import ACCEPTED, NO_TOKEN, REJECTED, SIGNED, signed
from tests.auth.tokens import AUDIENCE, ISSUER, key_set, token
from tests.runtimes.handlers import a_handler

ID = "the-same"
COMPARED = ("www-authenticate", "content-type", "cache-control", "x-request-id")
SIGNED_NOW = {name: signed(each) for name, each in (REJECTED | ACCEPTED).items()}
TOKENS = {
    **{name: (f"Bearer {each}",) for name, each in SIGNED_NOW.items() if each.isascii() and len(each) < 8000},
    **NO_TOKEN,
    "too little scope": (f"Bearer {token(scope='orders:read')}",),
}


@pytest.fixture(scope="module")
def handler(expected: object) -> Iterator[Handler]:  # noqa: ARG001  # while it is open, nothing else runs an event loop
    settings = {"AUTH": "oidc", "AUTH_ISSUER": ISSUER, "AUTH_AUDIENCE": AUDIENCE, "AUTH_JWKS": key_set()}
    with a_handler(**settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def expected() -> dict[str, tuple[int, bytes, dict[str, str]]]:
    """What the application answers to each, without an event."""
    found, shop = {}, an_application()
    for name, headers in TOKENS.items():
        response = ask(shop, "GET", "/api/users", *headers, headers={"x-request-id": ID})
        compared = {each: response.headers[each] for each in COMPARED if each in response.headers}
        found[name] = response.status_code, response.content, compared
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_every_event_source_gets_the_same_answers(
    source: str, handler: Handler, expected: dict[str, tuple[int, bytes, dict[str, str]]]
) -> None:
    for name, authorization in TOKENS.items():
        if len(authorization) > 1 and source == "alb":
            continue  # there the others are lost before they reach us
        headers = (("x-request-id", ID), *(("authorization", each) for each in authorization))
        call = Call(name, "GET", "/api/users", headers=headers)
        answer = SOURCES[source].answer(handler(SOURCES[source].event(call), None))
        given = {each.lower(): value for each, value in answer.headers}
        compared = {each: given[each] for each in COMPARED if each in given}

        assert (answer.status, answer.body, compared) == expected[name], f"{name}, by {source}"


def test_the_load_balancer_that_keeps_the_last_header_passes_that_one_on(handler: Handler) -> None:
    source = SOURCES["alb"]
    headers = (("authorization", "Basic x"), ("authorization", f"Bearer {SIGNED}"))

    answer = source.answer(handler(source.event(Call("two", "GET", "/api/users", headers=headers)), None))

    assert answer.status == 200
