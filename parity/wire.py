"""HTTP over a socket that sends a request just as it is spelled: no client tidies its path, query or headers."""

from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

from parity.calls import Answer, Call, headers_of


class Wire:
    """The service at a base URL, of which a path is put in front of each call's."""

    def __init__(self, base_url: str, patience_seconds: float = 20.0) -> None:
        """Nothing is sent yet. Raises ValueError for what is no http or https URL."""
        parts = urlsplit(base_url)
        if parts.scheme not in _CONNECTIONS or not parts.hostname:
            raise ValueError(f"{base_url} is not a URL such as https://shop.example.com/prod.")
        self._connection = _CONNECTIONS[parts.scheme]
        self._address = parts.hostname, parts.port
        self._patience_seconds = patience_seconds
        self._base_path = parts.path.rstrip("/")
        self._host = parts.netloc.rpartition("@")[2]

    def answer(self, call: Call) -> Answer:
        """What is answered, over a connection of its own. Raises OSError or `http.client.HTTPException`."""
        connection = self._connection(*self._address, timeout=self._patience_seconds)
        with closing(connection):
            connection.putrequest(call.method, self._base_path + call.target, skip_host=True, skip_accept_encoding=True)
            for name, value in self._headers(call):
                connection.putheader(name, value.encode())
            connection.endheaders(call.body or None)
            response = connection.getresponse()
            return Answer(response.status, headers_of(response.getheaders()), response.read())

    def _headers(self, call: Call) -> list[tuple[str, str]]:
        host = [] if call.values("host") else [("host", self._host)]
        return [*host, *call.sent_headers]


_CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}
