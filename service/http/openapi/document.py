"""The document as a whole."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

import msgspec

from service import NAME
from service.domain.entities import ENTITIES
from service.http.openapi import health, pages
from service.http.openapi.entities import entity_paths, page_paths
from service.http.openapi.failures import ANYWHERE, PROBLEM_SCHEMAS, failures
from service.http.openapi.operations import Json, success
from service.http.openapi.parameters import HEADERS, PARAMETERS
from service.http.openapi.schemas import SCHEMAS

if TYPE_CHECKING:
    from service.http.openapi.security import Security

_DESCRIPTION: Final = """\
Users, and the orders that they place.

**Authentication is off**: whoever reaches the service can read and change everything in it.

- Every failure is a problem as RFC 9457 defines it. Programs should decide by its `type`.
- Every response carries `X-Request-ID`: the caller's own, if it is valid, else a new one.
- A path that does not exist is answered with 404, a method that a path does not have with 405 and `Allow`.
- `HEAD` works wherever `GET` does: the same status and headers, without the body.
- A request that creates something can be repeated without harm, with the same `Idempotency-Key`.
- One entity has an `ETag`. With `If-Match`, what somebody else changed meanwhile is not overwritten.
- Unknown fields and query parameters are ignored; of one that is repeated, the last counts.
"""

_SCHEMA_PATHS: Final[Json] = {
    "/schema/openapi.json": {
        "get": {
            "operationId": "getSchema",
            "summary": "Describe the API, in this document",
            "tags": ["schema"],
            "responses": {
                **success("This document.", {"type": "object"}, media_type="application/vnd.oai.openapi+json"),
                **failures(*ANYWHERE),
            },
        }
    }
}


def openapi_document(services: Collection[str], version: str, security: "Security | None" = None) -> bytes:
    """Return what a process that serves these entities offers, as an OpenAPI 3.1 document in JSON.

    `security` is what it says of authentication; None where that is off.
    """
    served = [entity for name, entity in ENTITIES.items() if name in services]
    parts = (*map(entity_paths, served), health.PATHS, _SCHEMA_PATHS, pages.FRONT, *map(page_paths, served))
    document = {
        "openapi": "3.1.1",
        "info": {"title": NAME, "version": version, "description": _DESCRIPTION},
        "servers": [{"url": "..", "description": "The server that this document came from"}],
        "paths": {path: item for paths in parts for path, item in paths.items()},
        "components": {"schemas": SCHEMAS | PROBLEM_SCHEMAS, "parameters": PARAMETERS, "headers": HEADERS},
    }
    if security:
        from service.http.openapi.security import secured  # noqa: PLC0415  # not loaded where it is off

        document = secured(msgspec.json.decode(msgspec.json.encode(document)), security)  # a copy: parts are shared
    return msgspec.json.encode(document)
