"""How an operation is described: in its use case's own words, and by what it answers."""

from inspect import getdoc
from typing import Any

Json = dict[str, Any]


def ref(kind: str, name: str) -> Json:
    """A reference to a component, such as the schema `User`."""
    return {"$ref": f"#/components/{kind}/{name}"}


def operation(use_case: type, responses: Json, *, body: str | None = None, **more: Any) -> Json:
    """The operation that a use case is, in its own words; `body` is the schema of what is sent."""
    text = getdoc(use_case) or ""
    name = use_case.__name__
    described = {
        "operationId": name[0].lower() + name[1:],
        "summary": text.partition(".")[0],
        "description": text,
        **more,
        "responses": responses,
    }
    if body is not None:
        content = {"application/json": {"schema": ref("schemas", body)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def with_head(path_item: Json) -> Json:
    """The path item, with a HEAD that answers as its GET does, but for the content."""
    get: Json = path_item["get"]
    head = {
        **get,
        "operationId": f"{get['operationId']}Head",
        "summary": f"{get['summary']} (the headers only)",
        "responses": {
            status: {name: part for name, part in described.items() if name != "content"}
            for status, described in get["responses"].items()
        },
    }
    return {**path_item, "head": head}


def success(
    description: str, schema: Json, *headers: str, status: int = 200, media_type: str = "application/json"
) -> Json:
    """The response of an operation that did what it should, with these headers beside the usual one."""
    return {str(status): response(description, *headers, content={media_type: {"schema": schema}})}


def no_content(description: str) -> Json:
    """The response of an operation that did what it should and has nothing to show."""
    return {"204": response(description)}


def response(description: str, *headers: str, **more: Json) -> Json:
    """A response with these headers, and the one that every response has."""
    shown = {name: ref("headers", name) for name in (*headers, "X-Request-ID")}
    return {"description": description, "headers": shown, **more}
