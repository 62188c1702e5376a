"""The parameters of paths and queries, and the headers of responses."""

from typing import Final

from service.domain.rules import ID_MAXIMUM
from service.http.openapi.operations import Json
from service.http.openapi.schemas import CONTROLS, ORDER_ID, USER_ID, text
from service.http.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT


def _parameter(place: str, name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": description}


PARAMETERS: Final[Json] = {
    "UserId": _parameter("path", "user_id", text(1, ID_MAXIMUM, "/" + CONTROLS), "A user's id."),
    "OrderId": _parameter("path", "order_id", ORDER_ID, "An order's id."),
    "OfUser": _parameter("query", "user_id", USER_ID, "Only the orders of this user."),
    "Filter": _parameter("query", "user_id", text(0, ID_MAXIMUM), "Only the orders of this user, unless it is blank."),
    "Limit": _parameter(
        "query",
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAXIMUM_LIMIT, "default": DEFAULT_LIMIT},
        "How many items the page has at most, in decimal digits.",
    ),
    "Cursor": _parameter(
        "query",
        "cursor",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
        "Where the page begins. Opaque and signed: take it from the `Link` header of the page before.",
    ),
}

HEADERS: Final[Json] = {
    "X-Request-ID": {
        "description": "The caller's own id for the request, if it is 1 to 64 of `A-Z a-z 0-9 . _ -`, else a new one.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    },
    "Location": {
        "description": "Where the new resource is, relative to the request.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {
        "description": 'Leads to the next page, relative to the request, with `rel="next"`; absent on the last page.',
        "schema": {"type": "string", "pattern": r'^<\?[^>]*>; rel="next"$'},
    },
}
