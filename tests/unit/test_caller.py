"""Who sent a request, for the log and for whatever belongs to callers."""

from typing import Any

import pytest

from service.application.authentication import Identity
from service.http.caller import caller_of, note_identity, subject_of


def test_nobody_is_an_empty_string_and_a_dash_in_the_log() -> None:
    scope: dict[str, Any] = {"state": {}}

    assert (caller_of(scope), subject_of(scope)) == ("", "-")


@pytest.mark.parametrize(
    ("subject", "shown"),
    [("ada", "ada"), ("a\nb", "-"), ("\x1b[2J", "-"), ("x" * 300, "x" * 255), ("\u00e9", "\u00e9")],
)
def test_a_subject_is_shown_if_it_is_printable(subject: str, shown: str) -> None:
    scope: dict[str, Any] = {"state": {}}
    note_identity(scope, Identity(f"https://issuer sub {subject}", subject, frozenset(), 0.0))

    assert (caller_of(scope), subject_of(scope)) == (f"https://issuer sub {subject}", shown)
