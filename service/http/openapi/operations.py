"""How an operation is described."""

from inspect import cleandoc
from typing import Any, Final

Json = dict[str, Any]


def ref(kind: str, name: str) -> Json:
    """A reference to a component, such as the schema `User`."""
    return {"$ref": f"#/components/{kind}/{name}"}


OF_VERSION: Final = ("ETag",)
"""The headers of a response that shows one version of an entity."""


def operation_id(use_case: type) -> str:
    """Return the id of the operation that a use case is."""
    return use_case.__name__[0].lower() + use_case.__name__[1:]


def operation(operation_id: str, description: str, responses: Json, *, body: str | None = None, **more: Any) -> Json:
    """Return an operation. Its summary is the description's first sentence; `body` is the schema of what is sent."""
    text = cleandoc(description)
    described = {
        "operationId": operation_id,
        "summary": text.partition(".")[0],
        "description": text,
        **more,
        "responses": responses,
    }
    if body is not None:
        content = {"application/json": {"schema": ref("schemas", body)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def success(
    description: str, schema: Json, *headers: str, status: int = 200, media_type: str = "application/json"
) -> Json:
    """The response of an operation that did what it should, with these headers beside the usual one."""
    return {str(status): response(description, *headers, content={media_type: {"schema": schema}})}


def not_modified(description: str) -> Json:
    """The response to a caller who has the present version."""
    return {"304": response(description, *OF_VERSION)}


def no_content(description: str) -> Json:
    """The response of an operation that did what it should and has nothing to show."""
    return {"204": response(description)}


def response(description: str, *headers: str, **more: Json) -> Json:
    """A response with these headers, and the one that every response has."""
    shown = {name: ref("headers", name) for name in (*headers, "X-Request-ID")}
    return {"description": description, "headers": shown, **more}
