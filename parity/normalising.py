"""What is taken out of answers before they are compared."""

import re
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from parity.calls import Answer, Call, Headers
from parity.cells import SERVER, Cell

FIT_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MADE_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def without_date(cell: Cell, _call: Call, answer: Answer) -> Answer:
    """The answer without the header Date, which the server adds."""
    date = ("date", answer.value("date"))
    if cell.entrance != SERVER or date not in answer.headers:
        return answer
    at = answer.headers.index(date)
    return replace(answer, headers=(*answer.headers[:at], *answer.headers[at + 1 :]))


def without_runtime_and_store(cell: Cell, call: Call, answer: Answer) -> Answer:
    """The answer without the names of the runtime and the store, which health shows."""
    if unquote(call.path) != "/api/health" or answer.status != 200:  # noqa: PLR2004  # OK
        return answer
    own = f'"runtime":"{cell.runtime}","store":"{cell.store}"'.encode()
    length = answer.value("content-length") or "0"
    return replace(
        answer,
        body=answer.body.replace(own, b'"runtime":"...","store":"..."'),
        headers=_replaced(answer.headers, "content-length", length, f"{int(length) - len(own)} and the names"),
    )


def without_made_id(call: Call, answer: Answer) -> Answer:
    """The answer without a request id that the service had to make."""
    made = answer.value("x-request-id")
    given = call.values("x-request-id")
    if (len(given) == 1 and FIT_REQUEST_ID.fullmatch(given[0])) or not _MADE_ID.fullmatch(made):
        return answer
    return replace(
        answer,
        headers=_replaced(answer.headers, "x-request-id", made, "made"),
        body=answer.body.replace(f'"urn:request:{made}"'.encode(), b'"urn:request:made"'),
        logged=answer.logged
        and {name: "made" if (name, value) == ("request_id", made) else value for name, value in answer.logged.items()},
    )


def without_page(answer: Answer) -> Answer:
    """The answer without what it shows to people, where that is a web page."""
    if not answer.value("content-type").startswith("text/html"):
        return answer
    own = {"content-length", "set-cookie"}
    return replace(answer, body=b"", headers=tuple(pair for pair in answer.headers if pair[0] not in own))


def _replaced(headers: Headers, name: str, value: str, by: str) -> Headers:
    return tuple((name, by) if pair == (name, value) else pair for pair in headers)
