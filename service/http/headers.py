"""The request headers that decide what an operation does, checked together with the body."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from litestar import Request

from service.domain.errors import Invalid
from service.domain.validation import Check

V = TypeVar("V")


class Header(Generic[V]):
    """A header, and what its values mean."""

    def __init__(self, name: str, meaning: Callable[[Sequence[str]], V]) -> None:
        """`meaning` gets the values of every header of that name, and raises ValueError with the reason, in words."""
        self._name = name
        self._sent = name.lower().encode()
        self._meaning = meaning

    def of(self, request: Request[Any, Any, Any], check_body: Callable[[], object] | None = None) -> V | None:
        """Return what a request's header means; None if there is none.

        Raises `Invalid`. The violations of the body, if `check_body` raises `Invalid`, follow that of the header.
        """
        values = [value for name, value in request.scope["headers"] if name == self._sent]
        return self.read([each.decode("latin-1").strip(" \t") for each in values], check_body) if values else None

    def read(self, values: Sequence[str], check_body: Callable[[], object] | None = None) -> V:
        """Return what these values mean. Raises `Invalid`, as `of` does."""
        with _CheckHeader(check_body) as check:
            return check(self._name, self._meaning, values)


class _CheckHeader(Check):
    def __init__(self, check_body: Callable[[], object] | None) -> None:
        super().__init__()
        self._check_body = check_body

    def __exit__(self, failure: object, *_: object) -> None:
        if self._violations and failure is None and self._check_body:
            try:
                self._check_body()
            except Invalid as invalid:
                self._violations += invalid.violations
        super().__exit__(failure)
