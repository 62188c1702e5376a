"""What the web pages need: a session with the scope that the API would need a token with."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

from litestar import Request

from service.http.access import Visitor
from service.http.answers import Answer
from service.http.auth.bearer import CHALLENGE
from service.http.auth.sessions import Session, Sessions
from service.http.caller import identity_of, note_identity
from service.http.pages.site import moved
from service.http.problems import INSUFFICIENT_SCOPE, UNAUTHENTICATED, Refused

_SESSION: Final = "session"
_LONGEST_ADDRESS: Final = 500
_OTHER_PAGES: Final = ("", "health", "schema")


class PageAccess(ABC):
    """Lets through who has the scope that a page needs, and offers what their scopes allow."""

    @abstractmethod
    def check(self, request: Request[Any, Any, Any], needed: str | None) -> Answer | None:
        """Return an answer in place of the page, or None. Raises `Refused` for whoever lacks the scope."""

    @abstractmethod
    def visitor(self, scope: Mapping[str, Any]) -> Visitor:
        """Return who looks at the page."""

    def may(self, scope: Mapping[str, Any], needed: str) -> bool:
        """Return whether whoever sent this request has that scope."""
        identity = identity_of(scope)
        return identity is not None and needed in identity.scopes


class NoSignIn(PageAccess):
    """Pages where nobody can sign in, because the service is no client of the issuer."""

    def check(self, request: Request[Any, Any, Any], needed: str | None) -> Answer | None:  # noqa: ARG002  # see below
        if needed is not None:
            detail = "People cannot sign in here: no client is configured (auth_client_id). Use the API, with a token."
            raise Refused(UNAUTHENTICATED, detail, **CHALLENGE)
        return None

    def visitor(self, scope: Mapping[str, Any]) -> Visitor:  # noqa: ARG002  # they are all the same here
        return Visitor()


class WithSignIn(PageAccess):
    """Pages where people sign in. Whose session it is, is noted for each request."""

    def __init__(self, sessions: Sessions, entities: Collection[str]) -> None:
        """`entities` are those that have pages."""
        self._sessions = sessions
        self._addresses = address_pattern(entities)

    def check(self, request: Request[Any, Any, Any], needed: str | None) -> Answer | None:
        scope = request.scope
        session = self._sessions.of(scope)
        if session:
            scope["state"][_SESSION] = session
            note_identity(scope, session.identity)
        if needed is None:
            return None
        if session is None:
            if scope["method"] == "GET":
                return moved(303, self._sign_in(scope))
            detail = "Nothing was changed: you are not signed in, or your session has ended. Sign in, and try again."
            raise Refused(UNAUTHENTICATED, detail, **CHALLENGE)
        if not self.may(scope, needed):
            raise Refused(INSUFFICIENT_SCOPE, f"You are signed in, but your account does not have the scope {needed}.")
        return None

    def visitor(self, scope: Mapping[str, Any]) -> Visitor:
        session: Session | None = scope["state"].get(_SESSION)
        if session is None:
            return Visitor(sign_in=self._sign_in(scope))
        token = self._sessions.sign_out_token(session)
        return Visitor(session.name, "", token, session.sign_out_origin)

    def _sign_in(self, scope: Mapping[str, Any]) -> str:
        """Return where to sign in and come back from to the page that was asked for, relative to any page."""
        address = scope["path"].removeprefix("/")
        query = scope["query_string"].decode("latin-1")
        if query and scope["method"] == "GET":
            address = f"{address}?{query}"
        return f"sign-in?to={quote(address, safe='')}" if address and self._addresses.fullmatch(address) else "sign-in"


def address_pattern(entities: Collection[str]) -> re.Pattern[str]:
    """Return what matches an address of one of our pages, relative to any page: nothing that leads elsewhere."""
    pages = "|".join([*entities, *_OTHER_PAGES])
    return re.compile(rf"(?=.{{0,{_LONGEST_ADDRESS}}}\Z)(?:{pages})(?:\?[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*)?")
