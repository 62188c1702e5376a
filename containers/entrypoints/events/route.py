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

An HTTP API with payload 1.0 has the stage in both paths. AWS documents that `rawPath` has no base path, and users
report that it has the stage in its place, or the base path after all. In each case the path of the route that was
matched (`resource`, `routeKey`), its parameters filled in, is the end of the path, and only what stands before that end
is not ours. The path itself is kept as it was sent: gateways leave a last slash out of the parameters.

The route `$default` says nothing of a path. Then only a stage can be recognised: an API's own domain always has it, and
on a custom domain a first segment of that name is taken for it unless it is one of ours.

Sources: "Working with AWS Lambda proxy integrations" for HTTP APIs and for REST APIs, "Custom domain names" and "Use
API mappings" (docs.aws.amazon.com/apigateway).
"""

from typing import Final, NamedTuple
from urllib.parse import unquote

from containers.entrypoints.events.reading import JsonObject
from service.domain.entities import ENTITIES

OWN_SEGMENTS: Final = frozenset(("api", "health", "schema", "static", *ENTITIES))
"""The first segments of the application's own paths."""


class Address(NamedTuple):
    """A path with what API Gateway says of how it came."""

    path: str
    """Decoded as often as the caller has encoded it."""
    whole: str
    """The path as the caller sees it, with stage or base path."""
    template: str
    """The path of the route, such as `/api/{proxy+}`, or `$default`."""
    stage: str
    domain: str


def own_path(address: Address, event: JsonObject) -> str:
    """The path below stage and base path; empty if the caller has asked for these without a slash after them.

    What the event does not prove to be a prefix is part of the path.
    """
    if address.template.startswith("/"):
        values = dict(event.pairs("pathParameters"))
        prefix = _before(address.path, _filled(address.template, values))
        if prefix is None:  # parameters are documented as decoded, but some emulators do not decode them
            decoded = {name: unquote(value) for name, value in values.items()}
            prefix = _before(address.path, _filled(address.template, decoded))
        if prefix is not None:
            return address.path[len(prefix) :]
    return _without_stage(address)


def _before(path: str, end: str | None) -> str | None:
    """What stands before that end of the path, whole segments; nothing if the path has another end."""
    if end is None:
        return None
    path, end = path.rstrip("/"), end.rstrip("/")
    return path.removesuffix(end).rstrip("/") if path.endswith(end) else None


def _filled(template: str, values: dict[str, str]) -> str | None:
    """The template with its parameters filled in, unless one is missing."""
    segments = template.split("/")
    for at, segment in enumerate(segments):
        if segment.startswith("{"):
            value = values.get(segment[1:-1].removesuffix("+"))
            if value is None:
                return None
            segments[at] = value
    return "/".join(segments)


def _without_stage(address: Address) -> str:
    """The path without a stage as its first segment."""
    prefix = f"/{address.stage}"
    has_stage = address.path == address.whole and f"{address.path}/".startswith(f"{prefix}/")
    is_own_domain = not address.domain or ".execute-api." in address.domain
    if has_stage and address.stage not in {"", "$default"} and (is_own_domain or address.stage not in OWN_SEGMENTS):
        return address.path[len(prefix) :]
    return address.path
