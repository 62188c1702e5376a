"""A proxy on loopback that passes connections on, lets them hang or trickle, or drops them, as it is told."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Final, Literal

Mood = Literal["passes", "hangs", "trickles", "drops"]
TRICKLE_SECONDS: Final = 0.1


@dataclass
class Fickle:
    """Its mood counts for new connections and for those that are open."""

    target: str
    """The server's address: `host:port`, or the path of a Unix socket."""
    mood: Mood = "passes"
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.listener.getsockname()[1]}"

    def accept(self) -> None:
        """Serve connections until the listener is closed."""
        with suppress(OSError):
            while True:
                caller, _ = self.listener.accept()
                store = _connect(self.target)
                for source, sink in ((caller, store), (store, caller)):
                    Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with source, sink:
            with suppress(OSError):
                while data := source.recv(65536):
                    if self.mood == "drops":
                        break
                    if self.mood == "passes":
                        sink.sendall(data)
                    if self.mood == "trickles":
                        self._trickle(data, sink)
            for side in (source, sink):
                with suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)  # which the other direction's thread notices

    def _trickle(self, data: bytes, sink: socket.socket) -> None:
        for each in data:
            sink.sendall(bytes([each]))
            time.sleep(TRICKLE_SECONDS if self.mood == "trickles" else 0)


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(address)
        return connection
    host, port = address.split(":")
    return socket.create_connection((host, int(port)))


@contextmanager
def fickle_proxy(target: str) -> Iterator[Fickle]:
    """A proxy before the server at that address."""
    proxy = Fickle(target)
    Thread(target=proxy.accept, daemon=True).start()
    try:
        yield proxy
    finally:
        with suppress(OSError):
            proxy.listener.shutdown(socket.SHUT_RDWR)
        proxy.listener.close()
