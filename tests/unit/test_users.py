"""What makes a user valid."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import Invalid
from service.domain.rules import MISSING
from service.domain.users import User, email_address, email_key, user_name
from tests.examples import NOON, TEXTS

NOT_TEXTS = (None, True, 7, 0.5, ["Ada"], {"name": "Ada"}, MISSING)


@pytest.mark.parametrize("text", TEXTS)
def test_a_name_may_be_any_text(text: str) -> None:
    assert user_name(text) == text


@pytest.mark.parametrize(
    "value", [*NOT_TEXTS, "", "A", " A ", "A" * 101, "Ada\n", "A\0da", "Ada\x7f", "\x85Ada", "\ud800Ada"]
)
def test_a_name_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is required|must"):
        user_name(value)


def test_a_name_is_trimmed_before_its_length_is_judged() -> None:
    assert user_name("\u3000 Ada\u00a0 ") == "Ada"
    assert user_name(" " * 500 + "A" * 100) == "A" * 100


@pytest.mark.parametrize("value", ["a@b.c", "Ada.Lovelace+tea@mail.example.com", "ädä@exämple.de", "a" * 250 + "@b.c"])
def test_an_email_address_is_accepted_as_it_is(value: str) -> None:
    assert email_address(value) == value


@pytest.mark.parametrize(
    "value",
    [
        *NOT_TEXTS, "", "ada", "@b.c", "a@", "a@b", "a@b.", "a@.c", "a@b..c", "a@@b.c", "a@b@c.d", "a b@c.d", " a@b.c",
        "a@b.c ", "a@b.c\n", "a@b\u2028.c", "a\0@b.c", "a" * 251 + "@b.c",
    ],
)  # fmt: skip
def test_an_email_address_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is required|must"):
        email_address(value)


def test_every_violation_is_reported_in_the_contracts_order() -> None:
    with pytest.raises(Invalid) as refused:
        User.create(id="1", name=MISSING, email=7, created_at=NOON)

    assert [(each.field, each.message) for each in refused.value.violations] == [
        ("name", "is required"),
        ("email", "must be a text"),
    ]


def test_a_moment_is_kept_in_whole_milliseconds() -> None:
    user = User.create(id="1", name="Ada", email="a@b.c", created_at=NOON.replace(microsecond=123_999))

    assert user.created_at == NOON.replace(microsecond=123_000)


@given(st.text())
def test_emails_are_the_same_whatever_their_case_and_form(text: str) -> None:
    same = {email_key(text), email_key(unicodedata.normalize("NFD", text)), email_key(text.casefold())}

    assert len(same) == 1


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.text())))
def test_whatever_is_sent_is_either_a_valid_name_or_refused_in_words(value: object) -> None:
    try:
        name = user_name(value)
    except ValueError as broken:
        assert str(broken).startswith(("is ", "must "))
    else:
        assert isinstance(value, str)
        assert name == value.strip()
        assert 2 <= len(name) <= 100
        assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in value)
