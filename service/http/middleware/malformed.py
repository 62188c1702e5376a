"""The answer to what an entry point could not read as a request."""

from typing import Final

from service.domain.errors import Invalid
from service.http.asgi import App, Receive, Scope, Send
from service.http.problems import ProblemDetails

MALFORMED: Final = "shapeshift.malformed"
"""The ASGI extension by which an entry point says what is wrong with a request: its violations."""


def refuse_malformed(app: App) -> App:
    """Answer 400 to a request whose entry point found something wrong with it, wherever it would be routed."""

    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        violations = (scope.get("extensions") or {}).get(MALFORMED)
        if violations:
            await ProblemDetails.of(Invalid(violations)).answer(scope)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return refusing
