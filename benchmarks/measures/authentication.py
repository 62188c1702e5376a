"""What a token costs: a warm invocation, and a cold start."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from benchmarks.bench import Bench
from benchmarks.events import create_user, get_user
from benchmarks.invoking import invoking
from benchmarks.measures.cold_start import ROUNDS as STARTS
from benchmarks.measures.cold_start import start
from benchmarks.measures.warm import QUICK_ROUNDS, ROUNDS, timed
from benchmarks.ratios import Row, at_most, compare
from loopback.aws import dynamodb_stub

SOURCE: Final = "http_api"
ISSUER, AUDIENCE = "https://issuer.example", "https://shop.example"
MORE_MILLISECONDS: Final = 60.0
QUICK_STARTS: Final = 5


class Caller:
    """A caller with a token that is signed by this algorithm, and the settings of a service that accepts it."""

    def __init__(self, algorithm: str) -> None:
        is_elliptic = algorithm == "ES256"
        key: Any = ec.generate_private_key(ec.SECP256R1()) if is_elliptic else rsa.generate_private_key(65537, 2048)
        signing = jwt.algorithms.get_default_algorithms()[algorithm]
        public: dict[str, Any] = {**json.loads(str(signing.to_jwk(key.public_key()))), "kid": "1", "alg": algorithm}
        public.pop("key_ops", None)
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": int(time.time()) + 3600}
        claims["scope"] = "users:read users:write"
        self._token = jwt.encode(claims, key, algorithm, {"kid": "1", "typ": "at+jwt"})
        self.environ = {
            "AUTH": "oidc",
            "AUTH_ISSUER": ISSUER,
            "AUTH_AUDIENCE": AUDIENCE,
            "AUTH_JWKS": json.dumps({"keys": [public]}),
        }

    def event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return the event of a request with the token."""
        return {**event, "headers": {**event["headers"], "authorization": f"Bearer {self._token}"}}


def measure(bench: Bench) -> Iterator[Row]:
    """Ours with a token, over ours without authentication. The keys are given as JSON: no network is measured."""
    callers = {algorithm: Caller(algorithm) for algorithm in ("ES256", "RS256")}
    with ExitStack() as stack:
        probes = {}
        for name, caller in {"without": None, **callers}.items():
            environ = {"STORE": "memory", **(caller.environ if caller else {})}
            invoker = stack.enter_context(invoking("ours", bench.place(name), environ))
            new = create_user(SOURCE)
            read = get_user(SOURCE, invoker.create(caller.event(new) if caller else new))
            probes[name] = timed(invoker, caller.event(read) if caller else read, 200)
        times = bench.alternate("a token, warm GET", probes, bench.pick(ROUNDS, QUICK_ROUNDS))
    for algorithm in callers:
        yield compare(f"warm GET with a token, {algorithm}", times, algorithm, "without", at_most(1.5), "µs")
    yield _cold_starts(bench, callers["ES256"])


def _cold_starts(bench: Bench, caller: Caller) -> Row:
    event = create_user(SOURCE)
    with dynamodb_stub(5) as aws:
        without = aws | {"USERS_TABLE": "users"}
        starts = {
            "without": partial(start, "ours", bench.place("without"), without, event),
            "with": partial(start, "ours", bench.place("with"), without | caller.environ, caller.event(event)),
        }
        for probe in starts.values():
            probe()
        times = bench.alternate("a token, cold start", starts, bench.pick(STARTS, QUICK_STARTS))
    more = [slow - fast for slow, fast in zip(times["with"], times["without"], strict=True)]
    samples = {"more": more, "60 ms": [MORE_MILLISECONDS] * len(more)}
    return compare("cold start with a token, more than without", samples, "more", "60 ms", at_most(1), "ms")
