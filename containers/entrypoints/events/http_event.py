"""An event as Mangum handles it: an ASGI scope and a body, and the result made of a response."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from containers.entrypoints.events.reading import JsonObject
from containers.entrypoints.events.sources import Source
from service.http.middleware.malformed import MALFORMED
from service.http.pages.overview import UNSLASHED

_TEXT: Final = (
    "application/json",
    "application/problem+json",
    "application/vnd.oai.openapi+json",
    "image/svg+xml",
    "text/",
)


class HttpEvent:
    """A handler for Mangum: from an event to an ASGI scope, and from a response to what the event's source expects."""

    def __init__(self, event: Mapping[str, Any], context: Any, source: Source) -> None:
        self._event = event
        self._context = context
        self._source = source
        read = JsonObject(event)
        self._request = self._source.read(read)
        self._body = read.body()
        self._violations = read.violations

    @property
    def scope(self) -> dict[str, Any]:
        """The request as ASGI has it. It contains what is wrong with the event, for the application to refuse."""
        request = self._request
        extensions: dict[str, Any] = {}
        if request.unslashed:
            extensions[UNSLASHED] = request.unslashed
        if self._violations:
            extensions[MALFORMED] = self._violations
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "https",
            "path": request.path,
            "raw_path": None,
            "root_path": "",
            "query_string": request.query.encode(),
            "headers": [(name.encode("latin-1", "replace"), value.encode()) for name, value in request.headers],
            "client": (request.peer, 0),
            "server": None,
            "extensions": extensions,
            "aws.event": self._event,
            "aws.context": self._context,
        }

    @property
    def body(self) -> bytes:
        """The request's body."""
        return self._body

    def __call__(self, response: Mapping[str, Any]) -> dict[str, Any]:
        """The response in the form that the event's source reads."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response["headers"]]
        names = dict(headers)
        is_text = names.get("content-type", "text/").startswith(_TEXT) and "content-encoding" not in names
        body: bytes = response["body"]
        return {
            "statusCode": response["status"],
            "body": body.decode() if is_text else base64.b64encode(body).decode(),
            "isBase64Encoded": not is_text,
            **self._source.write_headers(self._event, headers),
        }
