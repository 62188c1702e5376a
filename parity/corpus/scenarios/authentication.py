"""A service with authentication: who may do what, and tokens that are not what they seem."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from parity.calls import Call
from parity.corpus.building import JSON, ask, send
from parity.corpus.examples import example
from parity.corpus.scenarios.parts import ORDERS, USERS
from parity.corpus.tokens import AUDIENCE, FAR_AWAY, FOREIGN_KEY, HEADER, LONG_AGO, claims, jwk, token
from service.domain.entities import ENTITIES

OPEN: Final = ("/api/health", "/api/health/live", "/api/health/ready", "/schema/openapi.json")
METADATA: Final = "/.well-known/oauth-protected-resource"


def bad_tokens() -> Mapping[str, str]:
    """Return what is sent in place of a good token, by what is wrong with it."""
    good = token()
    body, signature = good.rsplit(".", 1)
    public = json.dumps(jwk()).encode()
    return {
        "malformed": "x",
        "two-parts": body,
        "four-parts": f"{good}.x",
        "no-signature": f"{body}.",
        "altered-signature": f"{body}.{signature[::-1]}",
        "huge": "a" * 5000,
        "algorithm-none": token(header={**HEADER, "alg": "none"}),
        "algorithm-hmac": token(header={**HEADER, "alg": "HS256"}, secret=public),
        "algorithm-other": token(header={**HEADER, "alg": "ES256"}),
        "key-unknown": token(header={**HEADER, "kid": "2"}, key=FOREIGN_KEY),
        "key-foreign": token(key=FOREIGN_KEY),
        "key-embedded": token(header={**HEADER, "kid": "2", "jwk": jwk(FOREIGN_KEY)}, key=FOREIGN_KEY),
        "key-by-url": token(header={**HEADER, "kid": "https://a.example", "jku": "https://a.example"}, key=FOREIGN_KEY),
        "key-by-path": token(header={**HEADER, "kid": "../../etc/passwd"}, key=FOREIGN_KEY),
        "key-id-number": token(header={**HEADER, "kid": 1}),
        "critical": token(header={**HEADER, "crit": ["exp"]}),
        "type-id-token": token(header={**HEADER, "typ": "id+jwt"}),
        "issuer": token(claims(iss="https://issuer.example/")),
        "no-issuer": token(claims(iss=None)),
        "audience": token(claims(aud="https://else.example")),
        "audiences": token(claims(aud=["https://else.example"])),
        "no-audience": token(claims(aud=None)),
        "expired": token(claims(exp=LONG_AGO)),
        "no-expiry": token(claims(exp=None)),
        "expiry-text": token(claims(exp="2100")),
        "not-yet": token(claims(nbf=FAR_AWAY)),
        "nobody": token(claims(sub=None)),
        "no-object": token("[]"),
        "claim-twice": token(json.dumps(claims())[:-1] + ', "aud": "x"}'),
    }


def good_tokens() -> Mapping[str, str]:
    """Return tokens that are accepted, by what is unusual about them."""
    return {
        "usual": token(),
        "no-type": token(header={"alg": "EdDSA", "kid": "1"}),
        "type-jwt": token(header={**HEADER, "typ": "JWT"}),
        "type-long": token(header={**HEADER, "typ": "application/at+JWT"}),
        "audiences": token(claims(aud=["x", AUDIENCE])),
        "client": token(claims(sub=None, client_id="cli")),
        "scp": token(claims(scope=None, scp=["users:read"])),
        "permissions": token(claims(scope=None, permissions=["users:read", "x"])),
        "began": token(claims(nbf=LONG_AGO)),
        "without-key-id": token(header={"alg": "EdDSA"}),
    }


def authentication() -> Iterator[Call]:
    """Call with good tokens, with bad ones, with too little scope, and with none."""
    for label, content in good_tokens().items():
        yield ask(f"good-{label}", "GET", USERS, "limit=1", _bearer(content))
    for label, content in bad_tokens().items():
        yield ask(f"bad-{label}", "GET", USERS, "", _bearer(content))
    yield from _headers()
    yield from _open_paths()
    for name in ENTITIES:
        yield from _of_entity(f"/api/{name}", name)


def _bearer(content: str) -> tuple[str, str]:
    return "authorization", f"Bearer {content}"


def _headers() -> Iterator[Call]:
    good = token()
    for number, value in enumerate((f"bearer {good}", f"BEARER  {good}", "Bearer", "Bearer ", "Basic YTpi", good, "")):
        yield ask(f"header-{number}", "GET", USERS, "limit=1", ("authorization", value))
    yield ask("two-headers", "GET", USERS, "", _bearer(good), _bearer(good))
    yield ask("two-schemes", "GET", USERS, "", _bearer(good), ("authorization", "Basic YTpi"))
    yield ask("in-the-query", "GET", USERS, f"access_token={good}")
    yield ask("of-a-gateway", "GET", USERS, "", ("x-amzn-oidc-identity", "ada"), ("x-forwarded-user", "ada"))
    yield ask("a-cookie", "GET", USERS, "", ("cookie", f"session={good}"))


def _open_paths() -> Iterator[Call]:
    for path in (*OPEN, METADATA, "/nowhere", f"{USERS}/", f"{ORDERS}/a/b"):
        for method in ("GET", "HEAD", "PUT"):
            yield ask(f"open-{method}-{path}", method, path)


def _of_entity(path: str, name: str) -> Iterator[Call]:
    reader = _bearer(token(claims(scope=f"{name}:read")))
    nobody = _bearer(token(claims(scope="")))
    for method in ("GET", "HEAD", "POST", "PUT"):
        yield ask(f"{name}-{method}-without", method, path)
        yield ask(f"{name}-{method}-nothing", method, path, "", nobody)
        yield ask(f"{name}-{method}-reader", method, path, "limit=0", reader)
    for method in ("GET", "HEAD", "DELETE", "PATCH"):
        yield ask(f"{name}-{method}-item-without", method, f"{path}/none")
        yield ask(f"{name}-{method}-item-reader", method, f"{path}/none", "", reader)
    body = example(ENTITIES[name], 77, f"<<id:{ENTITIES[name].owner and 'users-made'}>>")
    yield send(f"{name}-made", "POST", path, body, *JSON, _bearer(token()))
    yield ask(f"{name}-see", "GET", f"{path}/<<id:{name}-made>>", "", reader)
