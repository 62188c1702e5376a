"""The JSON Schemas of what is sent and returned."""

from typing import Any, Final

from service.domain.entities import ENTITIES
from service.http.openapi.fields import entity_schemas, object_schema
from service.http.openapi.operations import Json, ref

_ANY_TEXT: Final[Json] = {"type": "string"}
_READINESS: Final[Json] = {
    "type": "string",
    "enum": ["ready", "degraded"],
    "description": "`degraded`: some checks fail, and the requests that need only the others are served.",
}
_ENTITY_SCHEMAS: Final[dict[str, Any]] = {
    name: schema for entity in ENTITIES.values() for name, schema in entity_schemas(entity).items()
}

SCHEMAS: Final[Json] = {
    **_ENTITY_SCHEMAS,
    "Problem": {
        "description": "What went wrong (RFC 9457).",
        **object_schema(
            type={"type": "string", "format": "uri-reference"},
            title=_ANY_TEXT,
            status={"type": "integer"},
            detail={"type": "string", "description": "A sentence for a person."},
            instance={"type": "string", "pattern": "^urn:request:", "description": "Ends in the request's id."},
        ),
    },
    "Violation": {"description": "A field that breaks a rule.", **object_schema(field=_ANY_TEXT, message=_ANY_TEXT)},
    "Health": object_schema(status={"const": "healthy"}, runtime=_ANY_TEXT, store=_ANY_TEXT, version=_ANY_TEXT),
    "Liveness": object_schema(status={"const": "live"}),
    "Readiness": object_schema(status=_READINESS, checks=ref("schemas", "Checks")),
    "Checks": {
        "description": "The result of each check: `ok`, or what is wrong in a word.",
        "type": "object",
        "additionalProperties": {"type": "string"},
    },
}
