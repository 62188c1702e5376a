"""How authentication is put together. Imported only where it is on."""

from collections.abc import Callable, Sequence
from time import time
from typing import TYPE_CHECKING

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Factory, Object, Singleton
from litestar.handlers import HTTPRouteHandler

from containers.settings import Settings
from service.adapters.oidc.issuer import Issuer
from service.adapters.oidc.key_cache import KeyCache
from service.adapters.oidc.provider import Client, OidcProvider
from service.adapters.oidc.verifier import OidcTokenVerifier
from service.domain.entities import ENTITIES
from service.http.auth.authentication import Authentication
from service.http.auth.bearer import BearerTokens
from service.http.auth.metadata import PATH, metadata_route
from service.http.auth.pages import NoSignIn, PageAccess, WithSignIn
from service.http.auth.scopes import scopes_of
from service.http.auth.sessions import Sessions
from service.http.auth.sign_in import SignIn
from service.http.pages.site import Site

if TYPE_CHECKING:
    from service.http.openapi.security import Security

Now = Callable[[], float]


def _public_url(settings: Settings) -> str:
    return (settings.public_url or "").removesuffix("/")


def _scopes(settings: Settings) -> list[str]:
    """Return the scopes of what this process serves, as the issuer calls them."""
    served = (entity for entity in ENTITIES if entity in settings.services)
    return [f"{settings.auth_scope_prefix}{scope}" for scope in scopes_of(served)]


def _verifier(settings: Settings, keys: KeyCache, now: Now) -> OidcTokenVerifier:
    issuer, audience = settings.auth_issuer or "", settings.auth_audience or ""
    return OidcTokenVerifier(issuer, audience, settings.auth_scope_prefix, keys, now)


def _bearer(settings: Settings, verifier: OidcTokenVerifier) -> BearerTokens:
    public_url = _public_url(settings)
    return BearerTokens(verifier, settings.auth_scope_prefix, f"{public_url}{PATH}" if public_url else None)


def _sessions(settings: Settings, secrets: Sequence[str], now: Now) -> Sessions | None:
    return Sessions(secrets, _public_url(settings), scopes_of(ENTITIES), now) if settings.auth_client_id else None


def _access(settings: Settings, sessions: Sessions | None) -> PageAccess:
    return WithSignIn(sessions, settings.services) if sessions else NoSignIn()


def _sign_in_routes(
    site: Site,
    settings: Settings,
    secrets: Sequence[str],
    issuer: Issuer,
    verifier: OidcTokenVerifier,
    sessions: Sessions | None,
    now: Now,
) -> list[HTTPRouteHandler]:
    if sessions is None or settings.auth_client_id is None:
        return []
    secret = settings.auth_client_secret
    client = Client(settings.auth_client_id, secret.get_secret_value() if secret else None, _public_url(settings))
    provider = OidcProvider(issuer, verifier, client, settings.auth_audience or "", _scopes(settings))
    return SignIn(
        provider,
        sessions,
        site,
        secret_keys=secrets,
        public_url=client.public_url,
        issuer=issuer.url,
        trusted_hops=settings.trusted_hops,
        now=now,
    ).routes()


def _authentication(
    site: Site,
    settings: Settings,
    bearer: BearerTokens,
    access: PageAccess,
    verifier: OidcTokenVerifier,
    sign_in_routes: Callable[[Site], list[HTTPRouteHandler]],
) -> Authentication:
    resource = _public_url(settings) or settings.auth_audience or ""
    metadata = metadata_route(resource, settings.auth_issuer or "", _scopes(settings))
    # A function loads what the first token needs with the first token.
    on_startup = [verifier.prepare] if settings.serves_many else []

    def security() -> "Security":
        from service.http.openapi.security import Security  # noqa: PLC0415  # most processes are never asked

        return Security(settings.auth_issuer or "", settings.auth_scope_prefix, settings.auth_client_id is not None)

    return Authentication(bearer, access, [metadata, *sign_in_routes(site)], security, on_startup)


class AuthenticationContainer(DeclarativeContainer):
    """Gives `access`, which the pages need, and from their frame `authentication`."""

    settings = Dependency(instance_of=Settings)
    secrets: Dependency[Sequence[str]] = Dependency()
    """The present secret, and the one before it, if any."""
    now: Object[Now] = Object(time)
    """Returns the seconds of Unix, by which tokens and sessions expire."""

    issuer = Singleton(Issuer, settings.provided.auth_issuer, settings.provided.auth_jwks, now)
    keys = Singleton(KeyCache, issuer.provided.keys, now)
    verifier = Singleton(_verifier, settings, keys, now)
    bearer = Singleton(_bearer, settings, verifier)
    sessions = Singleton(_sessions, settings, secrets, now)
    access = Singleton(_access, settings, sessions)
    sign_in_routes = Factory(
        _sign_in_routes,
        settings=settings,
        secrets=secrets,
        issuer=issuer,
        verifier=verifier,
        sessions=sessions,
        now=now,
    )
    authentication = Factory(
        _authentication,
        settings=settings,
        bearer=bearer,
        access=access,
        verifier=verifier,
        sign_in_routes=sign_in_routes.provider,
    )
