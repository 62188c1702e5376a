"""The parameters of paths and queries, and the headers of responses."""

from typing import Any, Final

from service.domain.entities import ENTITIES
from service.domain.entity import Entity
from service.domain.rules import Text
from service.domain.validation import ID_MAXIMUM
from service.http.openapi.fields import CONTROLS, shown, text
from service.http.openapi.operations import Json
from service.http.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT


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
