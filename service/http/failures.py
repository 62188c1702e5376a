"""Turns an exception that a handler or the router raised into a problem, and logs it if it is the service's own."""

from collections.abc import Callable
from typing import Any, cast

import structlog
from litestar import Request
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from litestar.types import ExceptionHandlersMap

from service.application.causes import cause_of
from service.domain.errors import IssuerUnavailable, ServiceError, StoreUnavailable
from service.http import problems
from service.http.answers import Answer
from service.http.problems import ProblemDetails, Refused
from service.http.unavailable import note_cause

AnyRequest = Request[Any, Any, Any]
Render = Callable[[AnyRequest, ProblemDetails], Answer]

logger = structlog.get_logger("shapeshift.http")


def explain(request: AnyRequest, error: Exception) -> ProblemDetails:
    """The problem for an exception. The cause of an outage is logged, and the traceback of an unexpected exception."""
    match error:
        case ServiceError() | Refused():
            if isinstance(error, StoreUnavailable | IssuerUnavailable):
                note_cause(request.scope, cause_of(error))
            return ProblemDetails.of(error)
        case NotFoundException():
            return ProblemDetails(problems.NOT_FOUND, "Nothing is served at this path.")
        case MethodNotAllowedException():
            return _method_not_allowed(error)
        case HTTPException() if error.status_code < HTTP_500_INTERNAL_SERVER_ERROR:
            # What the framework refuses by itself, such as a malformed Host header.
            return ProblemDetails(problems.INVALID, f"{error.detail}.", violations=())
    logger.error("unforeseen error", exc_info=error, request_id=request.scope["state"]["request_id"])
    return ProblemDetails(problems.INTERNAL, "The error was logged under this request's id.")


def _method_not_allowed(error: MethodNotAllowedException) -> ProblemDetails:
    routed = (error.headers or {})["allow"].split(", ")
    heads = {"HEAD"} if "GET" in routed else set()
    allow = ", ".join(sorted({*routed, *heads} - {"OPTIONS"}))
    return ProblemDetails(problems.METHOD_NOT_ALLOWED, f"This path allows {allow}.", {"Allow": allow})


def as_json(request: AnyRequest, details: ProblemDetails) -> Answer:
    """The problem as `application/problem+json`."""
    return details.answer(request.scope)


def exception_handlers(render: Render = as_json) -> ExceptionHandlersMap:
    """A handler of every exception, as Litestar takes it: its type asks for a `Response` where an `Answer` will do."""

    def handle(request: AnyRequest, error: Exception) -> Answer:
        return render(request, explain(request, error))

    return cast(ExceptionHandlersMap, {Exception: handle})
