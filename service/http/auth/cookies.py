"""Cookies that only this service gets, as far as browsers can see to it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

_NAME: Final = "shapeshift-{}"


class Cookie:
    """One cookie. Over HTTPS its name begins with `__Host-`: no other host, and no plain HTTP, can set or see it."""

    def __init__(self, name: str, public_url: str) -> None:
        parts = urlsplit(public_url)
        secure = parts.scheme == "https"
        self._name = f"{'__Host-' if secure else ''}{_NAME.format(name)}"
        # `__Host-` demands the path `/` (RFC 6265bis, 4.1.3.2).
        path = "/" if secure else parts.path or "/"
        self._attributes = f"; Path={path}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"
        self._found = re.compile(rf"(?:^|;)\s*{re.escape(self._name)}=([A-Za-z0-9_-]+)(?=\s*(?:;|$))")

    def values(self, scope: Mapping[str, Any]) -> Iterable[str]:
        """Return the values that a request has: there may be several, for different paths."""
        headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
        for name, value in headers:
            if name == b"cookie":
                yield from self._found.findall(value.decode("latin-1"))

    def set(self, value: str, seconds: int) -> str:
        """Return the value of the header `Set-Cookie`, for so many seconds; 0 deletes the cookie."""
        return f"{self._name}={value}{self._attributes}; Max-Age={seconds}"
