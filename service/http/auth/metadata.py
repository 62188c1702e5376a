"""What a client can find out about the tokens that it needs (RFC 9728)."""

from collections.abc import Sequence

from litestar import get
from litestar.handlers import HTTPRouteHandler

from service.http.answers import Answer
from service.http.bodies import json_answer

PATH = "/.well-known/oauth-protected-resource"


def metadata_route(resource: str, issuer: str, scopes: Sequence[str]) -> HTTPRouteHandler:
    """Return the route of the document. `scopes` are as the issuer knows them."""
    document = {
        "resource": resource,
        "authorization_servers": [issuer],
        "scopes_supported": scopes,
        "bearer_methods_supported": ["header"],
        "resource_name": "shapeshift",
    }

    @get(PATH, sync_to_thread=False)
    def metadata() -> Answer:
        return json_answer(document)

    return metadata
