"""Where the contract is stricter or more lenient than the router: exact paths, HEAD wherever GET works, no OPTIONS."""

from typing import Final

from service.http.asgi import App, Message, Receive, Scope, Send

# What the router is asked in place of the method. It would answer OPTIONS by itself, which the contract does not list.
_ROUTED_AS: Final = {"HEAD": "GET", "OPTIONS": "UNLISTED"}
# The router would overlook the slashes; no route has this path.
_NO_PATH: Final = "/-"


def route_exactly(app: App) -> App:
    """Let the router see a path that has surplus slashes as one that does not exist, and HEAD as GET without a body."""

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        surplus = "//" in path or (path.endswith("/") and path != "/")
        if method not in _ROUTED_AS and not surplus:
            await app(scope, receive, send)
            return
        inner = {**scope, "method": _ROUTED_AS.get(method, method), "path": _NO_PATH if surplus else path}

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        try:
            await app(inner, receive, send_without_body if method == "HEAD" else send)
        finally:
            if "path_template" in inner:
                scope["path_template"] = inner["path_template"]  # for the access log

    return routed
