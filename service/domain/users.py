"""A user of the shop, and what makes one valid."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from service.domain.moments import whole_milliseconds
from service.domain.rules import Check, text

NAME_MINIMUM: Final = 2
NAME_MAXIMUM: Final = 100
EMAIL_MAXIMUM: Final = 254
EMAIL_PATTERN: Final = r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"

_EMAIL: Final = re.compile(EMAIL_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user as it is stored and shown; `created_at` is UTC, in whole milliseconds."""

    id: str
    name: str
    email: str
    created_at: datetime

    @classmethod
    def create(cls, *, id: str, name: object, email: object, created_at: datetime) -> Self:
        """A new user out of unchecked values. Raises `Invalid` with every rule that is broken."""
        with Check() as check:
            valid_name = check("name", user_name, name)
            valid_email = check("email", email_address, email)
        return cls(id=id, name=valid_name, email=valid_email, created_at=whole_milliseconds(created_at))


def user_name(value: object) -> str:
    """A name of 2 to 100 characters after trimming."""
    return text(value, minimum=NAME_MINIMUM, maximum=NAME_MAXIMUM, trim=True)


def email_address(value: object) -> str:
    """At most 254 characters: one `@`, something before it, a domain with a dot after it, no white space."""
    address = text(value, minimum=1, maximum=EMAIL_MAXIMUM)
    if not _EMAIL.fullmatch(address):
        raise ValueError("must be an e-mail address such as ada@example.com, without white space")
    return address


def email_key(email: str) -> str:
    """What two e-mail addresses have in common when they count as the same one.

    Folding can undo a normalisation, so it is normalised on both sides (Unicode Standard, 3.13, D145).
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email).casefold())
