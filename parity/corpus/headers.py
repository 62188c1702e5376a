"""Headers that callers send, valid and invalid."""

from typing import Final

MEDIA_TYPES: Final = (
    "application/json",
    "application/json; charset=utf-8",
    "Application/JSON ; a=b",
    "application/json;charset=utf-16",
    "text/json",
    "text/plain",
    "application/problem+json",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "",
)

REQUEST_IDS: Final = ("", "a b", "x" * 65, "x" * 64, "<script>", "é", "a,b", "A-1_b.c", "-", "a\tb")

HEADERS: Final = (
    ("accept", "text/html"),
    ("accept", "application/xml;q=0.9, */*;q=0.1"),
    ("accept-encoding", "gzip, br"),
    ("accept-language", "de"),
    ("authorization", "Bearer not-looked-at"),
    ("cookie", "a=1; b=2"),
    ("cookie", "session=%22x%22"),
    ("if-modified-since", "Thu, 01 Jan 2099 00:00:00 GMT"),
    ("origin", "https://elsewhere.example"),
    ("range", "bytes=0-3"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-host", "elsewhere.example"),
    ("x-http-method-override", "DELETE"),
    ("x-original-url", "/api/orders"),
    ("X-Mixed-Case", "ok"),
)
"""Headers that change nothing in what is answered."""

KEYS: Final = (
    "{}", '"{}"', "", '""', "a b", "a,b", 'a"b', '"{}', "k" * 255 + "{}", "x" * 256, "é{}", '"{}";p=1', "\t{} ",
)  # fmt: skip
"""Idempotency keys, valid and invalid. `{}` stands for a word that nobody else has."""

TAGS: Final = (
    "{}", "*", "W/{}", '"x", {}', '"x",W/{},', '"x"', 'W/"x"', '""', '"é"', "", ",", "x", "{} {}", '*, "x"', 'w/"x"',
)  # fmt: skip
"""Lists of entity tags, valid and invalid. `{}` stands for the tag of what is stored."""

HOSTS: Final = ("[2001:db8::1]:8443", "a:b", "", "shop.example:99999", "sh op.example", "[::1")
