"""The problems (RFC 9457) that callers get for errors. Only this module maps errors to statuses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Self

import msgspec

from service.domain import errors
from service.http.answers import Answer
from service.http.unavailable import SERVICE_UNAVAILABLE, note_default_cause

MEDIA_TYPE: Final = "application/problem+json"

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: its status, its type (`/problems/<slug>`), its title, and headers that always go with it.

    `corrects` is the field that has to be changed, where the kind says so and the error has no violations.
    """

    status: int
    slug: str
    title: str
    headers: Mapping[str, str] = field(default_factory=dict)
    corrects: str = ""

    @property
    def type(self) -> str:
        """The problem's type as a URI reference."""
        return f"/problems/{self.slug}"


INVALID: Final = Problem(400, "invalid-request", "The request is invalid")
SIGN_IN_FAILED: Final = Problem(400, "sign-in-failed", "The sign-in was not completed")
UNAUTHENTICATED: Final = Problem(401, "unauthenticated", "The request is not authenticated")
INSUFFICIENT_SCOPE: Final = Problem(403, "insufficient-scope", "The scope does not allow this")
FOREIGN_FORM: Final = Problem(403, "foreign-form", "The form is not from this page, or is out of date")
NOT_FOUND: Final = Problem(404, "not-found", "There is nothing at this path")
METHOD_NOT_ALLOWED: Final = Problem(405, "method-not-allowed", "The method is not allowed here")
REQUEST_TIMEOUT: Final = Problem(408, "request-timeout", "The request took too long to arrive")
INVALID_TRANSITION: Final = Problem(409, "invalid-transition", "The status cannot change like this")
PRECONDITION_FAILED: Final = Problem(412, "precondition-failed", "This is not the version that was read")
BODY_TOO_LARGE: Final = Problem(413, "body-too-large", "The body is too large")
UNSUPPORTED_MEDIA_TYPE: Final = Problem(415, "unsupported-media-type", "The body is not JSON")
NOT_A_FORM: Final = Problem(415, "not-a-form", "The body is not a form")
KEY_REUSED: Final = Problem(422, "idempotency-key-reused", "The idempotency key was used for another request")
INTERNAL: Final = Problem(500, "internal-error", "Something went wrong on our side")
UNAVAILABLE: Final = Problem(503, "store-unavailable", "The service cannot answer at the moment", {"Retry-After": "1"})
OVERLOADED: Final = Problem(503, "overloaded", "The process has too many requests", {"Retry-After": "1"})
ISSUER_UNAVAILABLE: Final = Problem(
    503, "issuer-unavailable", "The issuer of tokens cannot be reached", {"Retry-After": "1"}
)
NOT_READY: Final = Problem(503, "not-ready", "The process is not ready for requests", {"Retry-After": "1"})

OF_AUTHENTICATION: Final = (SIGN_IN_FAILED, UNAUTHENTICATED, INSUFFICIENT_SCOPE, ISSUER_UNAVAILABLE)
"""The problems that only a process with authentication has."""


@cache
def not_found(entity: str) -> Problem:
    """Return the problem that an entity does not exist; `entity` is the singular, here and below."""
    return Problem(404, f"{entity}-not-found", f"The {entity} does not exist")


@cache
def unknown_reference(entity: str, field: str) -> Problem:
    """Return the problem that a field of another entity refers to one that does not exist."""
    return Problem(422, f"{entity}-not-found", f"The {entity} does not exist", corrects=field)


@cache
def taken(field: str, label: str) -> Problem:
    """Return the problem that another entity has the value of a unique field."""
    return Problem(409, f"{field}-taken", f"The {label} is taken", corrects=field)


@cache
def id_taken(entity: str) -> Problem:
    """Return the problem that an entity with this id exists."""
    return Problem(409, f"{entity}-exists", f"The {entity} id is taken", corrects="id")


