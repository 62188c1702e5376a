"""The document as a whole."""

from collections.abc import Collection
from typing import Final

import msgspec

from service.http.openapi import health, orders, pages, users
from service.http.openapi.failures import ANYWHERE, PROBLEM_SCHEMAS, failures
from service.http.openapi.operations import Json, success, with_head
from service.http.openapi.parameters import HEADERS, PARAMETERS
from service.http.openapi.schemas import SCHEMAS

_DESCRIPTION: Final = """\
Users, and the orders that they place.

**There is no authentication yet**: whoever reaches the service can read and change everything in it.

- Every failure is a problem as RFC 9457 has it; its `type` is what programs should go by.
- Every response carries `X-Request-ID`: the caller's own, if it is a fit one, else a new one.
- A path that does not exist is answered with 404, a method that a path does not have with 405 and `Allow`.
- Unknown fields and query parameters are ignored; of one that is repeated, the last counts.
"""

_PATHS: Final = {"users": users.PATHS, "orders": orders.PATHS}

_SCHEMA_PATHS: Final[Json] = {
    "/schema/openapi.json": with_head(
        {
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
    )
}


def openapi_document(apis: Collection[str], version: str) -> bytes:
    """What a process that serves these APIs (`users`, `orders`) offers, as an OpenAPI 3.1 document in JSON."""
    served = [paths for api, paths in _PATHS.items() if api in apis]
    shown = [paths for api, paths in pages.PATHS.items() if api in apis]
    parts = (*served, health.PATHS, _SCHEMA_PATHS, pages.FRONT, *shown)
    document = {
        "openapi": "3.1.1",
        "info": {"title": "shapeshift", "version": version, "description": _DESCRIPTION},
        "servers": [{"url": "..", "description": "Wherever this document was read from"}],
        "paths": {path: item for paths in parts for path, item in paths.items()},
        "components": {"schemas": SCHEMAS | PROBLEM_SCHEMAS, "parameters": PARAMETERS, "headers": HEADERS},
    }
    return msgspec.json.encode(document)
