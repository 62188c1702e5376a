"""The web pages, in brief. The files that they load are not described."""

from typing import Final

from service.http import problems
from service.http.openapi.failures import ALWAYS, ANYWHERE, WITH_STORE
from service.http.openapi.operations import Json, ref, response
from service.http.problems import Problem

_TAGS: Final = ["pages"]
_HTML: Final = {"text/html": {"schema": {"type": "string"}}}
_SENT: Final = (problems.FOREIGN_FORM, problems.REQUEST_TIMEOUT, problems.BODY_TOO_LARGE, problems.NOT_A_FORM)


def show(name: str, summary: str, *met: Problem, parameters: tuple[str, ...] = ()) -> Json:
    """Return the operation that shows a page. `met` are the problems that not every page has."""
    return {
        "operationId": f"show{name}",
        "summary": summary,
        "tags": _TAGS,
        "parameters": [ref("parameters", parameter) for parameter in parameters],
        "responses": {"200": response("The page.", content=_HTML), **html_failures(*ALWAYS, *met)},
    }


def submit(name: str, summary: str, *met: Problem) -> Json:
    """Return the operation that does what a form of a page asks for."""
    content = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
    return {
        "operationId": f"submit{name}",
        "summary": summary,
        "description": "For the forms of the page only: they carry a token. Programs use the API.",
        "tags": _TAGS,
        "requestBody": {"required": True, "content": content},
        "responses": {
            "303": response("Done; leads back to the page.", "Location"),
            **html_failures(*ANYWHERE, *WITH_STORE, *_SENT, *met),
        },
    }


def html_failures(*met: Problem) -> Json:
    """The responses that show these problems as pages, by their statuses."""
    return {
        str(status): response("; ".join(each.title for each in met if each.status == status), content=_HTML)
        for status in sorted({each.status for each in met})
    }


FRONT: Final[Json] = {
    "/": {
        "get": show(
            "Overview", "Show the runtime, the store, and how many entities there are", problems.OVERLOADED, *WITH_STORE
        )
    },
    "/health": {"get": show("Health", "Show the health of this process", problems.NOT_READY)},
    "/schema": {"get": show("Schema", "Show this document, and let people try the API", problems.OVERLOADED)},
}
"""The pages of every process."""
