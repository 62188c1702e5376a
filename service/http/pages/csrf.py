"""Forms that only our own pages can send, on however many processes, with nothing kept on any."""

import hmac
import re
import secrets
from typing import Any, Final

from litestar import Request

from service.http.caller import caller_of
from service.http.derived_keys import derive_keys
from service.http.pages.origin import is_from_here
from service.http.problems import FOREIGN_FORM, Refused

_COOKIE: Final = "shapeshift-form"
_SEED: Final = re.compile(rf"(?:^|;)\s*{_COOKIE}=([A-Za-z0-9_-]{{22}})(?=\s*(?:;|$))")


class FormTokens:
    """A signed double submit: the cookie has a random seed, the form the signature of the seed and of who is signed in.

    Nobody can sign a cookie that they made up. Against a planted pair of cookie and token, a form must also come from
    our own origin. The cookie has no path and so gets that of the page's own directory, behind whichever prefix.
    """

    def __init__(self, secret: str, trusted_hops: int, *previous: str) -> None:
        """`trusted_hops` is how many proxies in front of this process are ours.

        `previous` secrets sign nothing, but forms that they signed can still be sent.
        """
        self._keys = derive_keys([secret, *previous], "the forms of the pages")
        self._trusted_hops = trusted_hops

    def issue(self, request: Request[Any, Any, Any]) -> tuple[str, dict[str, str]]:
        """The token for a page's forms, and the header that sets the cookie, where there is none."""
        seeds = _seeds(request)
        if seeds:
            return _sign(self._keys[0], seeds[0], request), {}
        seed = secrets.token_urlsafe(16)
        scheme = request.headers.get("x-forwarded-proto", request.scope["scheme"])
        secure = "; Secure" if scheme == "https" else ""
        return _sign(self._keys[0], seed, request), {"Set-Cookie": f"{_COOKIE}={seed}; HttpOnly; SameSite=Lax{secure}"}

    def check(self, request: Request[Any, Any, Any], token: str) -> None:
        """Raise `Refused` for a form that was not sent from a page of ours."""
        if not is_from_here(request.headers, self._trusted_hops):
            raise Refused(
                FOREIGN_FORM, "Nothing was changed. The form was sent from another address than that of this page."
            )
        good = [_sign(key, seed, request) for key in self._keys for seed in _seeds(request)]
        if not any(hmac.compare_digest(each.encode(), token.encode()) for each in good):
            raise Refused(FOREIGN_FORM, "Nothing was changed. Your browser must keep cookies for forms to work.")


def _sign(key: bytes, seed: str, request: Request[Any, Any, Any]) -> str:
    return hmac.digest(key, f"{seed}{caller_of(request.scope)}".encode(), "sha256").hex()


def _seeds(request: Request[Any, Any, Any]) -> list[str]:
    """Every seed that the browser sent: there may be one for this directory and one for its parent."""
    return _SEED.findall(request.headers.get("cookie", ""))
