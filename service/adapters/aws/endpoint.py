"""Where a service of AWS is reached, as the SDK's environment variables say.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

# The suffixes of AWS's partitions, by what their regions begin with. Others have to be reached by AWS_ENDPOINT_URL.
_SUFFIXES: Final = {"cn-": "amazonaws.com.cn", "eusc-": "amazonaws.eu", "us-iso": "", "eu-isoe-": ""}
_UNSUPPORTED: Final = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")


class EndpointUnusable(Exception):
    """The environment asks for an endpoint that cannot be used; the text names the variable."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server, and how its certificate is checked, if it has one."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None

    @property
    def authority(self) -> str:
        """As the header `host` names it: without the port that is usual."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def endpoint_of(environ: Mapping[str, str], service: str, region: str, ca_file: str | None) -> Endpoint:
    """Where the environment says that a service is. Raises `EndpointUnusable`.

    `ca_file` has the certificates that are trusted where AWS_CA_BUNDLE names no other file; without it, the system's.
    """
    variable, url = _configured(environ, service)
    if not url:
        variable, url = "AWS_REGION", f"https://{_host(environ, service, region)}"
    endpoint = endpoint_at(url, variable, environ.get("AWS_CA_BUNDLE") or ca_file)
    if urlsplit(url).path.strip("/"):
        raise EndpointUnusable(f"{variable}={url} has a path")
    _refuse_proxy(environ, endpoint)
    return endpoint


def endpoint_at(url: str, variable: str, ca_file: str | None) -> Endpoint:
    """The server of a URL, which came from that variable. Raises `EndpointUnusable`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise EndpointUnusable(f"{variable}={url} is not a URL: {error}") from error
    if parts.username is not None:
        raise EndpointUnusable(f"{variable} has credentials in its URL")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise EndpointUnusable(f"{variable}={url} is not a URL of the form https://host:port")
    if parts.scheme == "http":
        return Endpoint(parts.hostname, port or 80)
    try:
        tls = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise EndpointUnusable(f"AWS_CA_BUNDLE={ca_file} cannot be read: {error}") from error
    return Endpoint(parts.hostname, port or 443, tls)


def _configured(environ: Mapping[str, str], service: str) -> tuple[str, str]:
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return "", ""
    for variable in (f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL"):
        if environ.get(variable):
            return variable, environ[variable]
    return "", ""


def _host(environ: Mapping[str, str], service: str, region: str) -> str:
    for variable in _UNSUPPORTED:
        if environ.get(variable, "").lower() == "true":
            raise EndpointUnusable(f"{variable} is not supported: name the endpoint in AWS_ENDPOINT_URL_DYNAMODB")
    if not region.replace("-", "").isalnum() or not region.isascii():
        raise EndpointUnusable(f"AWS_REGION={region!r} is not a region")
    suffix = next((suffix for prefix, suffix in _SUFFIXES.items() if region.startswith(prefix)), "amazonaws.com")
    if not suffix:
        raise EndpointUnusable(f"the region {region} is not known: name its endpoint in AWS_ENDPOINT_URL_DYNAMODB")
    return f"{service}.{region}.{suffix}"


def _refuse_proxy(environ: Mapping[str, str], endpoint: Endpoint) -> None:
    """A proxy that the environment names was meant to be used, so it is not bypassed without a word."""
    scheme = "https" if endpoint.tls else "http"
    variable = next((name for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()) if environ.get(name)), None)
    if variable is None:
        return
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # noqa: PLC0415  # large

    exceptions = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if not proxy_bypass_environment(endpoint.host, {"no": exceptions}):
        raise EndpointUnusable(f"{variable} is not supported: add {endpoint.host} to NO_PROXY, or use a VPC endpoint")
