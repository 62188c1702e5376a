"""The frame around every page: navigation, badge, headers, and how a problem looks."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final

from litestar import Request

from service.domain.entities import ENTITIES
from service.http.access import UNRESTRICTED, Access, Visitor
from service.http.answers import HTML, TEXT, Answer
from service.http.asgi import encoded
from service.http.failures import exception_handlers
from service.http.middleware.response_headers import SECURITY_HEADERS
from service.http.problems import ProblemDetails

Headers = list[tuple[bytes, bytes]]

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

    def __init__(self, about: Mapping[str, str], services: Collection[str], access: Access = UNRESTRICTED) -> None:
        """`about` is the process's runtime, store and version; `services` are those that have pages here."""
        self._about = about
        self.access = access
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
        security_headers: Headers = PAGE_HEADERS,
        **context: Any,
    ) -> Answer:
        """The template as a page."""
        from service.http.pages.templating import render  # noqa: PLC0415  # Jinja, for who asks for a page

        scope = request.scope
        visitor = self.access.visitor(scope)
        may = partial(self.access.may, scope)
        scope["state"]["security_headers"] = _with_sign_out(security_headers, visitor)
        frame = {
            "about": self._about,
            "services": self.services,
            "links": [(name, label) for name, label in self._links if _is_offered(name, may, visitor)],
            "may": may,
            "visitor": visitor,
            "status": status,
        }
        return Answer(render(template, {**frame, **context}), status, HTML, headers)

    def _as_page(self, request: Request[Any, Any, Any], details: ProblemDetails) -> Answer:
        return self.page(
            request,
            "failure.html",
            details.problem.status,
            headers=details.all_headers,
            details=details,
            request_id=request.scope["state"]["request_id"],
        )


def _is_offered(entity: str, may: Callable[[str], bool], visitor: Visitor | None) -> bool:
    """Whether there is a link to an entity's page: also for people who may sign in and then see it."""
    return may(f"{entity}:read") or bool(visitor and visitor.sign_in)


def _with_sign_out(headers: Headers, visitor: Visitor | None) -> Headers:
    """Let the form that signs out lead to the identity provider: browsers check the policy after a redirection, too."""
    if not visitor or not visitor.sign_out_origin:
        return headers
    allowed = f"form-action 'self' {visitor.sign_out_origin};".encode()
    return [(name, value.replace(b"form-action 'self';", allowed)) for name, value in headers]
