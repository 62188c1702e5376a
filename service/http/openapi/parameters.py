"""The parameters of paths and queries, and the headers of responses."""

from typing import Any, Final

from service.domain.entities import ENTITIES
from service.domain.entity import Entity
from service.domain.rules import Text
from service.domain.validation import ID_MAXIMUM
from service.http.openapi.fields import CONTROLS, shown, text
from service.http.openapi.operations import Json
from service.http.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT

_TAGS: Final = "`*`, or a list of tags as `ETag` has them"
_ANY_TEXT: Final[Json] = {"type": "string"}


def _parameter(place: str, name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": description}


def _of_entity(entity: Entity[Any]) -> Json:
    """Return the parameters that an entity's paths have: its id, and its owner's in lists and on its web page."""
    kind, id_rule = entity.kind.__name__, entity.field("id").rule
    id_schema = shown(id_rule) if isinstance(id_rule, Text) else text(1, ID_MAXIMUM, "/" + CONTROLS)
    parameters = {
        f"{kind}Id": _parameter("path", f"{entity.singular}_id", id_schema, f"The id of one of the {entity.name}.")
    }
    if entity.owner:
        name, owner = entity.owner.field.name, entity.owner.field.label
        only = f"Only the {entity.name} with this {owner}"
        parameters[f"{kind}Owner"] = _parameter("query", name, shown(entity.owner.field.rule), f"{only}.")
        parameters[f"{kind}Filter"] = _parameter("query", name, text(0, ID_MAXIMUM), f"{only}, unless it is blank.")
    return parameters


PARAMETERS: Final[Json] = {
    **{name: parameter for entity in ENTITIES.values() for name, parameter in _of_entity(entity).items()},
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
    "IdempotencyKey": _parameter(
        "header",
        "Idempotency-Key",
        {"type": "string", "pattern": r'^(?:"[\x21\x23-\x2b\x2d-\x7e]{1,255}"|[\x21\x23-\x2b\x2d-\x7e]{1,255})$'},
        "A string of your choice that no other request of yours has, such as a UUID. While the key counts (a day, "
        "unless the service is set up otherwise), the same request with the same key gets the first answer again.",
    ),
    "IfMatch": _parameter(
        "header", "If-Match", _ANY_TEXT, f"{_TAGS}: nothing is changed unless the present version has one of them."
    ),
    "IfNoneMatch": _parameter(
        "header", "If-None-Match", _ANY_TEXT, f"{_TAGS}: the answer is 304 if the present version has one of them."
    ),
}

HEADERS: Final[Json] = {
    "ETag": {
        "description": "The tag of this version. It is the same wherever the service runs.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[A-Za-z0-9_-]{22}"$'},
    },
    "Idempotency-Replayed": {
        "description": "The answer was given before, to a request with the same key.",
        "schema": {"type": "string", "const": "true"},
    },
    "X-Request-ID": {
        "description": "The caller's id, if it has 1 to 64 characters of `A-Z a-z 0-9 . _ -`; else a new one.",
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
