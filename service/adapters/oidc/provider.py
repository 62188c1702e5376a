"""Signing people in at the issuer: the authorization code flow of OpenID Connect Core 1.0, with PKCE (RFC 7636)."""

import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import structlog

from service.adapters.oidc.issuer import Issuer, Metadata
from service.adapters.oidc.requests import Answer, send
from service.adapters.oidc.verifier import OidcTokenVerifier
from service.application.authentication import IdentityProvider, SignedIn, SignInRequest
from service.application.deadline import waiting_for
from service.application.ports import IssuerTrouble
from service.domain.errors import InvalidToken, IssuerUnavailable, SignInFailed

_NAMES: Final = ("preferred_username", "name", "email")
_OK, _SERVER_ERROR = 200, 500

logger = structlog.get_logger("shapeshift.auth")


@dataclass(frozen=True, slots=True)
class Client:
    """This service, as the issuer knows it. It is a public client where it has no secret."""

    id: str
    secret: str | None = field(repr=False)
    public_url: str
    """Where browsers reach it, without a slash at the end."""

    @property
    def redirect_uri(self) -> str:
        """Where a browser comes back to from the issuer."""
        return f"{self.public_url}/signed-in"


class OidcProvider(IdentityProvider):
    """The issuer, as a place to sign in."""

    def __init__(
        self, issuer: Issuer, verifier: OidcTokenVerifier, client: Client, audience: str, scopes: Sequence[str]
    ) -> None:
        """`scopes` are asked for, as the issuer calls them."""
        self._issuer = issuer
        self._verifier = verifier
        self._client = client
        self._scopes = " ".join(("openid", *scopes))
        # What the access token is for. Auth0 reads it from `audience`, others from `resource`, which has to be a URI
        # (RFC 8707). Entra ID refuses `resource`; its audiences are no such URIs.
        self._target = {"resource": audience} if audience.startswith(("https://", "http://", "urn:")) else {}
        self._asked_for = {"audience": audience, **self._target}

    async def sign_in_url(self, request: SignInRequest) -> str:
        endpoint = self._issuer.endpoint(await self._metadata(), "authorization_endpoint")
        challenge = urlsafe_b64encode(sha256(request.code_verifier.encode()).digest()).decode().rstrip("=")
        return _with_query(
            endpoint,
            response_type="code",
            client_id=self._client.id,
            redirect_uri=self._client.redirect_uri,
            scope=self._scopes,
            state=request.state,
            nonce=request.nonce,
            code_challenge=challenge,
            code_challenge_method="S256",
            **self._asked_for,
        )

    async def redeem(self, code: str, request: SignInRequest) -> SignedIn:
        metadata = await self._metadata()
        tokens = await self._tokens(metadata, code, request.code_verifier)
        try:
            who = await self._verifier.claims(tokens["id_token"], self._client.id)
            identity = await self._verifier.verify(tokens["access_token"])
        except (KeyError, TypeError, AttributeError):
            raise self._failed("it did not return the tokens that were asked for") from None
        except InvalidToken as error:
            reason = str(error).removesuffix(".")
            raise self._failed(f"one of its tokens was not accepted. {reason}") from None
        nonce = who.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), request.nonce.encode()):
            raise SignInFailed("The identity provider has answered another sign-in. Sign in again.")
        name = next((who[each] for each in _NAMES if isinstance(who.get(each), str) and who[each]), identity.subject)
        return SignedIn(identity, name, self._sign_out_url(metadata))

    async def _metadata(self) -> Metadata:
        waiting_for("the metadata of the issuer")
        try:
            return await self._issuer.metadata()
        except IssuerTrouble as trouble:
            raise IssuerUnavailable from trouble
        finally:
            waiting_for("")

    async def _tokens(self, metadata: Metadata, code: str, code_verifier: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.redirect_uri,
            "code_verifier": code_verifier,
            **self._target,
        }
        headers, credentials = self._credentials(metadata)
        waiting_for("the tokens of the issuer")
        try:
            endpoint = self._issuer.endpoint(metadata, "token_endpoint")
            answer = await send(endpoint, urlencode({**form, **credentials}), **headers)
            if answer.status >= _SERVER_ERROR:
                raise IssuerTrouble(f"{endpoint} returned status {answer.status}")
        except IssuerTrouble as trouble:
            raise IssuerUnavailable from trouble
        finally:
            waiting_for("")
        if answer.status != _OK:
            raise self._failed(f"it did not accept the sign-in ({_error_of(answer)})")
        return answer.content

    def _credentials(self, metadata: Metadata) -> tuple[dict[str, str], dict[str, str]]:
        """Return what identifies this client to the token endpoint: headers, and fields (RFC 6749, 2.3.1)."""
        client = self._client
        if client.secret is None:
            return {}, {"client_id": client.id}
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" not in methods:
            return {}, {"client_id": client.id, "client_secret": client.secret}
        pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
        return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}, {}

    def _failed(self, reason: str) -> SignInFailed:
        """Return the failure of a sign-in whose cause is perhaps a setting, here or at the issuer."""
        logger.warning("sign-in failed", issuer=self._issuer.url, cause=reason)
        return SignInFailed(f"The identity provider cannot be used: {reason}.")

    def _sign_out_url(self, metadata: Metadata) -> str:
        """Return where people sign out of the issuer, and come back from (OpenID Connect RP-Initiated Logout 1.0)."""
        try:
            endpoint = self._issuer.endpoint(metadata, "end_session_endpoint")
        except IssuerTrouble:
            return ""
        back = f"{self._client.public_url}/"
        # Cognito calls it `logout_uri`.
        return _with_query(endpoint, client_id=self._client.id, post_logout_redirect_uri=back, logout_uri=back)


def _with_query(url: str, **query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _error_of(answer: Answer) -> str:
    """Return the error code of RFC 6749, 5.2, if it is one."""
    error = answer.content.get("error")
    fits = isinstance(error, str) and error.replace("_", "").isalnum() and error.isascii()
    return str(error)[:40] if fits else f"status {answer.status}"
