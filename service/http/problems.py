"""Every failure as HTTP shows it: an RFC 9457 problem. The only table from failures to statuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from service.domain import errors
from service.http.answers import Answer

MEDIA_TYPE: Final = "application/problem+json"

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of failure: its status, its type (`/problems/<slug>`), its title, and headers that always go with it."""

    status: int
    slug: str
    title: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The problem's type as a URI reference."""
        return f"/problems/{self.slug}"


INVALID: Final = Problem(400, "invalid-request", "The request is invalid")
FOREIGN_FORM: Final = Problem(403, "foreign-form", "The form is not from this page, or is out of date")
NOT_FOUND: Final = Problem(404, "not-found", "There is nothing at this path")
USER_NOT_FOUND: Final = Problem(404, "user-not-found", "The user does not exist")
UNKNOWN_OWNER: Final = Problem(422, "user-not-found", "The user does not exist")
ORDER_NOT_FOUND: Final = Problem(404, "order-not-found", "The order does not exist")
METHOD_NOT_ALLOWED: Final = Problem(405, "method-not-allowed", "The method is not allowed here")
REQUEST_TIMEOUT: Final = Problem(408, "request-timeout", "The request took too long to arrive")
EMAIL_TAKEN: Final = Problem(409, "email-taken", "The e-mail address is taken")
USER_HAS_ORDERS: Final = Problem(409, "user-has-orders", "The user still has orders")
ORDER_EXISTS: Final = Problem(409, "order-exists", "The order id is taken")
INVALID_TRANSITION: Final = Problem(409, "invalid-transition", "The status cannot change like this")
BODY_TOO_LARGE: Final = Problem(413, "body-too-large", "The body is too large")
UNSUPPORTED_MEDIA_TYPE: Final = Problem(415, "unsupported-media-type", "The body is not JSON")
NOT_A_FORM: Final = Problem(415, "not-a-form", "The body is not a form")
INTERNAL: Final = Problem(500, "internal-error", "Something went wrong on our side")
UNAVAILABLE: Final = Problem(503, "store-unavailable", "The service cannot answer at the moment", {"Retry-After": "1"})
NOT_READY: Final = Problem(503, "not-ready", "The process is not ready for requests", {"Retry-After": "1"})

OF_ERRORS: Final[Mapping[type[errors.ServiceError], Problem]] = {
    errors.Invalid: INVALID,
    errors.UserNotFound: USER_NOT_FOUND,
    errors.UnknownOwner: UNKNOWN_OWNER,
    errors.EmailTaken: EMAIL_TAKEN,
    errors.UserHasOrders: USER_HAS_ORDERS,
    errors.OrderNotFound: ORDER_NOT_FOUND,
    errors.OrderExists: ORDER_EXISTS,
    errors.InvalidTransition: INVALID_TRANSITION,
    errors.StoreUnavailable: UNAVAILABLE,
}


class Refused(Exception):
    """A request that is refused by HTTP's own rules, before any use case sees it."""

    def __init__(self, problem: Problem, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.headers = headers


def problem_answer(
    scope: Mapping[str, Any], problem: Problem, detail: str, headers: Mapping[str, str] | None = None, **extensions: Any
) -> Answer:
    """The answer that tells of a problem; extensions are further members, such as `errors`."""
    body = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "instance": f"urn:request:{scope['state']['request_id']}",
        **extensions,
    }
    return Answer(_encode(body), problem.status, MEDIA_TYPE, {**problem.headers, **(headers or {})})


def invalid_answer(scope: Mapping[str, Any], error: errors.Invalid) -> Answer:
    """The answer that names every violation."""
    violations = [{"field": each.field, "message": each.message} for each in error.violations]
    return problem_answer(scope, INVALID, str(error), errors=violations)
