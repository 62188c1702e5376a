"""The operations of the OpenAPI document: what can be called, with which parameters and bodies."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from parity.corpus.schemas import Json, resolved_schema
from service import __version__
from service.domain.entities import ENTITIES
from service.http.openapi.document import openapi_document

COMPARED: Final = ("/api/", "/schema/openapi.json")
"""Where the paths begin of what programs call; pages are for people, and their forms take a token."""


@dataclass(frozen=True)
class Operation:
    """A method of a path, and the schemas of what it takes."""

    method: str
    path: str
    path_parameters: Mapping[str, Json]
    query_parameters: Mapping[str, Json]
    header_parameters: tuple[str, ...]
    fields: Mapping[str, Json]
    required: frozenset[str]

    @property
    def collection(self) -> str:
        """The path without the parameter that it ends in."""
        return self.path.partition("/{")[0]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def document() -> Json:
    """The OpenAPI document of the whole service."""
    described: Json = json.loads(openapi_document(ENTITIES, __version__))
    return described


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation that programs call, in the document's order."""
    return tuple(_operations(document()))


def owners() -> Mapping[str, str]:
    """For each path parameter, such as `user_id`, the collection of the things that it names."""
    return {name: each.collection for each in operations() for name in each.path_parameters}


def _operations(described: Json) -> Iterator[Operation]:
    for path, item in described["paths"].items():
        if not path.startswith(COMPARED):
            continue
        shared = item.get("parameters", [])
        methods = {method: operation for method, operation in item.items() if method != "parameters"}
        for method, operation in {**methods, "head": item["get"]}.items():
            parameters = [resolved_schema(described, each) for each in (*shared, *operation.get("parameters", []))]
            body = _body(described, operation)
            yield Operation(
                method=method.upper(),
                path=path,
                path_parameters={each["name"]: each["schema"] for each in parameters if each["in"] == "path"},
                query_parameters={each["name"]: each["schema"] for each in parameters if each["in"] == "query"},
                header_parameters=tuple(each["name"] for each in parameters if each["in"] == "header"),
                fields={name: resolved_schema(described, each) for name, each in body.get("properties", {}).items()},
                required=frozenset(body.get("required", ())),
            )


def _body(described: Json, operation: Json) -> Any:
    if "requestBody" not in operation:
        return {}
    return resolved_schema(described, operation["requestBody"]["content"]["application/json"]["schema"])
