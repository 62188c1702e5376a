"""Cursors: opaque, signed, and good only for the list that they were made for."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.application.ports import Position
from service.domain.moments import from_epoch
from service.http.paging import Cursors
from tests.examples import NOON

CURSORS = Cursors("a secret")
POSITION = Position(NOON, "01a207d0-3dbb-7488-b711-3f399d5f1624")
CURSOR = CURSORS.encode("orders", POSITION)


@given(
    st.text(max_size=80),
    st.integers(0, 4_102_444_800_000),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True),
)
def test_a_cursor_leads_back_to_its_position(list_name: str, milliseconds: int, id: str) -> None:
    position = Position(from_epoch(milliseconds), id)

    assert CURSORS.decode(list_name, CURSORS.encode(list_name, position)) == position


def test_a_cursor_is_the_same_bytes_every_time() -> None:
    assert Cursors("a secret").encode("orders", POSITION) == CURSOR


@pytest.mark.parametrize("list_name", ["users", "orders/ada", "orders/", ""])
def test_a_cursor_of_another_list_is_refused(list_name: str) -> None:
    with pytest.raises(ValueError, match="must be a cursor"):
        CURSORS.decode(list_name, CURSOR)


def test_a_cursor_of_another_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a cursor"):
        Cursors("another secret").decode("orders", CURSOR)


@given(st.integers(0, len(CURSOR) - 1), st.characters())
def test_a_cursor_with_any_character_changed_is_refused(index: int, character: str) -> None:
    altered = CURSOR[:index] + character + CURSOR[index + 1 :]
    if altered != CURSOR:
        with pytest.raises(ValueError, match="must be a cursor"):
            CURSORS.decode("orders", altered)


@pytest.mark.parametrize(
    "cursor", ["", "=", "A", "null", CURSOR + "=", CURSOR + "A", " " + CURSOR, CURSOR[:-1], "é", "\0"]
)
def test_other_texts_are_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match="must be a cursor"):
        CURSORS.decode("orders", cursor)


def test_a_cursor_shows_no_list_name() -> None:
    cursor = CURSORS.encode("orders/somebody-private", POSITION)

    assert b"private" not in base64.urlsafe_b64decode(cursor + "==")


def test_a_cursor_of_the_secret_before_is_good_and_none_is_made_with_it() -> None:
    rotated = Cursors("a new secret", "a secret")

    assert rotated.decode("orders", CURSOR) == POSITION
    assert rotated.encode("orders", POSITION) == Cursors("a new secret").encode("orders", POSITION) != CURSOR
    with pytest.raises(ValueError, match="must be a cursor"):
        Cursors("a new secret", "another secret").decode("orders", CURSOR)
