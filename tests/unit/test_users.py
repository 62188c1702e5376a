"""What makes a user valid."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import Invalid
from service.domain.users import USERS, email_key
from service.domain.validation import MISSING
from tests.examples import NOON, TEXTS

user_name = USERS.field("name").rule.check
email_address = USERS.field("email").rule.check

NOT_TEXTS = (None, True, 7, 0.5, ["Ada"], {"name": "Ada"})
NOT_A_TEXT = "must be a string"
WRONG_LENGTH = "must have 2 to 100 characters"
CONTROLS = "must not contain control characters"
NO_ADDRESS = "must be an e-mail address such as ada@example.com, without white space"


@pytest.mark.parametrize("text", TEXTS)
def test_a_name_may_be_any_text(text: str) -> None:
    assert user_name(text) == text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (MISSING, "is required"),
        *((value, NOT_A_TEXT) for value in NOT_TEXTS),
        *((value, WRONG_LENGTH) for value in ("", "A", " A ", "A" * 101)),
        *((value, CONTROLS) for value in ("Ada\n", "A\0da", "\x1fAda", "Ada\x7f", "\x85Ada", "Ada\x9f")),
        *((value, CONTROLS) for value in ("\ud800Ada", "Ada\udfff")),
    ],
)
def test_a_name_is_refused_with_the_rule_that_it_breaks(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        user_name(value)


@pytest.mark.parametrize("name", ["Ad", "A" * 100, "A a", "A~b", "A\xa0b", "A\ud7ffb", "A\ue000b"])
def test_a_name_is_accepted_up_to_the_bounds(name: str) -> None:
    assert user_name(name) == name


def test_a_name_is_trimmed_before_its_length_is_judged() -> None:
    assert user_name("\u3000 Ada\u00a0 ") == "Ada"
    assert user_name(" " * 500 + "A" * 100) == "A" * 100


@pytest.mark.parametrize("value", ["a@b.c", "Ada.Lovelace+tea@mail.example.com", "ädä@exämple.de", "a" * 250 + "@b.c"])
def test_an_email_address_is_accepted_as_it_is(value: str) -> None:
    assert email_address(value) == value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (MISSING, "is required"),
        *((value, NOT_A_TEXT) for value in NOT_TEXTS),
        *((value, "must have 1 to 254 characters") for value in ("", "a" * 251 + "@b.c")),
        *((value, CONTROLS) for value in ("a@b.c\n", "a\0@b.c")),
        *((value, NO_ADDRESS) for value in ("ada", "@b.c", "a@", "a@b", "a@b.", "a@.c", "a@b..c", "a@@b.c", "a@b@c.d")),
        *((value, NO_ADDRESS) for value in ("a b@c.d", " a@b.c", "a@b.c ", "a@b\u2028.c")),
    ],
)
def test_an_email_address_is_refused_with_the_rule_that_it_breaks(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        email_address(value)


def test_every_violation_is_reported_in_the_contracts_order() -> None:
    with pytest.raises(Invalid) as refused:
        USERS.create(USERS.check({"email": 7}), lambda: "1", NOON)

    assert [(each.field, each.message) for each in refused.value.violations] == [
        ("name", "is required"),
        ("email", "must be a string"),
    ]


def test_a_moment_is_kept_in_whole_milliseconds() -> None:
    user = USERS.create(USERS.check({"name": "Ada", "email": "a@b.c"}), lambda: "1", NOON.replace(microsecond=123_999))

    assert user.created_at == NOON.replace(microsecond=123_000)


@pytest.mark.parametrize(
    ("email", "key"),
    [
        ("ADA@Example.COM", "ada@example.com"),
        ("STRASSE@b.c", "strasse@b.c"),
        ("straße@b.c", "strasse@b.c"),
        ("zoe\u0308@b.c", "zo\u00eb@b.c"),
        ("\u212bngstrom@b.c", "\u00e5ngstrom@b.c"),
        ("\ufb01@b.c", "fi@b.c"),
        ("\u03b1\u0345\u0301@b.c", "\u03ac\u03b9@b.c"),  # would be another if it were folded before it is normalised
        ("\u00b2@b.c", "\u00b2@b.c"),  # canonical equivalence only: this is another address than 2@b.c
    ],
)
def test_the_key_of_an_email_address_is_folded_and_normalised(email: str, key: str) -> None:
    assert email_key(email) == key


def test_emails_that_differ_have_different_keys() -> None:
    assert len({email_key(email) for email in ("ada@b.c", "ada@b.d", "ida@b.c", "ädä@b.c")}) == 4


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
