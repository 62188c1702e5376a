"""What an application with authentication has that one without has not."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler

from service.http.answers import Answer
from service.http.auth.bearer import BearerTokens
from service.http.auth.pages import PageAccess
from service.http.auth.scopes import needed_scope
from service.http.caller import note_identity

if TYPE_CHECKING:  # most processes are never asked for their description
    from service.http.openapi.security import Security


class Authentication:
    """Asks of each request what its operation needs: a token of the API, a session of the web pages.

    `check` is Litestar's hook between the routing and the handler: by then what does not exist is 404 or 405, and no
    body has been read.
    """

    def __init__(
        self,
        bearer: BearerTokens,
        access: PageAccess,
        routes: list[HTTPRouteHandler],
        security: "Callable[[], Security]",
        on_startup: Sequence[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        """`routes` are those that only an application with authentication has.

        `security` returns what the description of the API says of it.
        """
        self._bearer = bearer
        self._access = access
        self._routes = routes
        self.security = security
        self.on_startup = on_startup
        """What is to be done before requests come."""

    def routes(self) -> list[HTTPRouteHandler]:
        """Return the route handlers, for the application to register."""
        return self._routes

    async def check(self, request: Request[Any, Any, Any]) -> Answer | None:
        """Return an answer in place of the handler's, or None. Raises `Refused` or `IssuerUnavailable`."""
        scope = request.scope
        path: str = scope["path_template"]
        needed = needed_scope(path, scope["method"])
        if not path.startswith("/api/"):
            return self._access.check(request, needed)
        if needed is not None:
            note_identity(scope, await self._bearer.identify(scope["headers"], needed))
        return None
