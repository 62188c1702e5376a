"""The address that the log has of a client: an IP address, or `-`."""

import time
from typing import Any

import pytest

from service.http.middleware.client_address import client_address

PEER = "192.0.2.1"


def address(*forwarded: str, hops: int = 1, peer: Any = (PEER, 4711)) -> str:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return client_address({"headers": [(b"host", b"shop.example"), *headers], "client": peer}, hops)


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("  203.0.113.9\t", "203.0.113.9"),
        ("203.0.113.9, , ", "203.0.113.9"),
        ("203.0.113.9:567", "203.0.113.9"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[::1]:80", "::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:65535", "fe80::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%" + "z" * 56, "fe80::1"),
    ],
)
def test_an_ip_address_is_shown_in_its_usual_form(forwarded: str, expected: str) -> None:
    assert address(forwarded) == expected


@pytest.mark.parametrize(
    "forwarded",
    [
        "unknown",
        "_hidden",
        "shop.example",
        "203.0.113",
        "203.0.113.256",
        "203.0.113.09",
        "203.0.113.9:",
        "203.0.113.9:http",
        "203.0.113.9:123456",
        "[203.0.113.9]x",
        "[::1",
        "::1]:80",
        "[]",
        "0x7f000001",
        "2130706433",
        "203.0.113.9 evil",
        "203.0.113.9\nevil",
        "203.0.113.9\x00",
        "٢٠٣.0.113.9".encode().decode("latin-1"),
        "é",
        "x" * 60_000,
        "1" * 60_000,
        "6.6.6.6, " + "203.0.113.9" * 5_000,
        "203.0.113.9%" + "x" * 60_000,
        "fe80::1%" + "z" * 57,
    ],
)
def test_any_other_text_is_not_shown(forwarded: str) -> None:
    assert address(forwarded) == "-"


def test_no_more_hops_than_are_trusted_are_believed() -> None:
    seen = ("1.1.1.1, 2.2.2.2", "3.3.3.3")
    assert [address(*seen, hops=hops) for hops in range(5)] == [PEER, "3.3.3.3", "2.2.2.2", "1.1.1.1", "1.1.1.1"]
    assert address("nonsense, 203.0.113.9") == "203.0.113.9"
    assert address("203.0.113.9, nonsense") == "-"


def test_without_an_entry_it_is_the_address_of_the_connection() -> None:
    assert [address(), address(""), address(" , ,"), address("nonsense", hops=0)] == [PEER] * 4
    assert address(peer=None) == "-"
    assert address(peer=("/run/shapeshift.sock", None)) == "-"
    assert address(peer=("x" * 60_000, 1)) == "-"


def test_many_and_long_entries_are_cheap() -> None:
    began = time.perf_counter()
    for number in range(100):
        address(", ".join([f"{number}.1.1.1"] * 6_000))
        address("," * 60_000)
    assert time.perf_counter() - began < 5
