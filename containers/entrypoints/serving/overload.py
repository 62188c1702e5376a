"""Requests that are refused before a task is made for them: the application's refusal costs twice as much and more."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from service.http.asgi import encoded
from service.http.middleware.response_headers import SECURITY_HEADERS, request_id

if TYPE_CHECKING:  # with `requests_max=0` there is none
    from service.http.middleware.admission import Admission

Headers = Sequence[tuple[bytes, bytes]]

_PLAIN: Final = re.compile(
    rb"""(?:GET|DELETE|PATCH|POST)[ ](/[!-~]*)[ ]HTTP/1\.1\r\n
    (?:
        (?i:connection:[ ]?keep-alive|content-length:[ ]?[0-9]{1,5})\r\n
        | (?!(?i:connection|content-length|expect|transfer-encoding|upgrade):)[!\#-'*+.0-9A-Z^-z|~-]+:[\t -~]*\r\n
    )*+
    \r\n""",
    re.VERBOSE,
)
"""A head that says nothing about the connection or the body but the usual. All others are for the parser."""
_ENDING: Final = re.compile(
    rb"""(?:GET|DELETE|PATCH|POST|PUT|OPTIONS)[ ](/[!-~]*)[ ]HTTP/1\.[01]\r\n
    (?:
        (?i:content-length:[ ]?[0-9]{1,5})\r\n
        | (?!(?i:content-length|expect|transfer-encoding):)[!\#-'*+.0-9A-Z^-z|~-]+:[\t -~]*\r\n
    )*+
    \r\n""",
    re.VERBOSE,
)
"""A head on a connection that ends with its refusal, so that only the length of the body matters."""
_NEEDED: Final = re.compile(rb"(?im)^(content-length|x-request-id):[\t ]*(.*?)[\t ]*\r")
"""The headers of a plain head that its refusal depends on."""


class _Current:
    """The admission control of this process."""

    admission: "Admission | None" = None
    draining: Callable[[], bool] = staticmethod(lambda: False)
    start = b""
    body = b""


def admit_with(admission: "Admission | None", draining: Callable[[], bool]) -> None:
    """Set the admission control that this process's connections ask, unless the process drains."""
    _Current.admission = admission
    _Current.draining = staticmethod(draining)
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


def is_draining() -> bool:
    """Whether the application has to refuse, since each answer ends its connection."""
    return _Current.draining()


def refusal_unparsed(
    admission: "Admission", data: memoryview | bytes, further: Headers, *, keeps_open: bool = True
) -> bytes | None:
    """Return and count the refusal of what was read, if it is one whole request that may be refused.

    None: it has to be parsed, since it is none, or health, or not as plain as nearly all requests are. That takes a
    third off what a refusal costs.
    """
    head = (_PLAIN if keeps_open else _ENDING).match(data)
    if head is None or admission.is_exempt(head[1].decode()) or is_draining():
        return None
    headers = [(name.lower(), value) for name, value in _NEEDED.findall(head[0])]
    lengths = [int(value) for name, value in headers if name == b"content-length"]
    if len(lengths) > 1 or len(data) != head.end() + sum(lengths):
        return None
    admission.note_refusal(ends=not keeps_open)
    return refusal(headers, further, has_body=True, keeps_open=keeps_open)


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
