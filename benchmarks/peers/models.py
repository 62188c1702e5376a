"""Users and their rules in Pydantic, and the failures that a request can end in."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, Field, PlainSerializer

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
EMAIL = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")


def _text(value: str, minimum: int, maximum: int) -> str:
    if CONTROL.search(value):
        raise ValueError("must not contain control characters")
    if not minimum <= len(value) <= maximum:
        raise ValueError(f"must have {minimum} to {maximum} characters")
    return value


def valid_name(value: str) -> str:
    """A name of 2 to 100 characters after trimming."""
    if CONTROL.search(value):
        raise ValueError("must not contain control characters")
    return _text(value.strip(), 2, 100)


def valid_email(value: str) -> str:
    """An e-mail address of at most 254 characters, without white space."""
    if not EMAIL.fullmatch(_text(value, 1, 254)):
        raise ValueError("must be an e-mail address such as ada@example.com, without white space")
    return value


def rfc3339(moment: datetime) -> str:
    """Text such as `2026-01-31T12:00:00.000Z`."""
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def now() -> datetime:
    """This moment in UTC, in whole milliseconds."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class NewUser(BaseModel):
    """What is sent to register a user."""

    name: Annotated[str, AfterValidator(valid_name)]
    email: Annotated[str, AfterValidator(valid_email)]


class User(BaseModel):
    """A user as it is shown."""

    id: str = Field(default_factory=lambda: str(uuid4()))
    name: str
    email: str
    created_at: Annotated[datetime, PlainSerializer(rfc3339, return_type=str)] = Field(default_factory=now)


class Failure(Exception):
    """A request that was refused for a reason of the shop's."""

    status = 500
    slug = ""
    title = ""


class UserNotFound(Failure):
    """There is no such user."""

    status, slug, title = 404, "user-not-found", "The user does not exist"

    def __init__(self, user_id: str) -> None:
        super().__init__(f"There is no user {user_id!r}.")


class EmailTaken(Failure):
    """Another user has the e-mail address."""

    status, slug, title = 409, "email-taken", "The e-mail address is taken"

    def __init__(self, email: str) -> None:
        super().__init__(f"Another user has the e-mail address {email!r}.")


def email_key(email: str) -> str:
    """What e-mail addresses have in common that count as the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email).casefold())


def could_be_id(user_id: str) -> bool:
    """Whether it is worth looking up."""
    return len(user_id) <= 64 and not CONTROL.search(user_id)


_IN_WORDS = {"missing": "is required", "string_type": "must be a string"}
_OF_THE_BODY = {
    "json_invalid": "is not valid JSON",
    "missing": "is empty; a JSON object is required",
    "model_attributes_type": "must be a JSON object",
}


def violations(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Pydantic's errors as the shop's API shows them: every invalid field, and its rule in words."""
    return [_violation(each["type"], each["loc"], each["msg"]) for each in errors]


def _violation(kind: str, place: Sequence[str | int], message: str) -> dict[str, str]:
    if kind == "json_invalid" or len(place) == 1:
        return {"field": "body", "message": _OF_THE_BODY.get(kind, message)}
    return {"field": str(place[-1]), "message": _IN_WORDS.get(kind) or message.removeprefix("Value error, ")}
