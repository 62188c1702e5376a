"""Who sends a request, and what they may do: what the application knows of tokens, with no technology in it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """What a token says about its sender."""

    caller: str
    """Names one caller of all issuers: the issuer, and `sub`, or `client_id` without `sub`."""
    subject: str
    """`sub`, or `client_id` without `sub`: what the log shows."""
    scopes: frozenset[str]
    expires: float
    """When the token expires, in seconds of Unix."""


class TokenVerifier(ABC):
    """Checks the tokens of one issuer for one audience."""

    @abstractmethod
    async def verify(self, token: str) -> Identity:
        """Return what a token says. Raises `InvalidToken`, or `IssuerUnavailable` where no keys are known."""

    @abstractmethod
    async def prepare(self) -> None:
        """Load what the first token would wait for. It raises nothing: an issuer that is out is met by requests."""


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What a browser is sent to the identity provider with, and what must come back from there."""

    state: str
    nonce: str
    code_verifier: str
    """The secret of PKCE (RFC 7636)."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has signed in, what the provider calls them, and where they sign out of it: empty where it has no such place.

    The identity is that of the access token: it says what the person may do.
    """

    identity: Identity
    name: str
    sign_out_url: str


class IdentityProvider(ABC):
    """Where people sign in: the issuer, by the authorization code flow of OpenID Connect."""

    @abstractmethod
    async def sign_in_url(self, request: SignInRequest) -> str:
        """Return where a browser is sent to sign in. Raises `IssuerUnavailable`."""

    @abstractmethod
    async def redeem(self, code: str, request: SignInRequest) -> SignedIn:
        """Exchange the code that the browser came back with. Raises `SignInFailed` or `IssuerUnavailable`."""
