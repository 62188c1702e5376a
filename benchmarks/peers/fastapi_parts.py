"""What the shop's FastAPI applications share: a middleware around every request, and failures as problems."""

from collections.abc import Iterable
from time import perf_counter
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from benchmarks.peers.models import Failure, violations
from benchmarks.peers.responses import (
    OF_A_VERSION,
    PROBLEM,
    SECURITY_HEADERS,
    access_logger,
    invalid_request,
    problem,
    request_id_of,
    tag_of,
)

_ENCODED = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_OF_A_VERSION = [(b"cache-control", OF_A_VERSION.encode()), *(each for each in _ENCODED if each[0] != b"cache-control")]

logger = access_logger()


class RequestMiddleware:
    """A request id, security headers and a log line for each request. Plain ASGI, which is the fastest kind."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        status, start = 500, None
        request_id = request_id_of(_header(scope["headers"], b"x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Any) -> None:
            nonlocal status, start
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
                start = message
                return
            if start:
                start["headers"] += _of_a_version(message["body"]) if status in (200, 201) else _ENCODED
                await send(start)
                start = None
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            members = {
                "method": scope["method"],
                "path": getattr(scope.get("route"), "path", "-"),
                "status": status,
                "ms": round((perf_counter() - began) * 1000, 1),
                "client": _client(scope),
                "request_id": request_id,
            }
            logger.info("request", extra={"members": members})


def _of_a_version(body: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of an answer that shows a user. A framework's answer has its whole body in one message."""
    return [*_OF_A_VERSION, (b"etag", tag_of(body).encode())]


def new_app() -> FastAPI:
    """An application without routes."""
    app = FastAPI(title="Shop")
    app.add_middleware(RequestMiddleware)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Failure, _failed)
    return app


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    content = invalid_request(violations(error.errors()), request.state.request_id)
    return JSONResponse(content, 400, media_type=PROBLEM)


async def _failed(request: Request, error: Failure) -> JSONResponse:
    content = problem(error.status, error.slug, error.title, str(error), request.state.request_id)
    return JSONResponse(content, error.status, media_type=PROBLEM)


def _client(scope: Any) -> str:
    forwarded = _header(scope["headers"], b"x-forwarded-for")
    peer = scope["client"][0] if scope["client"] else "-"
    return forwarded.rpartition(",")[2].strip() if forwarded else peer


def _header(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in headers if name == wanted), None)
