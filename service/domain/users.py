"""A user, who places orders."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from service.domain.entity import Entity
from service.domain.fields import Label, Unique
from service.domain.rules import GeneratedId, Moment, Text

_EMAIL: Final = Text(
    1,
    254,
    pattern=re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"),
    message="must be an e-mail address such as ada@example.com, without white space",
    example="ada@example.com",
)


def email_key(email: str) -> str:
    """Return what two e-mail addresses have in common when they count as the same one.

    Case folding can undo a normalisation, so the text is normalised before and after (Unicode Standard, 3.13, D145).
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email).casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user as it is stored and shown."""

    id: Annotated[str, GeneratedId()]
    name: Annotated[str, Text(2, 100, trim=True, example="Ada Lovelace")]
    email: Annotated[str, _EMAIL, Unique(email_key), Label("e-mail address")]
    created_at: Annotated[datetime, Moment()]


USERS: Final = Entity(User, "users", singular="user")
