"""Middleware for every request, also for those that no route answers. Plain ASGI, for HTTP only."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from litestar.types import ASGIApp

from service.http.asgi import App
from service.http.middleware.access_log import log_access
from service.http.middleware.deadline import keep_deadline
from service.http.middleware.exact_routing import route_exactly
from service.http.middleware.malformed import refuse_malformed
from service.http.middleware.response_headers import add_headers
from service.http.unavailable import CauseLog

if TYPE_CHECKING:  # a function has none, and does not load it
    from service.http.middleware.admission import Admission


def wrap_middleware(
    app: ASGIApp,
    *,
    trusted_hops: int,
    draining: Callable[[], bool],
    causes: CauseLog,
    admission: "Admission | None",
    shows_subject: bool,
) -> ASGIApp:
    """Return the app with request ids, headers, admission control, a log line a request, exact routing, and a deadline.

    What is malformed is refused within the routing, which leaves out the body of an answer to HEAD. A request that
    admission control refuses has no log line of its own.
    """
    routed = route_exactly(refuse_malformed(keep_deadline(cast(App, app))))
    logged = log_access(routed, trusted_hops, causes, shows_subject=shows_subject)
    return cast(ASGIApp, add_headers(admission.wrap(logged) if admission else logged, draining))
