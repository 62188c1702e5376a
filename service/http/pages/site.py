"""The frame around every page: navigation, badge, headers, and how a failure looks."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, cast

import msgspec
from litestar import Request, Response
from litestar.types import ExceptionHandlersMap

from service.http.failures import EXCEPTION_HANDLERS
from service.http.middleware.response_headers import SECURITY_HEADERS, encoded

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PAGE_HEADERS: Final = encoded(SECURITY_HEADERS | {"content-security-policy": _POLICY})
VIEWER_HEADERS: Final = encoded(
    SECURITY_HEADERS | {"content-security-policy": _POLICY.replace("img-src 'self'", "img-src 'self' data:")}
)
"""For the viewer of the API, whose style sheet has its icons within it."""

_Explain = Callable[[Request[Any, Any, Any], Any], Response[bytes]]


def moved(status: int, address: str) -> Response[bytes]:
    """A redirection, relative to the request."""
    return Response(b"", status_code=status, media_type="text/plain", headers={"Location": address})


class Site:
    """What all pages of this process have in common."""

    def __init__(self, about: Mapping[str, str], services: Collection[str]) -> None:
        """`about` is the process's runtime, store and version; `services` are those that have pages here."""
        self._about = about
        self._services = services
        self.failures: ExceptionHandlersMap = {
            kind: self._as_page(cast(_Explain, explain)) for kind, explain in EXCEPTION_HANDLERS.items()
        }
        """For the route handlers of pages: the problem that the API would answer, told as a page."""

    def page(
        self,
        request: Request[Any, Any, Any],
        template: str,
        status: int = 200,
        *,
        headers: Mapping[str, str] | None = None,
        security_headers: list[tuple[bytes, bytes]] = PAGE_HEADERS,
        **context: Any,
    ) -> Response[bytes]:
        """The template as a page."""
        from service.http.pages.templating import render  # noqa: PLC0415  # Jinja, for who asks for a page

        request.scope["state"]["security_headers"] = security_headers
        content = render(template, {"about": self._about, "services": self._services, "status": status, **context})
        return Response(content, status_code=status, media_type="text/html", headers=headers or {})

    def _as_page(self, explain: _Explain) -> _Explain:
        def shown(request: Request[Any, Any, Any], error: Any) -> Response[bytes]:
            answer = explain(request, error)
            problem = msgspec.json.decode(answer.content)
            return self.page(request, "failure.html", problem["status"], headers=answer.headers, problem=problem)

        return shown
