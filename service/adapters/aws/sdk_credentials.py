"""Credentials from wherever botocore finds them: profiles, SSO, a web identity (IRSA), EC2's metadata."""

import asyncio
from time import monotonic, time
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

from service.adapters.aws.answers import PROXY_OR_ENDPOINT, NotFromAws
from service.adapters.aws.credentials import FETCH_SECONDS, Credentials, CredentialsUnavailable, Fetch
from service.adapters.aws.time_limit import time_limit

_SERVER_ERROR: Final = 500
_VALID_SECONDS: Final = 60.0
"""How long they are used before botocore is asked again, which itself renews them ten minutes before they expire."""


def sdk_credentials(session: Any) -> Fetch:
    """How to fetch the credentials of a session of botocore, whose calls obey `time_limit`."""

    async def fetch() -> Credentials:
        return await asyncio.to_thread(_read, session)

    return fetch


def _read(session: Any) -> Credentials:
    try:
        with time_limit(monotonic() + FETCH_SECONDS):
            found = session.get_credentials()
            if found is None:
                raise CredentialsUnavailable("no credentials: no variables, container, profile or EC2 role has any")
            frozen = found.get_frozen_credentials()
    except ClientError as error:
        details = error.response["Error"]
        text = f"no credentials: {details['Code']}: {details['Message']}; check the role of this process"
        passes = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER_ERROR
        raise CredentialsUnavailable(text, passes=passes) from None
    except (BotoCoreError, TimeoutError) as error:
        passes = isinstance(error, TimeoutError | ConnectionClosedError)
        raise CredentialsUnavailable(f"no credentials: {error}", passes=passes) from None
    except (NotFromAws, ResponseParserError):  # the parser's text contains the response, which may hold credentials
        raise CredentialsUnavailable(f"no credentials in the form that is AWS's; {PROXY_OR_ENDPOINT}") from None
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token or "", time() + _VALID_SECONDS)
