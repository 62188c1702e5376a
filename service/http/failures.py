"""What Litestar does with an exception that a handler or its router raised: turn it into a problem."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import structlog
from litestar import Request
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from litestar.types import ExceptionHandlersMap

from service.domain.errors import Invalid, ServiceError, StoreUnavailable
from service.http import problems
from service.http.answers import Answer
from service.http.problems import Refused, invalid_answer, problem_answer

AnyRequest = Request[Any, Any, Any]
Explain = Callable[[AnyRequest, Any], Answer]

logger = structlog.get_logger("shapeshift.http")


def _service_error(request: AnyRequest, error: ServiceError) -> Answer:
    if isinstance(error, Invalid):
        return invalid_answer(request.scope, error)
    if isinstance(error, StoreUnavailable):
        logger.error("store unavailable", cause=repr(error.__cause__), request_id=request.scope["state"]["request_id"])
    return problem_answer(request.scope, problems.OF_ERRORS[type(error)], str(error))


def _refused(request: AnyRequest, error: Refused) -> Answer:
    return problem_answer(request.scope, error.problem, str(error), error.headers)


def _not_found(request: AnyRequest, _: NotFoundException) -> Answer:
    return problem_answer(request.scope, problems.NOT_FOUND, "Nothing is served at this path.")


def _method_not_allowed(request: AnyRequest, error: MethodNotAllowedException) -> Answer:
    routed = (error.headers or {})["allow"].split(", ")
    allow = ", ".join(sorted({*routed, "HEAD"} - {"OPTIONS"}))  # every path has a GET, and so a HEAD
    return problem_answer(request.scope, problems.METHOD_NOT_ALLOWED, f"This path allows {allow}.", {"Allow": allow})


def _http_exception(request: AnyRequest, error: HTTPException) -> Answer:
    """What the framework refuses by itself, such as a malformed Host header."""
    if error.status_code >= HTTP_500_INTERNAL_SERVER_ERROR:
        return _unforeseen(request, error)
    return problem_answer(request.scope, problems.INVALID, f"{error.detail}.", errors=[])


def _unforeseen(request: AnyRequest, error: Exception) -> Answer:
    request_id = request.scope["state"]["request_id"]
    logger.error("unforeseen error", exc_info=error, request_id=request_id)
    return problem_answer(request.scope, problems.INTERNAL, "The error was logged under this request's id.")


EXPLANATIONS: Final[Mapping[type[Exception], Explain]] = {
    ServiceError: _service_error,
    Refused: _refused,
    NotFoundException: _not_found,
    MethodNotAllowedException: _method_not_allowed,
    HTTPException: _http_exception,
    Exception: _unforeseen,
}


def exception_handlers(explanations: Mapping[type[Exception], Explain] = EXPLANATIONS) -> ExceptionHandlersMap:
    """The explanations as Litestar takes them: its type asks for a `Response` where an `Answer` will do."""
    return cast(ExceptionHandlersMap, explanations)
