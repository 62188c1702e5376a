"""The sources of events that this function serves, and how each is recognised."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from containers.entrypoints.events import api_gateway, load_balancers
from containers.entrypoints.events.headers import Event, WriteHeaders, one_value_each
from containers.entrypoints.events.reading import JsonObject, Request


class Source(NamedTuple):
    """How to recognise a source by an event and its context, to read its events, and to write headers for it."""

    sent: Callable[[Event, Event], bool]
    read: Callable[[JsonObject], Request]
    write_headers: WriteHeaders


_SOURCES: Final = (
    Source(lambda _, context: "elb" in context, load_balancers.read_alb, load_balancers.write_alb),
    Source(
        lambda event, context: "http" in context or ("rawPath" in event and event.get("version") == "2.0"),
        api_gateway.read_v2,
        api_gateway.write_v2,
    ),
    Source(lambda event, _: "httpMethod" in event and "path" in event, api_gateway.read_v1, api_gateway.write_v1),
    Source(lambda event, _: "method" in event and "raw_path" in event, load_balancers.read_lattice_v1, one_value_each),
    Source(
        lambda event, context: "serviceNetworkArn" in context or ("method" in event and event.get("version") == "2.0"),
        load_balancers.read_lattice_v2,
        one_value_each,
    ),
)


def source_of(event: Any) -> Source | None:
    """The source of an HTTP event; nothing for an event that asks for something else, such as an authorizer's."""
    if not isinstance(event, dict) or is_authorizer(event):
        return None
    context = event.get("requestContext")
    if not isinstance(context, dict):
        context = {}
    if "connectionId" in context:  # a WebSocket API's
        return None
    return next((source for source in _SOURCES if source.sent(event, context)), None)


def is_authorizer(event: Event) -> bool:
    """Whether API Gateway asks if a request is to be let in. Such an event has all that a proxied request has.

    Source: "Input to an API Gateway Lambda authorizer" and "Control access to HTTP APIs with Lambda authorizers".
    """
    return "methodArn" in event or "routeArn" in event or event.get("type") in ("REQUEST", "TOKEN")
