"""Requests that are refused before a task is made for them, which costs half of what the application's refusal does."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from service.http.asgi import encoded
from service.http.middleware.response_headers import SECURITY_HEADERS, request_id

if TYPE_CHECKING:  # with `requests_max=0` there is none
    from service.http.middleware.admission import Admission

Headers = Sequence[tuple[bytes, bytes]]


class _Current:
    """The admission control of this process."""

    admission: "Admission | None" = None
    start = b""
    body = b""


def admit_with(admission: "Admission | None") -> None:
    """Set the admission control that this process's connections ask."""
    _Current.admission = admission
    if admission is None:
        return
    from service.http.middleware.admission import DETAIL  # noqa: PLC0415  # without admission it is not loaded
    from service.http.problems import OVERLOADED, problem_answer  # noqa: PLC0415

    answer = problem_answer({"state": {"request_id": "%s"}}, OVERLOADED, DETAIL)
    headers = [
        *encoded(answer.headers or {}),
        (b"content-type", answer.media_type.encode()),
        *encoded(SECURITY_HEADERS),
    ]
    _Current.start = b"HTTP/1.1 503 Service Unavailable\r\n" + _lines(headers)
    _Current.body = answer.body.replace(b"%s", b"%b")


def admission() -> "Admission | None":
    """Return the admission control of this process."""
    return _Current.admission


def refusal(headers: Headers, further: Headers, *, has_body: bool, keeps_open: bool) -> bytes:
    """Return the response to a request with these headers; `further` are the server's own, such as Date."""
    identity = request_id(headers)
    body = _Current.body % identity
    head = b"%b%bcontent-length: %d\r\nx-request-id: %b\r\n%b\r\n" % (
        _Current.start,
        _lines(further),
        len(body),
        identity,
        b"" if keeps_open else b"connection: close\r\n",
    )
    return head + body if has_body else head


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])
