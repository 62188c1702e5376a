"""Errors in words: what is wrong, where, and what to do."""

from collections.abc import Sequence
from typing import Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

_SIGN_IN: Final = "Sign in (aws sso login, or aws configure), or name a profile with --profile."
_EXPIRED: Final = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN: Final = {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "AuthFailure"}
_DENIED: Final = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
_THROTTLED: Final = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}

_NO_RESPONSE: Final = (
    ((NoCredentialsError, PartialCredentialsError), "There are no credentials for AWS.", _SIGN_IN),
    ((SSOTokenLoadError, TokenRetrievalError, UnauthorizedSSOTokenError), "Your sign-in has expired.", _SIGN_IN),
    ((NoRegionError,), "No region is chosen.", "Give --region, or set AWS_REGION."),
    ((ProfileNotFound,), "", "This lists your profiles: aws configure list-profiles"),
    ((EndpointConnectionError,), "", "Check the network, the name of the region, and AWS_ENDPOINT_URL."),
)


class DeployError(Exception):
    """The command cannot do what was asked. The message is for the person who runs it."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what}\n{remedy}" if remedy else what)


class Problems(DeployError):
    """Everything that prevents a run, reported at once and before anything is changed."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(["Nothing was changed, because:", *(f"  - {problem}" for problem in problems)]))


def in_words(error: BotoCoreError | ClientError) -> DeployError:
    """Return an error response of AWS, or the lack of a response, in words."""
    if isinstance(error, ClientError):
        return _error_response(error)
    for kinds, what, remedy in _NO_RESPONSE:
        if isinstance(error, kinds):
            return DeployError(what or f"{error}.", remedy)
    return DeployError(f"AWS could not be called: {error}")


def code(error: ClientError) -> str:
    """Return the code of an error response."""
    return str(error.response["Error"]["Code"])


def message(error: ClientError) -> str:
    """Return the message of an error response."""
    return str(error.response["Error"].get("Message", ""))


def _error_response(error: ClientError) -> DeployError:
    name = code(error)
    response: Any = error.response
    where = f"{error.operation_name} was refused ({name}): {message(error) or 'no reason is given'}"
    if name in _EXPIRED:
        return DeployError("Your credentials have expired.", _SIGN_IN)
    if name in _UNKNOWN:
        return DeployError("AWS does not know these credentials.", _SIGN_IN)
    if name in _DENIED:
        return DeployError(where, "deploy/policy.json is a policy that suffices; deploy/README.md explains it.")
    if name in _THROTTLED:
        return DeployError(where, "AWS limits requests. Run the same command again; it continues where it stopped.")
    if response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:  # noqa: PLR2004
        return DeployError(where, "AWS failed. Run the same command again; it continues where it stopped.")
    return DeployError(where)
