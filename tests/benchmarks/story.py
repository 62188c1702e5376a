"""What is asked of every subject, and what of its answers must be the same."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from benchmarks.peers.responses import tag_of
from parity.calls import Answer, Call
from parity.corpus.building import ask, send, with_usual_headers
from parity.playing import Played

USERS: Final = "/api/users"
ADA: Final = {"name": "  Adä Lovelace ", "email": "Ada.Lövelace@example.com"}
INVALID: Final[dict[str, Any]] = {
    "nothing": {},
    "no-email": {"name": "Ada"},
    "nulls": {"name": None, "email": None},
    "numbers": {"name": 5, "email": True},
    "short": {"name": " A ", "email": "a@b"},
    "long": {"name": "A" * 101, "email": f"{'a' * 250}@b.co"},
    "control": {"name": "Ada\n", "email": "ada\x00@example.com"},
    "spaces": {"name": "   ", "email": "ada lovelace@example.com"},
    "no-domain": {"name": "Ada", "email": "ada@example."},
    "a-list": [],
}
STORY: Final[Sequence[Call]] = with_usual_headers(
    "story",
    (
        send("create", "POST", USERS, ADA),
        ask("get", "GET", f"{USERS}/<<id:create>>"),
        send("taken", "POST", USERS, {**ADA, "email": ADA["email"].upper()}),
        *(send(label, "POST", USERS, body) for label, body in INVALID.items()),
        send("extra", "POST", USERS, {"id": "mine", "name": "N" * 100, "email": "x@example.com", "admin": True}),
        ask("get-extra", "GET", f"{USERS}/<<id:extra>>"),
        ask("unknown", "GET", f"{USERS}/nobody"),
        ask("too-long", "GET", f"{USERS}/{'x' * 65}"),
        ask("unfit-id", "GET", f"{USERS}/nobody", "", ("x-request-id", "not fit")),
    ),
    trusted_hops=1,
).calls

_MADE: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_TAG: Final = re.compile(r'"[A-Za-z0-9_-]{22}"')
# A date is the server's own; a function's caller gets a length from whoever invokes it.
_OF_THE_ENTRANCE: Final = {"date", "content-length"}


def masked(played: Iterable[Played]) -> dict[str, tuple[int, list[tuple[str, str]], str]]:
    """Each answer without what differs from one time to the next: ids, and when it was."""
    return {call.label: (answer.status, *_masked(answer)) for call, answer in played}


def _masked(answer: Answer) -> tuple[list[tuple[str, str]], str]:
    assert answer.value("etag") in {"", tag_of(answer.body)}
    headers = [(name, _steady(value)) for name, value in answer.headers if name not in _OF_THE_ENTRANCE]
    return headers, _steady(answer.body.decode())


def _steady(text: str) -> str:
    return _MOMENT.sub("moment", _MADE.sub("id", _TAG.sub("tag", text)))


def request_lines(log: str) -> list[dict[str, Any]]:
    """What a log says of requests, line by line. Every line must be a JSON object."""
    lines = [json.loads(line) for line in log.splitlines()]
    return [line for line in lines if line.get("status")]
