"""The files that pages load: named by their content, cached without limit, compressed when first asked for."""

import asyncio
import gzip
import re
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from service.http.answers import Answer
from service.http.asgi import encoded
from service.http.middleware.response_headers import SECURITY_HEADERS

FILES: Final = {
    "app.css": "app.css",
    "app.js": "app.js",
    "htmx.js": "vendor/htmx.org/htmx.min.js",
    "icon.svg": "icon.svg",
    "schema.js": "schema.js",
    "swagger-ui.css": "vendor/swagger-ui-dist/swagger-ui.css",
    "swagger-ui.js": "vendor/swagger-ui-dist/swagger-ui-bundle.js",
}

_DIRECTORY: Final = Path(__file__).parent / "static"
_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOR_GOOD: Final = encoded(SECURITY_HEADERS | {"cache-control": "public, max-age=31536000, immutable"})
_NO_GZIP: Final = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Asset:
    """One file."""

    def __init__(self, name: str) -> None:
        path = _DIRECTORY / FILES[name]
        self.content = path.read_bytes()
        self.media_type = _MEDIA_TYPES[path.suffix]
        stem, _, suffix = name.rpartition(".")
        self.file_name = f"{stem}.{sha256(self.content).hexdigest()[:12]}.{suffix}"

    @cached_property
    def compressed(self) -> bytes:
        """The content as gzip."""
        return gzip.compress(self.content, mtime=0)


@cache
def asset(name: str) -> Asset:
    """The file of that name, read when it is first asked for."""
    return Asset(name)


def href(name: str) -> str:
    """Where a page finds a file, relative to itself."""
    return f"static/{asset(name).file_name}"


@get("/static/{file_name:str}")
async def static_file(request: Request[Any, Any, Any], file_name: FromPath[str]) -> Answer:
    """One of the files. Another version's name for it gets ours, uncached: releases overlap while they roll out."""
    stem, _, rest = file_name.partition(".")
    name = f"{stem}.{rest.partition('.')[2]}"
    if name not in FILES:
        raise NotFoundException
    found = asset(name)
    if found.file_name == file_name:
        request.scope["state"]["security_headers"] = _FOR_GOOD
    accepted = request.headers.get("accept-encoding", "")
    if "gzip" not in accepted or _NO_GZIP.search(accepted):
        return Answer(found.content, 200, found.media_type, {"Vary": "Accept-Encoding"})
    content = await asyncio.to_thread(lambda: found.compressed)
    return Answer(content, 200, found.media_type, {"Vary": "Accept-Encoding", "Content-Encoding": "gzip"})


ROUTES: Final[list[HTTPRouteHandler]] = [static_file]
