"""How problems are described: each problem of the table has a schema, and each operation returns some of them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from service.application.changes import Change
from service.domain.entities import ENTITIES, referring_to
from service.domain.entity import Entity
from service.http import problems
from service.http.openapi.operations import Json, ref, response
from service.http.problems import Problem

ALWAYS: Final = (problems.INVALID, problems.INTERNAL)
ANYWHERE: Final = (*ALWAYS, problems.OVERLOADED)
WITH_BODY: Final = (problems.REQUEST_TIMEOUT, problems.BODY_TOO_LARGE, problems.UNSUPPORTED_MEDIA_TYPE)
WITH_STORE: Final = (problems.UNAVAILABLE,)

_EXTENSIONS: Final[Mapping[str, Json]] = {
    problems.INVALID.slug: {"errors": {"type": "array", "items": ref("schemas", "Violation")}},
    problems.NOT_READY.slug: {"checks": ref("schemas", "Checks")},
}


def failures(*met: Problem) -> Json:
    """The responses that contain these problems, by their statuses."""
    statuses = sorted({problem.status for problem in met})
    return {str(status): _failure(*(problem for problem in met if problem.status == status)) for status in statuses}


def _failure(*met: Problem) -> Json:
    schemas = [ref("schemas", _name(problem)) for problem in met]
    schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
    described = response("; ".join(problem.title for problem in met), content={problems.MEDIA_TYPE: {"schema": schema}})
    for problem in met:
        for name, value in problem.headers.items():
            described["headers"][name] = {"required": True, "schema": {"type": "string", "const": value}}
    return described


def _name(problem: Problem) -> str:
    return f"{problem.slug}-{problem.status}"


def _schema(problem: Problem) -> Json:
    extensions = _EXTENSIONS.get(problem.slug, {})
    return {
        "allOf": [ref("schemas", "Problem")],
        "required": [*extensions],
        "properties": {
            "type": {"const": problem.type},
            "title": {"const": problem.title},
            "status": {"const": problem.status},
            **extensions,
        },
    }


def refusals_of_creation(entity: Entity[Any]) -> list[Problem]:
    """Return the problems that only the creation of an entity can meet."""
    owner = entity.owner
    missing = [problems.unknown_reference(owner.entity.singular, owner.field.name)] if owner else []
    taken = [problems.taken(field.name, field.label) for field in entity.fields if field.unique]
    id_taken = [problems.id_taken(entity.singular)] if entity.field("id").is_input else []
    return [*missing, *taken, *id_taken]


def refusals_of_change(entity: Entity[Any], change: type[Change[Any]]) -> list[Problem]:
    """Return the problems that only a change of an entity can meet."""
    fields = [entity.field(name) for name in change.fields]
    taken = [problems.taken(field.name, field.label) for field in fields if field.unique]
    return [*taken, *map(problems.problem_of_kind, change.refusals)]


def refusals_of_deletion(entity: Entity[Any]) -> list[Problem]:
    """Return the problems that only the deletion of an entity can meet."""
    return [problems.in_use(entity.singular, other.name) for other in referring_to(entity.name)]


def _problems() -> Iterable[Problem]:
    fixed = (problem for problem in vars(problems).values() if isinstance(problem, Problem))
    yield from (problem for problem in fixed if problem not in problems.OF_AUTHENTICATION)
    for entity in ENTITIES.values():
        yield problems.not_found(entity.singular)
        yield from refusals_of_creation(entity)
        yield from refusals_of_deletion(entity)


def problem_schemas(*described: Problem) -> Json:
    """Return the schemas of problems, by their names."""
    return {_name(problem): _schema(problem) for problem in described}


PROBLEM_SCHEMAS: Final[Json] = problem_schemas(*_problems())
