"""Numbers of any size that JSON allows: ignored in a field that nobody knows, a violation in one that is known."""

import json
import time
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.http.json_numbers import decode_json
from tests.http.conftest import Tell, assert_problem, create_user

LONG = "1" * 5000
JSON = {"content-type": "application/json"}
HUGE = [
    "1e400",
    "-1e999",
    "1E+400",
    "9e308",
    *("1" * 4300, "1" * 4301, "1" * 5000, "-" + "9" * 5000),
    f"{'9' * 400}.5",
    "1e" + "9" * 50,
]
TINY = ["0e99999", "-0e99999", "1e-99999", "0.0e400", "0." + "0" * 5000 + "1"]


def ids(number: str) -> str:
    return number[:12]


@pytest.mark.parametrize("number", [*HUGE, *TINY], ids=ids)
def test_any_number_is_ignored_in_an_unknown_field(tell: Tell, number: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for value in (number, f"[{number}, {number}]", f'{{"name": {number}}}'):
            body = f'{{"x": {value}, "name": "Ada", "email": "a{hash(value)}@example.com", "y": {value}}}'
            created = await client.post("/api/users", content=body, headers=JSON)
            assert (created.status_code, created.json()["name"]) == (201, "Ada")

    tell(story)


@pytest.mark.parametrize("number", [*HUGE, *TINY], ids=ids)
def test_any_number_in_a_known_field_is_a_violation_of_that_field(tell: Tell, number: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        body = f'{{"user_id": {number}, "product": {number}, "quantity": {number}, "status": {number}, "id": {number}}}'

        problem = assert_problem(await client.post("/api/orders", content=body, headers=JSON), 400, "invalid-request")

        assert [error["field"] for error in problem["errors"]] == ["user_id", "product", "quantity", "status", "id"]

    tell(story)


@pytest.mark.parametrize("number", HUGE, ids=ids)
def test_a_huge_quantity_is_refused_and_a_later_one_counts(tell: Tell, number: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        order = f'"user_id": "{(await create_user(client))["id"]}", "product": "Tea"'

        huge = await client.post("/api/orders", content=f'{{{order}, "quantity": {number}}}', headers=JSON)
        later = await client.post(
            "/api/orders", content=f'{{{order}, "quantity": {number}, "quantity": 2}}', headers=JSON
        )

        assert [error["field"] for error in assert_problem(huge, 400, "invalid-request")["errors"]] == ["quantity"]
        assert (later.status_code, later.json()["quantity"]) == (201, 2)

    tell(story)


def test_text_that_looks_like_a_huge_number_stays_as_it_is(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        name = '1e400 "-1e999\\'
        body = f'{{"x": 1e400, "name": {json.dumps(name)}, "email": "a@example.com"}}'
        created = await client.post("/api/users", content=body, headers=JSON)
        assert created.json()["name"] == name

    tell(story)


def test_a_mistake_behind_a_huge_number_is_reported_with_its_place(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        response = await client.post("/api/users", content=f"[{LONG}, x]", headers=JSON)
        assert "(byte 5003)" in assert_problem(response, 400, "invalid-request")["detail"]

    tell(story)


def reference(text: bytes) -> Any:
    """Python's decoder, strict where the contract is: no NaN, no byte order mark, no lone surrogate."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    def checked(value: Any) -> Any:
        json.dumps(value, ensure_ascii=False).encode()  # raises for a lone surrogate
        return value

    decoded = text.decode()
    if decoded.startswith("\ufeff"):
        raise ValueError("byte order mark")
    return checked(
        json.loads(
            decoded,
            parse_int=float,
            parse_float=float,
            parse_constant=refuse,
            object_pairs_hook=lambda pairs: dict(checked(pairs)),  # also what a repeated key replaces
        )
    )


def outcome(decode: Any, text: bytes) -> Any:
    try:
        return normalised(decode(text))
    except ValueError:
        return "not JSON"


def normalised(value: Any) -> Any:
    """With every number as a float; -0 and 0 are the same."""
    if isinstance(value, dict):
        return {key: normalised(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [normalised(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(str(value))
    return value


digits = st.text("0123456789", min_size=1, max_size=6) | st.sampled_from(["0", "1" * 320, "9" * 4400])
numbers = st.builds(
    lambda sign, whole, fraction, exponent: sign + (whole.lstrip("0") or "0") + fraction + exponent,
    st.sampled_from(["", "-"]),
    digits,
    st.just("") | digits.map(".{}".format),
    st.just("") | st.builds("{}{}{}".format, st.sampled_from("eE"), st.sampled_from(["", "+", "-"]), digits),
)
strings = st.text(max_size=6).map(json.dumps) | st.sampled_from(
    ['"\\ud800"', '"1e400"', '"\\"1e400"', '"\\\\"', '"a\tb"']
)
texts = st.recursive(
    numbers | strings | st.sampled_from(["true", "false", "null", "NaN", "Infinity", "-", "1.", "01", "+1", "1e", ""]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda them: f"[{', '.join(them)}]")
        | st.lists(st.tuples(strings, inner), max_size=3).map(
            lambda them: "{" + ",".join(f"{key}: {value}" for key, value in them) + "}"
        )
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=300)
@given(text=texts, position=st.integers(0, 400), cut=st.booleans())
@example(text='{"a\\\\": 1e400, "b": "\\"1e400"}', position=400, cut=False)
@example(text='[1e400, "', position=400, cut=False)
@example(text=f"[-{LONG}]", position=0, cut=False)
@example(text=f'[{LONG}, "{LONG}", "\\"{LONG}"]', position=0, cut=False)
@example(text=f"[{LONG}, 0.{LONG}, {LONG}.5e-4999, {LONG}e-4999, 1e-{LONG}]", position=0, cut=False)
@example(text=f"[{LONG}, 0{LONG}]", position=0, cut=False)
@example(text=f"[{LONG}, -{LONG}, --{LONG}]", position=0, cut=False)
@example(text=f"[{LONG}, {LONG}+1]", position=0, cut=False)
def test_every_text_is_read_as_pythons_decoder_reads_it(text: str, position: int, cut: bool) -> None:  # noqa: FBT001  # hypothesis draws it
    body = (text[:position] if cut else text).encode("utf-8", "surrogatepass")

    assert outcome(decode_json, body) == outcome(reference, body)


@pytest.mark.parametrize(
    "text",
    [
        b'"\\' * 32_000,
        b"1" * 64_000,
        b"1e400," * 10_000,
        b'"' * 64_000,
        b"[" + b"1e400," * 10_000 + b"1]",
        b"-" * 64_000,
    ],
    ids=["quotes and backslashes", "digits", "no end", "quotes", "an array", "signs"],
)
def test_no_text_takes_long_to_read(text: bytes) -> None:
    began = time.perf_counter()
    outcome(decode_json, b"[1e400, " + text)
    assert time.perf_counter() - began < 5
