"""What the document says where authentication is on: what each operation needs, and how it is refused."""

from typing import Any, Final, NamedTuple

from service.http import problems
from service.http.auth.metadata import PATH
from service.http.auth.scopes import needed_scope
from service.http.openapi.failures import ALWAYS, ANYWHERE, failures, problem_schemas
from service.http.openapi.operations import Json, ref, response, success
from service.http.openapi.pages import html_failures

_DESCRIPTION: Final = """\
**Callers need an access token** of {issuer} in the header `Authorization: Bearer <token>`. It needs the scope that an \
operation names.
"""
_HTML: Final = {"text/html": {"schema": {"type": "string"}}}
_CHALLENGE: Final[Json] = {
    "description": "What is missing (RFC 6750).",
    "required": True,
    "schema": {"type": "string", "pattern": "^Bearer "},
}
_METADATA: Final[Json] = {
    PATH: {
        "get": {
            "operationId": "getProtectedResource",
            "summary": "Say which tokens are needed (RFC 9728)",
            "tags": ["schema"],
            "responses": {**success("The metadata.", {"type": "object"}), **failures(*ANYWHERE)},
        }
    }
}


class Security(NamedTuple):
    """What the document says of authentication."""

    issuer: str
    scope_prefix: str
    has_sign_in: bool


def secured(document: Json, security: Security) -> Json:
    """Return the document of a service that asks for tokens, from that of one that does not."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            scope = None if method == "parameters" else needed_scope(path, method.upper())
            if scope is not None:
                secure = _secure_api if path.startswith("/api/") else _secure_page
                secure(operation, f"{security.scope_prefix}{scope}", security, is_read=method == "get")
    info, components = document["info"], document["components"]
    first, _, rest = info["description"].partition("\n\n")
    text = f"{first}\n\n{_DESCRIPTION.format(issuer=security.issuer)}\n{rest.partition(chr(10) * 2)[2]}"
    return {
        **document,
        "info": {**info, "description": text},
        "paths": document["paths"] | _METADATA | (_sign_in() if security.has_sign_in else {}),
        "components": {
            **components,
            "schemas": components["schemas"] | problem_schemas(*problems.OF_AUTHENTICATION),
            "headers": components["headers"] | {"WWW-Authenticate": _CHALLENGE},
            "securitySchemes": _schemes(security),
        },
    }


def _schemes(security: Security) -> Json:
    bearer = {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": f"A token of {security.issuer}.",
    }
    session = {"type": "apiKey", "in": "cookie", "name": "shapeshift-session", "description": "Of the pages only."}
    return {"bearer": bearer} | ({"session": session} if security.has_sign_in else {})


def _secure_api(operation: Json, scope: str, _: Security, *, is_read: bool) -> None:  # noqa: ARG001  # as for pages
    refusals = failures(problems.UNAUTHENTICATED, problems.INSUFFICIENT_SCOPE)
    for refusal in refusals.values():
        refusal["headers"]["WWW-Authenticate"] = ref("headers", "WWW-Authenticate")
    responses = operation["responses"]
    responses["503"] = _with_issuer(responses["503"])
    operation["security"] = [{"bearer": [scope]}]
    operation["responses"] = dict(sorted((responses | refusals).items()))


def _with_issuer(unavailable: Json) -> Json:
    """Add to the response of 503 that the issuer may be unavailable."""
    added = failures(problems.ISSUER_UNAVAILABLE)["503"]
    media = unavailable["content"][problems.MEDIA_TYPE]["schema"]
    schemas = [*media.get("oneOf", [media]), added["content"][problems.MEDIA_TYPE]["schema"]]
    return {
        **unavailable,
        "description": f"{unavailable['description']}; {added['description']}",
        "content": {problems.MEDIA_TYPE: {"schema": {"oneOf": schemas}}},
    }


def _secure_page(operation: Json, scope: str, security: Security, *, is_read: bool) -> None:
    """Describe a page: without a session it leads to sign-in, or refuses a form."""
    refusals = {"401": response(problems.UNAUTHENTICATED.title, "WWW-Authenticate", content=_HTML)}
    if security.has_sign_in:
        refusals |= {"303": response("Leads to sign-in.", "Location")} if is_read else {}
        refusals |= {} if "403" in operation["responses"] else html_failures(problems.INSUFFICIENT_SCOPE)
        operation["security"] = [{"session": [scope]}]
    if security.has_sign_in and is_read:
        del refusals["401"]
    operation["responses"] = dict(sorted((operation["responses"] | refusals).items()))


def _sign_in() -> Json:
    """Return the paths by which sessions begin and end."""
    leads = {"303": response("Leads to the identity provider.", "Location")}
    back = {"303": response("Leads back to the page.", "Location")}
    return {
        "/sign-in": _page("signIn", "Begin to sign in", {**leads, **html_failures(*ANYWHERE, *_OUT)}),
        "/signed-in": _page(
            "completeSignIn", "Complete a sign-in", {**back, **html_failures(*ANYWHERE, *_OUT, problems.SIGN_IN_FAILED)}
        ),
        "/sign-out": _page(
            "signOut",
            "Sign out, here and at the identity provider",
            {**leads, **html_failures(*ALWAYS, *_SENT)},
            "post",
        ),
    }


_OUT: Final = (problems.ISSUER_UNAVAILABLE,)
_SENT: Final = (
    problems.FOREIGN_FORM,
    problems.REQUEST_TIMEOUT,
    problems.BODY_TOO_LARGE,
    problems.NOT_A_FORM,
    problems.OVERLOADED,
)


def _page(operation_id: str, summary: str, responses: dict[str, Any], method: str = "get") -> Json:
    return {method: {"operationId": operation_id, "summary": summary, "tags": ["pages"], "responses": responses}}
