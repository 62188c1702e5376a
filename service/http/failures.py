"""What Litestar does with an exception that a handler or its router raised: turn it into a problem."""

from collections.abc import Mapping
from typing import Any, Final

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from litestar.types import ExceptionHandlersMap

from service.domain.errors import Invalid, ServiceError, StoreUnavailable
from service.http import problems
from service.http.problems import Problem, Refused

AnyRequest = Request[Any, Any, Any]

logger = structlog.get_logger("shapeshift.http")


def problem_response(
    request: AnyRequest, problem: Problem, detail: str, headers: Mapping[str, str] | None = None, **extensions: Any
) -> Response[bytes]:
    """A response that tells of a problem."""
    return Response(
        problems.body_of(problem, detail, request.scope["state"]["request_id"], **extensions),
        status_code=problem.status,
        media_type=problems.MEDIA_TYPE,
        headers={**problem.headers, **(headers or {})},
    )


def _service_error(request: AnyRequest, error: ServiceError) -> Response[bytes]:
    problem = problems.OF_ERRORS[type(error)]
    if isinstance(error, StoreUnavailable):
        logger.error("store unavailable", cause=repr(error.__cause__), request_id=request.scope["state"]["request_id"])
    if isinstance(error, Invalid):
        violations = [{"field": each.field, "message": each.message} for each in error.violations]
        return problem_response(request, problem, str(error), errors=violations)
    return problem_response(request, problem, str(error))


def _refused(request: AnyRequest, error: Refused) -> Response[bytes]:
    return problem_response(request, error.problem, str(error), error.headers)


def _not_found(request: AnyRequest, _: NotFoundException) -> Response[bytes]:
    return problem_response(request, problems.NOT_FOUND, "Nothing is served at this path.")


def _method_not_allowed(request: AnyRequest, error: MethodNotAllowedException) -> Response[bytes]:
    routed = (error.headers or {})["allow"].split(", ")
    allow = ", ".join(sorted({*routed, "HEAD"} - {"OPTIONS"}))  # every path has a GET, and so a HEAD
    return problem_response(request, problems.METHOD_NOT_ALLOWED, f"This path allows {allow}.", {"Allow": allow})


def _http_exception(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework refuses by itself, such as a malformed Host header."""
    if error.status_code >= HTTP_500_INTERNAL_SERVER_ERROR:
        return _unforeseen(request, error)
    return problem_response(request, problems.INVALID, f"{error.detail}.", errors=[])


def _unforeseen(request: AnyRequest, error: Exception) -> Response[bytes]:
    request_id = request.scope["state"]["request_id"]
    logger.error("unforeseen error", exc_info=error, request_id=request_id)
    return problem_response(request, problems.INTERNAL, "The error was logged under this request's id.")


EXCEPTION_HANDLERS: Final[ExceptionHandlersMap] = {
    ServiceError: _service_error,
    Refused: _refused,
    NotFoundException: _not_found,
    MethodNotAllowedException: _method_not_allowed,
    HTTPException: _http_exception,
    Exception: _unforeseen,
}
