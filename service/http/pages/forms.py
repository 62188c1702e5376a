"""What a page's form sends, and what is said about it when it cannot be done."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import parse_qsl

from litestar import Request

from service.domain.errors import Invalid, Violation
from service.http.bodies import read_body
from service.http.problems import NOT_A_FORM, ProblemDetails, Refused

Form = Mapping[str, str]

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"

_MOST_FIELDS: Final = 20
_WHOLE_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,30}")


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """The fields of the form in the body, without the white space around them.

    Raises `Refused` for more than 64 KiB, then for another media type; `Invalid` for what is no form.
    """
    body = await read_body(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise Refused(NOT_A_FORM, f"Send the form as {MEDIA_TYPE}.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Invalid([Violation("body", "is not a form")]) from None
    return {name: value.strip() for name, value in pairs}


def given(form: Form, *names: str) -> dict[str, str]:
    """Those fields that were filled in: to a form, blank is absent."""
    return {name: form[name] for name in names if form.get(name)}


def number(typed: str) -> object:
    """The whole number that was typed, or else the text, for the domain to check."""
    return int(typed) if _WHOLE_NUMBER.fullmatch(typed) else typed


def unknown_action(known: Iterable[str]) -> Invalid:
    """The error of a form that asks for nothing that its page can do."""
    return Invalid([Violation("do", f"must be one of: {', '.join(known)}")])


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why what was asked for was not done: in a sentence, and at each field that caused it."""

    status: int
    title: str
    message: str
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, details: ProblemDetails, labels: Mapping[str, str]) -> Self:
        """Return the refusal for a problem; `labels` are what people call the fields."""
        problem = details.problem
        fields = {problem.corrects: details.detail} if problem.corrects else {}
        fields |= {each.field: _sentence(each, labels) for each in details.violations or ()}
        return cls(problem.status, problem.title, details.detail, fields, details.all_headers)


def _sentence(violation: Violation, labels: Mapping[str, str]) -> str:
    return f"The {labels.get(violation.field, violation.field)} {violation.message}."
