"""What can go wrong, told to people: what is wrong, where, and what to do."""

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

_UNANSWERED: Final = (
    ((NoCredentialsError, PartialCredentialsError), "There are no credentials for AWS.", _SIGN_IN),
    ((SSOTokenLoadError, TokenRetrievalError, UnauthorizedSSOTokenError), "Your sign-in has expired.", _SIGN_IN),
    ((NoRegionError,), "No region is chosen.", "Give --region, or set AWS_REGION."),
    ((ProfileNotFound,), "", "The profiles that there are: aws configure list-profiles"),
    ((EndpointConnectionError,), "", "Is the network up, the region's name right, and AWS_ENDPOINT_URL meant?"),
)


class DeployError(Exception):
    """The command cannot do what it is asked; the message is for the person who asked."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what}\n{remedy}" if remedy else what)


class Problems(DeployError):
    """Everything that stands in the way, told at once and before anything is changed."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(["Nothing was changed, because:", *(f"  - {problem}" for problem in problems)]))


def in_words(error: BotoCoreError | ClientError) -> DeployError:
    """An answer of AWS, or the lack of one, in words."""
    if isinstance(error, ClientError):
        return _refused(error)
    for kinds, what, remedy in _UNANSWERED:
        if isinstance(error, kinds):
            return DeployError(what or f"{error}.", remedy)
    return DeployError(f"AWS could not be asked: {error}")


def code(error: ClientError) -> str:
    """The name that AWS gives the refusal."""
    return str(error.response["Error"]["Code"])


def message(error: ClientError) -> str:
    """What AWS says about it."""
    return str(error.response["Error"].get("Message", ""))


def _refused(error: ClientError) -> DeployError:
    name = code(error)
    response: Any = error.response
    where = f"{error.operation_name} was refused ({name}): {message(error) or 'no reason is given'}"
    if name in _EXPIRED:
        return DeployError("Your credentials have expired.", _SIGN_IN)
    if name in _UNKNOWN:
        return DeployError("AWS does not know these credentials.", _SIGN_IN)
    if name in _DENIED:
        return DeployError(where, "deploy/README.md lists what the person who deploys must be allowed.")
    if name in _THROTTLED:
        return DeployError(where, "AWS was asked too often. Run the same command again; it continues where it stopped.")
    if response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:  # noqa: PLR2004
        return DeployError(where, "The fault is with AWS. Run the same command again; it continues where it stopped.")
    return DeployError(where)
