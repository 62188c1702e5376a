"""Where credentials come from, as the environment of the process says, without botocore.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from math import inf
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from service.adapters.aws.answers import PROXY_OR_ENDPOINT, NotFromAws
from service.adapters.aws.connection import NoAnswer, Unreachable, connect
from service.adapters.aws.credentials import Credentials, CredentialsUnavailable, Fetch
from service.adapters.aws.endpoint import EndpointUnusable, endpoint_at
from service.adapters.aws.responses import Response

_KEY: Final = "AWS_ACCESS_KEY_ID"
_SECRET: Final = "AWS_SECRET_ACCESS_KEY"  # noqa: S105  # its variable
RELATIVE: Final = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL: Final = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN: Final = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  # its variable
_ECS: Final = "http://169.254.170.2"
# Where http is allowed: ECS, EKS Pod Identity, and this machine.
_PLAIN_HOSTS: Final = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost"}
# Those that the SDK asks before a container's, or that the SDK alone can use.
_OTHER_SOURCES: Final = ("AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")
_OK, _SERVER_ERROR = 200, 500


class _Issued(msgspec.Struct, rename="pascal"):
    access_key_id: str
    secret_access_key: str
    token: str | None = None
    expiration: datetime | None = None


def credentials_of(environ: Mapping[str, str], ca_file: str | None) -> Fetch | None:
    """How to fetch the credentials that the environment names; None where only the SDK knows.

    Lambda names them in variables; ECS, EKS Pod Identity and a function with SnapStart by a container's endpoint.
    """
    if environ.get(_KEY) or environ.get(_SECRET):
        return lambda: _from_variables(environ)
    if not any(map(environ.get, _OTHER_SOURCES)) and (environ.get(RELATIVE) or environ.get(FULL)):
        return lambda: _from_container(environ, ca_file)
    return None


async def _from_variables(environ: Mapping[str, str]) -> Credentials:
    for name in (_KEY, _SECRET):
        if not environ.get(name):
            raise CredentialsUnavailable(f"no credentials: the environment variable {name} is missing")
    return Credentials(environ[_KEY], environ[_SECRET], environ.get("AWS_SESSION_TOKEN", ""))


async def _from_container(environ: Mapping[str, str], ca_file: str | None) -> Credentials:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html"""
    variable = RELATIVE if environ.get(RELATIVE) else FULL
    url = f"{_ECS}{environ[RELATIVE]}" if variable == RELATIVE else environ[FULL]
    try:
        endpoint = endpoint_at(url, variable, ca_file)
        if endpoint.tls is None and not _may_be_plain(endpoint.host):
            raise EndpointUnusable(f"{variable}={url} must be https, or an address of ECS, EKS or this machine")
        parts = urlsplit(url)
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        lines = [f"GET {target} HTTP/1.1", f"host: {endpoint.authority}", "accept: application/json"]
        token = _authorization(environ)
        lines += [f"authorization: {token}"] if token else []
        connection = await connect(endpoint)
        try:
            response = await connection.exchange("\r\n".join([*lines, "", ""]).encode())
        finally:
            connection.abort()
    except (Unreachable, NoAnswer) as error:
        raise CredentialsUnavailable(f"no credentials from {url}: {error}", passes=True) from None
    except (EndpointUnusable, NotFromAws, OSError) as error:
        raise CredentialsUnavailable(f"no credentials from {url}: {error}") from None
    return _read(response, url)


def _may_be_plain(host: str) -> bool:
    try:
        return host in _PLAIN_HOSTS or ip_address(host).is_loopback
    except ValueError:
        return False


def _authorization(environ: Mapping[str, str]) -> str:
    """The token, which Kubernetes replaces in its file. Raises `OSError`."""
    file = environ.get(f"{_TOKEN}_FILE")
    token = Path(file).read_text(encoding="utf-8") if file else environ.get(_TOKEN, "")
    if "\r" in token.strip() or "\n" in token.strip():
        raise OSError(f"{_TOKEN}{'_FILE' if file else ''} has more than one line")
    return token.strip()


def _read(response: Response, url: str) -> Credentials:
    described = f"no credentials from {url}: status {response.status}"
    if response.status != _OK:
        passes = response.status >= _SERVER_ERROR
        raise CredentialsUnavailable(f"{described}; check the role of this process", passes=passes)
    try:
        found = msgspec.json.decode(response.body, type=_Issued)
    except ValueError:  # whose text may contain a part of them
        raise CredentialsUnavailable(f"{described} and not the form of credentials; {PROXY_OR_ENDPOINT}") from None
    expires = found.expiration.timestamp() if found.expiration else inf
    return Credentials(found.access_key_id, found.secret_access_key, found.token or "", expires)
