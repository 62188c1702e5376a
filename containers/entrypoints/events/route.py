"""Which part of a path belongs to the application, by what API Gateway says of the route that it matched.

Before the application's own path may stand a stage, or the base path that a custom domain maps to the API, of one or
more segments. No member of an event names a base path, and one may be called like a stage or like a path of ours:

| entrance                             | v1: `path`        | v1: `requestContext.path` | v2: `rawPath`     |
|--------------------------------------|-------------------|---------------------------|-------------------|
| API's own domain, stage `$default`   | `/api/users`      | `/api/users`              | `/api/users`      |
| API's own domain, stage `prod`       | `/api/users`      | `/prod/api/users`         | `/prod/api/users` |
| custom domain without a base path    | `/api/users`      | `/api/users`              | `/api/users`      |
| custom domain, base path `shop`      | `/shop/api/users` | `/shop/api/users`         | `/shop/api/users` |
| custom domain, mapping without stage | `/prod/api/users` | `/prod/api/users`         | (a mapping has a stage) |

An HTTP API with payload 1.0 has the stage in both paths. In each case the path of the route that was matched
(`resource`, `routeKey`), its parameters filled in, is the end of the path, and only what stands before that end is not
ours. The path itself is kept as it was sent: gateways leave a last slash out of the parameters.

Sources: "Working with AWS Lambda proxy integrations" for HTTP APIs and for REST APIs, "Custom domain names" and "Use
API mappings" (docs.aws.amazon.com/apigateway).
"""

from typing import NamedTuple
from urllib.parse import unquote

from containers.entrypoints.events.reading import JsonObject


class Address(NamedTuple):
    """A path with what API Gateway says of how it came."""

    path: str
    """Decoded as often as the caller has encoded it."""
    whole: str
    """The path as the caller sees it, with stage or base path."""
    template: str
    """The path of the route, such as `/api/{proxy+}`, or `$default`."""
    parameters: JsonObject
    stage: str
    domain: str


def own_path(address: Address) -> str:
    """The path below stage and base path; empty if the caller has asked for these without a slash after them.

    What the event does not prove to be a prefix is part of the path.
    """
    path = address.path
    values = dict(address.parameters.all_pairs())
    if address.template.startswith("/"):
        for decode in (str, unquote):  # parameters are documented as decoded; some emulators do not decode them
            prefix = _before(path, _filled(address.template, {name: decode(value) for name, value in values.items()}))
            if prefix is not None:
                return path[len(prefix) :]
    return _without_stage(address)


def _before(path: str, end: str | None) -> str | None:
    """What stands before that end of the path, whole segments; nothing if the path has another end."""
    if end is None or not path.rstrip("/").endswith(end.rstrip("/")):
        return None
    return path.rstrip("/").removesuffix(end.rstrip("/")).rstrip("/")


def _filled(template: str, values: dict[str, str]) -> str | None:
    """The template with its parameters filled in, unless one is missing."""
    names = {segment: segment[1:-1].removesuffix("+") for segment in template.split("/") if segment.startswith("{")}
    if not values.keys() >= {*names.values()}:
        return None
    return "/".join(values[names[segment]] if segment in names else segment for segment in template.split("/"))


def _without_stage(address: Address) -> str:
    """The path without the stage, which only an API's own domain has in its addresses."""
    prefix = f"/{address.stage}"
    is_named = address.stage not in {"", "$default"}
    is_own_domain = not address.domain or ".execute-api." in address.domain
    has_stage = address.path == address.whole and f"{address.path}/".startswith(f"{prefix}/")
    return address.path[len(prefix) :] if is_named and is_own_domain and has_stage else address.path
