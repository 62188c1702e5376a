"""How the failures are described: each problem of the table has a schema, and each operation answers some of them."""

from collections.abc import Mapping
from typing import Final

from service.http import problems
from service.http.openapi.operations import Json, ref, response
from service.http.problems import Problem

ANYWHERE: Final = (problems.INVALID, problems.INTERNAL)
WITH_BODY: Final = (problems.REQUEST_TIMEOUT, problems.BODY_TOO_LARGE, problems.UNSUPPORTED_MEDIA_TYPE)
WITH_STORE: Final = (problems.UNAVAILABLE,)

_EXTENSIONS: Final[Mapping[str, Json]] = {
    problems.INVALID.slug: {"errors": {"type": "array", "items": ref("schemas", "Violation")}},
    problems.NOT_READY.slug: {"checks": ref("schemas", "Checks")},
}


def failures(*met: Problem) -> Json:
    """The responses that tell of these problems, by their statuses."""
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


PROBLEM_SCHEMAS: Final[Json] = {
    _name(problem): _schema(problem) for problem in vars(problems).values() if isinstance(problem, Problem)
}
