"""Reading an HTTP/1.1 response as its bytes arrive (RFC 9112), from a server that may be anything."""

from dataclasses import dataclass
from typing import Final

from service.adapters.aws.answers import LONGEST_ANSWER, Damaged, NotFromAws

_LONGEST_HEAD: Final = 65_536
_WITHOUT_BODY: Final = {204, 304}


@dataclass(frozen=True, slots=True)
class Response:
    """The names of headers are in lower case. The body is as it was on the wire, except for chunks."""

    status: int
    headers: dict[str, str]
    body: bytes
    keeps_open: bool
    """Whether the connection can be used again."""


class ResponseReader:
    """Reads one response. Its methods raise `NotFromAws`, and `Damaged` for one that breaks off or is not HTTP."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._body = bytearray()
        self._head: tuple[int, dict[str, str], bool] | None = None

    @property
    def began(self) -> bool:
        """Whether anything has arrived."""
        return bool(self._data) or self._head is not None

    def feed(self, data: bytes) -> Response | None:
        """Take what has arrived. Returns the response when it is complete."""
        self._data += data
        if len(self._data) + len(self._body) > LONGEST_ANSWER:
            raise NotFromAws(f"status {self._status} and an answer of more than {LONGEST_ANSWER} bytes")
        if self._head is None:
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                if len(self._data) > _LONGEST_HEAD:
                    raise NotFromAws(f"status unknown and headers of more than {_LONGEST_HEAD} bytes")
                return None
            self._head = _read_head(bytes(self._data[:end]))
            del self._data[: end + 4]
        status, headers, _ = self._head
        if "transfer-encoding" in headers:
            return self._response() if self._join_chunks() else None
        if "content-length" not in headers and status not in _WITHOUT_BODY:
            return None  # the body ends with the connection
        length = _length(headers.get("content-length", "0"))
        if len(self._data) < length:
            return None
        self._body = self._data[:length]
        del self._data[:length]
        return self._response()

    def end(self) -> Response:
        """The response after whose bytes the server closed the connection, which may lack some of them."""
        if self._head is None:
            self._head = _read_head(bytes(self._data))
        elif "transfer-encoding" in self._head[1]:
            raise Damaged(f"status {self._status} and a body without its end")
        else:
            self._body = self._data
        status, headers, _ = self._head
        return Response(status, headers, bytes(self._body), keeps_open=False)

    @property
    def _status(self) -> object:
        return self._head[0] if self._head else "unknown"

    def _response(self) -> Response:
        assert self._head  # noqa: S101  # for mypy
        status, headers, keeps_open = self._head
        return Response(status, headers, bytes(self._body), keeps_open=keeps_open and not self._data)

    def _join_chunks(self) -> bool:
        """Move the chunks that are there to the body. Returns whether the last was among them."""
        while (end := self._data.find(b"\r\n")) >= 0:
            size = _length(self._data[:end].partition(b";")[0].decode("latin-1").strip(), base=16)
            if size == 0:
                trailers_end = self._data.find(b"\r\n\r\n")
                if trailers_end >= 0:
                    del self._data[: trailers_end + 4]
                return trailers_end >= 0
            begin = end + 2
            if len(self._data) < begin + size + 2:
                return False
            self._body += self._data[begin : begin + size]
            del self._data[: begin + size + 2]
        return False


def _read_head(head: bytes) -> tuple[int, dict[str, str], bool]:
    """Status, headers, and whether the server means to keep the connection open."""
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    status = rest[:3]
    if version not in {"HTTP/1.1", "HTTP/1.0"} or not (status.isascii() and status.isdigit()):
        raise Damaged("status unknown, since it is not HTTP")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    keeps_open = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return int(status), headers, keeps_open


def _length(text: str, base: int = 10) -> int:
    try:
        length = int(text, base)
    except ValueError:
        length = -1
    if length < 0:
        raise Damaged("status unknown, since its body has no valid length")
    return length
