"""The request headers that decide what an operation does, checked together with the body."""

from collections.abc import Callable
from typing import Any

from litestar import Request

from service.domain.errors import Invalid
from service.domain.validation import Check


def header_values(request: Request[Any, Any, Any], name: bytes) -> list[str]:
    """Return the values of every header of that name, in lower case, without white space around them."""
    return [value.decode("latin-1").strip(" \t") for each, value in request.scope["headers"] if each == name]


class CheckHeaders(Check):
    """Collects the violations of headers. They come first: those of the body follow them in the same error."""

    def __init__(self, check_body: Callable[[], object] | None = None) -> None:
        super().__init__()
        self._check_body = check_body

    def __exit__(self, failure: object, *_: object) -> None:
        if self._violations and failure is None and self._check_body:
            try:
                self._check_body()
            except Invalid as invalid:
                self._violations += invalid.violations
        super().__exit__(failure)