@cache
def in_use(entity: str, by: str) -> Problem:
    """Return the problem that an entity cannot be deleted, because others refer to it."""
    return Problem(409, f"{entity}-has-{by}", f"The {entity} still has {by}")


_OF_ERRORS: Final[Mapping[type[errors.ServiceError], Callable[[Any], Problem]]] = {
    errors.Invalid: lambda _: INVALID,
    errors.NotFound: lambda error: not_found(error.entity),
    errors.UnknownReference: lambda error: unknown_reference(error.entity, error.field),
    errors.Taken: lambda error: taken(error.field, error.label),
    errors.IdTaken: lambda error: id_taken(error.entity),
    errors.InUse: lambda error: in_use(error.entity, error.by),
    errors.InvalidTransition: lambda _: INVALID_TRANSITION,
    errors.KeyReused: lambda _: KEY_REUSED,
    errors.PreconditionFailed: lambda _: PRECONDITION_FAILED,
    errors.StoreUnavailable: lambda _: UNAVAILABLE,
    errors.InvalidToken: lambda _: UNAUTHENTICATED,
    errors.SignInFailed: lambda _: SIGN_IN_FAILED,
    errors.IssuerUnavailable: lambda _: ISSUER_UNAVAILABLE,
}


def problem_of_kind(kind: type[errors.ServiceError]) -> Problem:
    """Return the problem for every error of a kind, whatever it concerns."""
    return _OF_ERRORS[kind](None)


def problem_of(error: errors.ServiceError) -> Problem:
    """Return the problem for a named error."""
    kind = next(kind for kind in type(error).__mro__ if kind in _OF_ERRORS)
    return _OF_ERRORS[kind](error)


class Refused(Exception):
    """A request that is refused by HTTP's own rules, before any use case sees it."""

    def __init__(self, problem: Problem, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.headers = headers


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """One problem of one request, as RFC 9457 describes it. It is rendered as JSON, or as a web page."""

    problem: Problem
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    violations: Sequence[errors.Violation] | None = None

    @classmethod
    def of(cls, error: errors.ServiceError | Refused) -> Self:
        """The details of a named error."""
        if isinstance(error, Refused):
            return cls(error.problem, str(error), error.headers)
        return cls(
            problem_of(error), str(error), violations=error.violations if isinstance(error, errors.Invalid) else None
        )

    @property
    def all_headers(self) -> Mapping[str, str]:
        """The headers of this problem, and those of its kind."""
        return {**self.problem.headers, **self.headers}

    def answer(self, scope: Mapping[str, Any]) -> Answer:
        """The answer in JSON."""
        if self.violations is None:
            return problem_answer(scope, self.problem, self.detail, self.headers)
        listed = [{"field": each.field, "message": each.message} for each in self.violations]
        return problem_answer(scope, self.problem, self.detail, self.headers, errors=listed)


def _how_to_repeat(scope: Mapping[str, Any]) -> str:
    """Say how to repeat a creation of which nobody knows whether it took effect."""
    if any(name == b"idempotency-key" for name, _ in scope["headers"]):
        return "It is safe to repeat the request with the same Idempotency-Key."
    return "The request had no Idempotency-Key: repeat it, with a new key, only if a second one would do no harm."


def problem_answer(
    scope: Mapping[str, Any], problem: Problem, detail: str, headers: Mapping[str, str] | None = None, **extensions: Any
) -> Answer:
    """The answer that contains a problem; extensions are further members, such as `errors`."""
    if problem.status == SERVICE_UNAVAILABLE:
        note_default_cause(scope, detail)
    if problem is UNAVAILABLE and scope.get("method") == "POST":
        detail = f"{detail} {_how_to_repeat(scope)}"
    body = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "instance": f"urn:request:{scope['state']['request_id']}",
        **extensions,
    }
    return Answer(_encode(body), problem.status, MEDIA_TYPE, {**problem.headers, **(headers or {})})
