"""The one place where Litestar is put together."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, Self

from litestar import Litestar, get
from litestar.events import BaseEventEmitterBackend
from litestar.handlers import HTTPRouteHandler
from litestar.plugins import PluginProtocol

from service.application.health import CheckReadiness
from service.application.ports import Repository
from service.http.answers import Answer
from service.http.failures import exception_handlers
from service.http.health import HealthApi
from service.http.middleware import wrap_middleware
from service.http.unavailable import CauseLog

if TYPE_CHECKING:  # not every process has them, and loads them
    from service.http.auth.authentication import Authentication
    from service.http.middleware.admission import Admission


class PlainLitestar(Litestar):
    """Litestar without the plugins that it adds by itself, for models of msgspec, Pydantic and attrs: we have none.

    Pydantic's loads all of `pydantic.v1`, which is 5% of a function's cold start.
    """

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return plugins


class NoEvents(BaseEventEmitterBackend):
    """What Litestar sends events with. Nothing here has any, and its own would keep tasks of anyio's for them."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def emit(self, event_id: str, *_: Any, **__: Any) -> None:
        raise NotImplementedError(event_id)


class Api(Protocol):
    """A part of the service that has routes."""

    def routes(self) -> list[HTTPRouteHandler]: ...


def create_app(
    apis: Mapping[str, Api],
    health: HealthApi,
    readiness: CheckReadiness,
    pages: Api,
    repositories: Mapping[str, Repository[Any]],
    *,
    trusted_hops: int,
    version: str,
    admission: "Admission | None" = None,
    authentication: "Authentication | None" = None,
) -> Litestar:
    """The application that serves these APIs, by name, and pages, and closes these repositories when it stops.

    `trusted_hops` is how many proxies in front of it are ours. Without `admission` no request is refused for the load,
    and without `authentication` none for its sender.
    """
    parts = (*apis.values(), health, pages, *([authentication] if authentication else []))
    handlers = [handler for part in parts for handler in part.routes()]
    causes = CauseLog()
    app = PlainLitestar(
        [*handlers, _schema(apis, version, authentication)],
        before_request=authentication.check if authentication else None,
        exception_handlers=exception_handlers(),
        on_startup=authentication.on_startup if authentication else None,
        on_shutdown=[*(repository.close for repository in repositories.values()), causes.flush],
        event_emitter_backend=NoEvents,
        logging_config=None,
        openapi_config=None,
        request_max_body_size=None,  # `bodies` has a limit of its own
    )
    app.asgi_handler = wrap_middleware(
        app.asgi_handler,
        trusted_hops=trusted_hops,
        draining=lambda: readiness.draining,
        causes=causes,
        admission=admission,
        shows_subject=authentication is not None,
    )
    return app


def _schema(apis: Collection[str], version: str, authentication: "Authentication | None") -> HTTPRouteHandler:
    @cache
    def document() -> bytes:
        from service.http.openapi.document import openapi_document  # noqa: PLC0415  # most processes are never asked

        return openapi_document(apis, version, authentication.security() if authentication else None)

    @get("/schema/openapi.json", sync_to_thread=False)
    def openapi() -> Answer:
        return Answer(document(), media_type="application/vnd.oai.openapi+json")

    return openapi
