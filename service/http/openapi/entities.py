"""The paths of one kind of entity: its API and its web page."""

from typing import Any

from service.application.use_cases import CHANGE, CREATE
from service.domain.entities import referring_to
from service.domain.entity import Entity
from service.http import problems
from service.http.openapi.failures import (
    ANYWHERE,
    WITH_BODY,
    WITH_STORE,
    failures,
    refusals_of_change,
    refusals_of_creation,
    refusals_of_deletion,
)
from service.http.openapi.operations import (
    OF_VERSION,
    Json,
    no_content,
    not_modified,
    operation,
    operation_id,
    ref,
    success,
)
from service.http.openapi.pages import show, submit
from service.http.problems import Problem


def entity_paths(entity: Entity[Any]) -> Json:
    """Return the path items that every kind of entity has."""
    kind = entity.kind.__name__
    return {
        f"/api/{entity.name}": {"get": _list(entity, kind), "post": _create(entity, kind)},
        f"/api/{entity.name}/{{{entity.singular}_id}}": {
            "parameters": [ref("parameters", f"{kind}Id")],
            "get": _get(entity, kind),
            **({"patch": _change(entity, kind)} if entity.name in CHANGE else {}),
            "delete": _delete(entity, kind),
        },
    }


def page_paths(entity: Entity[Any]) -> Json:
    """Return the path item of an entity's web page."""
    name = entity.name.capitalize()
    filters = (f"{entity.kind.__name__}Filter",) if entity.owner else ()
    met = [
        problems.KEY_REUSED,
        *refusals_of_creation(entity),
        problems.not_found(entity.singular),
        *(refusals_of_change(entity, CHANGE[entity.name]) if entity.name in CHANGE else ()),
        *refusals_of_deletion(entity),
    ]
    return {
        f"/{entity.name}": {
            "get": show(
                name,
                f"Show {entity.name}",
                problems.OVERLOADED,
                *WITH_STORE,
                parameters=(*filters, "Limit", "Cursor"),
            ),
            "post": submit(name, f"Change {entity.name}", *met),
        }
    }


def of_one(entity: Entity[Any]) -> list[Problem]:
    """Return the problems of every operation on one entity."""
    return [*ANYWHERE, *WITH_STORE, problems.not_found(entity.singular), problems.NOT_FOUND]


def _list(entity: Entity[Any], kind: str) -> Json:
    owner = [f"{kind}Owner"] if entity.owner else []
    description = (
        f"List {entity.name}, newest first, page by page.\n\n"
        f"- Reading page after page while others write returns every {entity.singular} that existed throughout exactly "
        "once."
    )
    if entity.owner:
        description += f"\n- A {entity.owner.entity.singular} that does not exist has none: the list is empty."
    return operation(
        f"list{entity.name.capitalize()}",
        description,
        {
            **success(f"A page of {entity.name}.", {"type": "array", "items": ref("schemas", kind)}, "Link"),
            **failures(*ANYWHERE, *WITH_STORE),
        },
        parameters=[ref("parameters", name) for name in (*owner, "Limit", "Cursor")],
        tags=[entity.name],
    )


def _create(entity: Entity[Any], kind: str) -> Json:
    use_case = CREATE[entity.name]
    created = f"The new {entity.singular}; or the one that the first request with the same key created."
    headers = "Location", *OF_VERSION, "Idempotency-Replayed"
    return operation(
        operation_id(use_case),
        use_case.__doc__ or "",
        {
            **success(created, ref("schemas", kind), *headers, status=201),
            **failures(*ANYWHERE, *WITH_BODY, *WITH_STORE, problems.KEY_REUSED, *refusals_of_creation(entity)),
        },
        body=f"New{kind}",
        parameters=[ref("parameters", "IdempotencyKey")],
        tags=[entity.name],
    )


def _get(entity: Entity[Any], kind: str) -> Json:
    return operation(
        f"get{kind}",
        f"Return one {entity.singular}, by its id.",
        {
            **success(f"The {entity.singular}.", ref("schemas", kind), *OF_VERSION),
            **not_modified(f"The caller has this version of the {entity.singular}."),
            **failures(*of_one(entity)),
        },
        parameters=[ref("parameters", "IfNoneMatch")],
        tags=[entity.name],
    )


def _change(entity: Entity[Any], kind: str) -> Json:
    use_case = CHANGE[entity.name]
    return operation(
        operation_id(use_case),
        use_case.__doc__ or "",
        {
            **success(f"The {entity.singular} as it is now.", ref("schemas", kind), *OF_VERSION),
            **failures(
                *of_one(entity), *WITH_BODY, problems.PRECONDITION_FAILED, *refusals_of_change(entity, use_case)
            ),
        },
        body=f"{kind}Change",
        parameters=[ref("parameters", "IfMatch")],
        tags=[entity.name],
    )


def _delete(entity: Entity[Any], kind: str) -> Json:
    rules = [
        f"- While there are {other.name} that refer to it, it is not deleted." for other in referring_to(entity.name)
    ]
    return operation(
        f"delete{kind}",
        "\n".join([f"Delete one {entity.singular}, by its id.", *([""] if rules else []), *rules]),
        {
            **no_content(f"The {entity.singular} is deleted."),
            **failures(*of_one(entity), problems.PRECONDITION_FAILED, *refusals_of_deletion(entity)),
        },
        parameters=[ref("parameters", "IfMatch")],
        tags=[entity.name],
    )
