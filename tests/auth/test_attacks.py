"""Tokens that must not be accepted, and the few that look unusual and must be."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.warnings import InsecureKeyLengthWarning

from tests.auth.conftest import an_application, ask
from tests.auth.tokens import AUDIENCE, FOREIGN, ISSUER, KEYS, Key, claims, key_set, token
from tests.http.conftest import assert_problem

Token = str | Callable[[], str]
"""A token, or what signs it when the test runs: where a minute decides."""


def at(**seconds: int) -> Callable[[], str]:
    """Return what signs a token with claims that are so many seconds from then."""
    return lambda: ES.sign(claims(**{name: int(time.time()) + after for name, after in seconds.items()}))


def signed(each: Token) -> str:
    return each if isinstance(each, str) else each()


def part(content: Any) -> str:
    """One part of a token; text goes as it is."""
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    raw = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def by_hand(payload: str | dict[str, Any], header: str | dict[str, Any] | None = None) -> str:
    """A token that is signed with a good key, whatever is in it."""
    content = f"{part(header or {'alg': 'EdDSA', 'kid': 'EdDSA-1'})}.{part(payload)}"
    signature = KEYS["EdDSA"].private.sign(content.encode())
    return f"{content}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def with_hmac(secret: bytes) -> str:
    content = f"{part({'alg': 'HS256', 'kid': 'RS256-1', 'typ': 'JWT'})}.{part(claims())}"
    signature = hmac.digest(secret, content.encode(), hashlib.sha256)
    return f"{content}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def pem(key: Key) -> bytes:
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    found: bytes = key.private.public_key().public_bytes(serialization.Encoding.PEM, public)
    return found


def longer(token: str) -> bytes:
    """The signature with a byte between its two numbers that changes neither."""
    signature = base64.urlsafe_b64decode(token.rpartition(".")[2] + "==")
    return signature[:32] + b"\0" + signature[32:]


def text_with(member: str) -> str:
    """The JSON of good claims, with one more member at the end."""
    return json.dumps(claims())[:-1] + f", {member}}}"


ES, RS = KEYS["ES256"], KEYS["RS256"]
SIGNED = token()

REJECTED: dict[str, Token] = {
    "algorithm none": f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims())}.",
    "algorithm None with a signature": f"{part({'alg': 'None', 'kid': 'ES256-1'})}.{SIGNED.split('.', 1)[1]}",
    "no algorithm": by_hand(claims(), {"kid": "EdDSA-1"}),
    "an algorithm that is no string": by_hand(claims(), {"alg": ["EdDSA"], "kid": "EdDSA-1"}),
    "an algorithm in another case": by_hand(claims(), {"alg": "eddsa", "kid": "EdDSA-1"}),
    "HMAC with the public key as PEM": with_hmac(pem(RS)),
    "HMAC with the public key's modulus": with_hmac(RS.jwk()["n"].encode()),
    "HMAC with nothing": with_hmac(b""),
    "another algorithm than that of the signature": by_hand(claims(), {"alg": "RS256", "kid": "RS256-1"}),
    "a key for another algorithm": by_hand(claims(), {"alg": "EdDSA", "kid": "ES256-1"}),
    **{f"somebody else's {name}": key.sign(claims()) for name, key in FOREIGN.items()},
    "an altered payload": f"{SIGNED.split('.')[0]}.{part(claims(sub='eve'))}.{SIGNED.split('.')[2]}",
    "an altered header": f"{part({'alg': 'ES256', 'kid': 'ES256-1'})}.{SIGNED.split('.', 1)[1]}",
    "no signature": f"{SIGNED.rpartition('.')[0]}.",
    "a short signature": SIGNED[:-4],
    "a signature with a zero in the middle": f"{SIGNED.rpartition('.')[0]}.{part(longer(SIGNED))}",
    "a signature of zeros": f"{SIGNED.rpartition('.')[0]}.{'A' * 86}",
    "a type of something else": ES.sign(claims(), typ="dpop+jwt"),
    "an id token's type": ES.sign(claims(), typ="id_token"),
    "a type that is no string": by_hand(claims(), {"alg": "EdDSA", "kid": "EdDSA-1", "typ": 1}),
    "another issuer": token(iss="https://evil.example"),
    "the issuer with a slash": token(iss=f"{ISSUER}/"),
    "the issuer in another case": token(iss=ISSUER.upper()),
    "the issuer in an array": by_hand(claims() | {"iss": [ISSUER]}),
    "no issuer": by_hand(claims(iss=None)),
    "another audience": token(aud="https://other.example"),
    "an array of other audiences": token(aud=["https://other.example", "shop"]),
    "an empty array of audiences": token(aud=[]),
    "a longer audience": token(aud=f"{AUDIENCE}/v2"),
    "an audience in an object": by_hand(claims() | {"aud": {AUDIENCE: True}}),
    "no audience": token(aud=None),
    "expired": at(exp=-3600),
    "expired beyond the leeway": at(exp=-61),
    "no expiry": token(exp=None),
    "an expiry of null": by_hand(text_with('"exp": null')),
    "an expiry as a string": by_hand(claims() | {"exp": str(10**10)}),
    "an expiry that is true": by_hand(claims() | {"exp": True}),
    "an endless expiry": by_hand(json.dumps(claims(exp=None))[:-1] + ', "exp": 1e999}'),
    "an expiry of Infinity": by_hand(json.dumps(claims(exp=None))[:-1] + ', "exp": Infinity}'),
    "an expiry of NaN": by_hand(json.dumps(claims(exp=None))[:-1] + ', "exp": NaN}'),
    "an expiry beyond all numbers": by_hand(json.dumps(claims(exp=None))[:-1] + f', "exp": 1{"0" * 400}}}'),
    "not valid yet": at(nbf=3600),
    "not valid yet, beyond the leeway": at(nbf=90),
    "a beginning that is true": by_hand(claims() | {"nbf": True}),
    "a beginning of null": by_hand(text_with('"nbf": null')),
    "a beginning as a string": by_hand(claims() | {"nbf": "0"}),
    "nobody": token(sub=None, client_id=None),
    "an empty subject and no client": token(sub="", client_id=None),
    "a subject that is no string and no client": by_hand(claims(client_id=None) | {"sub": 7}),
    "a subject that is no text": by_hand(claims(sub="\ud800")),
    "a claim that is no text": by_hand(text_with('"seen": ["\\udfff"]')),
    "a claim that is no JSON": by_hand(text_with('"seen": NaN')),
    "a claim twice": by_hand(text_with(f'"aud": "{AUDIENCE}"')),
    "a claim twice, the first one bad": by_hand('{"aud": "x", ' + json.dumps(claims())[1:]),
    "a name twice in the header": by_hand(claims(), '{"alg": "none", "alg": "EdDSA", "kid": "EdDSA-1"}'),
    "critical parameters": ES.sign(claims(), crit=["exp"]),
    "a payload that is not encoded": by_hand(claims(), {"alg": "EdDSA", "b64": False, "crit": ["b64"]}),
    "an unknown key id": Key("unknown", "ES256", ES.private).sign(claims()),
    "a key id that is a path": Key("../../../../dev/null", "ES256", ES.private).sign(claims()),
    "a key id that is a URL": Key("http://127.0.0.1:9/key", "ES256", ES.private).sign(claims()),
    "a key id that is SQL": Key("' OR 1=1 --", "ES256", ES.private).sign(claims()),
    "a key id that is a number": by_hand(claims(), {"alg": "EdDSA", "kid": 1}),
    "an embedded key": FOREIGN["ES256"].sign(claims(), jwk=FOREIGN["ES256"].jwk()),
    "a link to a key set": FOREIGN["ES256"].sign(claims(), jku="http://127.0.0.1:9/jwks.json"),
    "a link to a certificate": FOREIGN["RS256"].sign(claims(), x5u="http://127.0.0.1:9/cert.pem", x5c=["AAAA"]),
    "a payload that is an array": by_hand("[]"),
    "a payload that is no JSON": by_hand("{"),
    "a payload that is deep": by_hand("[" * 5_000 + "]" * 5_000),
    "a header that is no JSON": f"{part('{')}.{SIGNED.split('.', 1)[1]}",
    "a huge token": token(padding="x" * 20_000),
    "two parts": SIGNED.rpartition(".")[0],
    "four parts": f"{SIGNED}.{SIGNED}",
    "five parts, as encrypted": "a.b.c.d.e",
    "dots": "..",
    "an odd length": "a.a.a",
    "a word": "secret",
    "padding": f"{SIGNED}=",
    "a letter beyond ASCII": "\u00e9.\u00e9.\u00e9",
    "spaces inside": SIGNED.replace(".", " ."),
}  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Any:
    return an_application()


@pytest.mark.parametrize("bad", REJECTED.values(), ids=REJECTED)
def test_a_bad_token_is_401_and_says_so(shop: Any, bad: Token) -> None:
    bad = signed(bad)
    response = ask(shop, "GET", "/api/users", f"Bearer {bad}".encode("latin-1"))

    problem = assert_problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"] == 'Bearer realm="shapeshift", error="invalid_token"'
    assert problem["detail"].startswith("The token ")
    assert not any(each in response.text for each in bad.split(".") if len(each) > 8)


REASONS = {
    "HMAC with nothing": "has an algorithm that is not one of ES256, EdDSA, PS256, RS256",
    "a key id that is a number": "has a key id that is not a string",
    "an unknown key id": "has a key id that the issuer does not have",
    "somebody else's ES256": "has a signature that no key of the issuer made",
    "critical parameters": "has critical header parameters, which are not supported",
    "a type of something else": "has a type that is neither at+jwt nor JWT",
    "another issuer": "is from another issuer",
    "another audience": "is for another audience",
    "expired": "has expired",
    "no expiry": "has no time of expiry",
    "an expiry as a string": "has a claim exp that is not a time",
    "not valid yet": "is not valid yet",
    "nobody": "names neither a subject nor a client",
    "a claim twice": "does not contain valid JSON objects",
    "a word": "is not a signed JSON Web Token",
}


@pytest.mark.parametrize(("name", "reason"), REASONS.items(), ids=REASONS)
def test_the_detail_says_what_is_wrong(shop: Any, name: str, reason: str) -> None:
    response = ask(shop, "GET", "/api/users", f"Bearer {signed(REJECTED[name])}")

    assert response.json()["detail"] == f"The token {reason}."


ACCEPTED: dict[str, Token] = {
    **{f"signed by {name}": token(name) for name in KEYS},
    "the audience in an array": token(aud=["https://other.example", AUDIENCE]),
    "expired within the leeway": at(exp=-30),
    "not valid yet, within the leeway": at(nbf=30),
    "an expiry with a fraction": token(exp=10**10 + 0.5),
    "an expiry far away": token(exp=10**12),
    "no type": ES.sign(claims(), typ=None),
    "type JWT": ES.sign(claims(), typ="JWT"),
    "type jwt": ES.sign(claims(), typ="jwt"),
    "type AT+JWT": ES.sign(claims(), typ="AT+JWT"),
    "type application/at+jwt": ES.sign(claims(), typ="application/at+jwt"),
    "type application/JWT": ES.sign(claims(), typ="Application/JWT"),
    "no key id": by_hand(claims(), {"alg": "EdDSA"}),
    "a client without a subject": token(sub=None),
    "links that nobody follows": ES.sign(claims(), jku="http://127.0.0.1:9/", x5u="http://127.0.0.1:9/"),
    "an embedded key that nobody uses": ES.sign(claims(), jwk=FOREIGN["ES256"].jwk()),
    "scp as an array": token(scope=None, scp=["users:read"]),
    "scp as a string": token(scope=None, scp="openid users:read"),
    "permissions": token(scope="openid profile", permissions=["users:read"]),
    "claims that nobody reads": token(iat="yesterday", azp=[], roles={"a": 1}),
}  # fmt: skip


@pytest.mark.parametrize("good", ACCEPTED.values(), ids=ACCEPTED)
def test_a_good_token_is_accepted(shop: Any, good: Token) -> None:
    response = ask(shop, "GET", "/api/users", f"Bearer {signed(good)}")

    assert (response.status_code, response.text) == (200, "[]")
    assert "www-authenticate" not in response.headers


NO_TOKEN = {
    "no header": (),
    "an empty header": ("",),
    "Basic": ("Basic YWRhOnNlY3JldA==",),
    "another scheme": (f"DPoP {SIGNED}",),
    "the scheme alone": ("Bearer",),
    "the scheme and a space": ("Bearer ",),
    "a token alone": (SIGNED,),
    "a longer scheme": (f"Bearerx {SIGNED}",),
    "the same header twice": (f"Bearer {SIGNED}", f"Bearer {SIGNED}"),
    "a good and an empty header": (f"Bearer {SIGNED}", ""),
    "two headers that were joined": (f"Bearer {SIGNED},Bearer {SIGNED}",),
    "two headers that were joined with a space": (f"Bearer {SIGNED}, Bearer {SIGNED}",),
}


@pytest.mark.parametrize("headers", NO_TOKEN.values(), ids=NO_TOKEN)
def test_without_one_token_it_is_401_without_an_error(shop: Any, headers: tuple[str, ...]) -> None:
    response = ask(shop, "GET", "/api/users", *headers)

    assert_problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"] == 'Bearer realm="shapeshift"'


def test_headers_that_an_event_source_joined_get_the_same_answer(shop: Any) -> None:
    def body(*headers: str) -> bytes:
        found: dict[str, Any] = ask(shop, "GET", "/api/users", *headers).json()
        return json.dumps(found | {"instance": ""}).encode()

    assert body(f"Bearer {SIGNED}", f"Bearer {SIGNED}") == body(f"Bearer {SIGNED},Bearer {SIGNED}")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEARER", "Bearer  "])
def test_the_scheme_is_known_in_any_case(shop: Any, scheme: str) -> None:
    assert ask(shop, "GET", "/api/users", f"{scheme} {SIGNED}").status_code == 200


@pytest.mark.parametrize(
    "header", ["x-amzn-oidc-data", "x-amzn-oidc-identity", "x-forwarded-user", "x-auth-request-user"]
)
def test_a_header_that_a_gateway_might_set_is_not_believed(shop: Any, header: str) -> None:
    assert ask(shop, "GET", "/api/users", headers={header: SIGNED}).status_code == 401


KEY_SETS = {
    "two keys with the same id": ([FOREIGN["ES256"].jwk(), ES.jwk()], 200),
    "the same key twice": ([ES.jwk(), ES.jwk()], 200),
    "a key without an id": ([ES.jwk(kid=None)], 401),
    "a key for encryption": ([ES.jwk(use="enc")], 503),
    "a key that may not verify": ([ES.jwk() | {"key_ops": ["encrypt"]}], 503),
    "a key for another algorithm": ([ES.jwk(alg="ES384")], 503),
    "a key that says its algorithm": ([ES.jwk(alg="ES256")], 200),
    "a key without a use": ([ES.jwk(use=None)], 200),
    "damaged keys beside a good one": ([{}, {"kty": "EC"}, {"kty": ["EC"]}, ES.jwk(x="AA"), ES.jwk()], 200),
    "a symmetric key beside a good one": ([{"kty": "oct", "kid": "ES256-1"}, ES.jwk()], 200),
    "no key that can be used": ([{"kty": "oct", "kid": "ES256-1"}], 503),
}  # fmt: skip


@pytest.mark.parametrize(("keys", "status"), KEY_SETS.values(), ids=KEY_SETS)
def test_only_the_keys_that_are_for_it_check_a_token(keys: list[dict[str, Any]], status: int) -> None:
    response = ask(an_application(AUTH_JWKS=key_set(*keys)), "GET", "/api/users", f"Bearer {SIGNED}")

    assert response.status_code == status
    if status == 503:
        assert_problem(response, 503, "issuer-unavailable")
        assert response.headers["retry-after"] == "1"


def test_a_short_rsa_key_checks_nothing() -> None:
    short = Key("short", "RS256", rsa.generate_private_key(65537, 1024))
    shop = an_application(AUTH_JWKS=key_set(short.jwk(), ES.jwk()))
    with pytest.warns(InsecureKeyLengthWarning):
        weak = short.sign(claims())

    assert ask(shop, "GET", "/api/users", f"Bearer {weak}").status_code == 401


def test_a_key_with_an_algorithm_checks_no_other() -> None:
    shop = an_application(AUTH_JWKS=key_set(RS.jwk(alg="RS256")))
    other = Key("RS256-1", "PS256", RS.private).sign(claims())

    assert ask(shop, "GET", "/api/users", f"Bearer {other}").status_code == 401
    assert ask(shop, "GET", "/api/users", f"Bearer {token('RS256')}").status_code == 200
