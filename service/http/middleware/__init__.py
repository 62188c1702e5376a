"""What surrounds every request, whichever route answers it, and also where none does. Plain ASGI, for HTTP only."""

from collections.abc import Callable
from typing import cast

from litestar.types import ASGIApp

from service.http.asgi import App
from service.http.middleware.access_log import log_access
from service.http.middleware.deadline import keep_deadline
from service.http.middleware.exact_routing import route_exactly
from service.http.middleware.malformed import refuse_malformed
from service.http.middleware.response_headers import add_headers
from service.http.unavailable import CauseLog


def surround(app: ASGIApp, *, trusted_hops: int, draining: Callable[[], bool], causes: CauseLog) -> ASGIApp:
    """The app with request ids, headers, a log line a request, exact routing, and a deadline.

    Refusing what is malformed comes within the routing, which leaves out the body of an answer to HEAD.
    """
    routed = route_exactly(refuse_malformed(keep_deadline(cast(App, app))))
    return cast(ASGIApp, log_access(add_headers(routed, draining), trusted_hops, causes))
