"""Bearer tokens of the API (RFC 6750)."""

from collections.abc import Iterable
from typing import Final

from service.application.authentication import Identity, TokenVerifier
from service.domain.errors import InvalidToken
from service.http.problems import INSUFFICIENT_SCOPE, UNAUTHENTICATED, Refused

REALM: Final = "shapeshift"

CHALLENGE: Final = {"WWW-Authenticate": f'Bearer realm="{REALM}"'}
"""What a 401 has at least."""

_HOW: Final = "Send the header Authorization: Bearer <token>, once."


class BearerTokens:
    """Reads the token of a request and asks what it allows."""

    def __init__(self, verifier: TokenVerifier, scope_prefix: str, metadata_url: str | None) -> None:
        """`scope_prefix` is what the issuer puts before our scopes; `metadata_url` is where RFC 9728's document is."""
        self._verifier = verifier
        self._scope_prefix = scope_prefix
        self._challenge = CHALLENGE["WWW-Authenticate"]
        if metadata_url:
            self._challenge += f', resource_metadata="{metadata_url}"'

    async def identify(self, headers: Iterable[tuple[bytes, bytes]], needed: str) -> Identity:
        """Return whose request this is. Raises `Refused` without a good token with that scope, `IssuerUnavailable`."""
        token = self._token(headers)
        try:
            identity = await self._verifier.verify(token)
        except InvalidToken as error:
            raise self._refused(str(error), 'error="invalid_token"') from None
        if needed not in identity.scopes:
            scope = f"{self._scope_prefix}{needed}"
            challenge = f'{self._challenge}, error="insufficient_scope", scope="{scope}"'
            detail = f"The token does not have the scope {scope}."
            raise Refused(INSUFFICIENT_SCOPE, detail, **{"WWW-Authenticate": challenge})
        return identity

    def _token(self, headers: Iterable[tuple[bytes, bytes]]) -> str:
        given = [value for name, value in headers if name == b"authorization"]
        # Some event sources join repeated headers with a comma, which no token contains.
        if len(given) > 1 or any(b"," in value for value in given):
            raise self._refused(f"There is more than one Authorization header. {_HOW}")
        scheme, _, token = given[0].decode("latin-1").strip().partition(" ") if given else ("", "", "")
        if scheme.lower() != "bearer" or not token.strip():
            raise self._refused(f"There is no bearer token. {_HOW}")
        return token.strip()

    def _refused(self, detail: str, error: str = "") -> Refused:
        challenge = f"{self._challenge}, {error}" if error else self._challenge
        return Refused(UNAUTHENTICATED, detail, **{"WWW-Authenticate": challenge})
