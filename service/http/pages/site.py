"""The frame around every page: navigation, badge, headers, and how a failure looks."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from litestar import Request

from service.domain.entities import ENTITIES
from service.http.answers import HTML, TEXT, Answer
from service.http.asgi import encoded
from service.http.failures import exception_handlers
from service.http.middleware.response_headers import SECURITY_HEADERS
from service.http.problems import ProblemDetails

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# With `no-referrer` a browser would send our own forms with `Origin: null` (Fetch Standard, 3.2, "append a request
# `Origin` header").
_OF_PAGES: Final = SECURITY_HEADERS | {"referrer-policy": "same-origin", "content-security-policy": _POLICY}
PAGE_HEADERS: Final = encoded(_OF_PAGES)
VIEWER_HEADERS: Final = encoded(
    _OF_PAGES | {"content-security-policy": _POLICY.replace("img-src 'self'", "img-src 'self' data:")}
)
"""For the viewer of the API, whose style sheet has its icons within it."""


def moved(status: int, address: str) -> Answer:
    """A redirection, relative to the request."""
    return Answer(b"", status, TEXT, {"Location": address})


class Site:
    """What all pages of this process have in common."""

    def __init__(self, about: Mapping[str, str], services: Collection[str]) -> None:
        """`about` is the process's runtime, store and version; `services` are those that have pages here."""
        self._about = about
        self.services = [name for name in ENTITIES if name in services]
        self._links = [(name, name.capitalize()) for name in self.services]
        self.failures = exception_handlers(self._as_page)
        """For the route handlers of pages: the problem that the API would answer, rendered as a page."""

    def page(
        self,
        request: Request[Any, Any, Any],
        template: str,
        status: int = 200,
        *,
        headers: Mapping[str, str] | None = None,
        security_headers: list[tuple[bytes, bytes]] = PAGE_HEADERS,
        **context: Any,
    ) -> Answer:
        """The template as a page."""
        from service.http.pages.templating import render  # noqa: PLC0415  # Jinja, for who asks for a page

        request.scope["state"]["security_headers"] = security_headers
        content = render(
            template,
            {"about": self._about, "services": self.services, "links": self._links, "status": status, **context},
        )
        return Answer(content, status, HTML, headers)

    def _as_page(self, request: Request[Any, Any, Any], details: ProblemDetails) -> Answer:
        return self.page(
            request,
            "failure.html",
            details.problem.status,
            headers=details.all_headers,
            details=details,
            request_id=request.scope["state"]["request_id"],
        )
