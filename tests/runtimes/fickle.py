"""A proxy on loopback that passes connections on, lets them hang, or drops them, as it is told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Literal

Mood = Literal["passes", "hangs", "drops"]


@dataclass
class Fickle:
    """Its mood counts for new connections and for those that are open."""

    target: tuple[str, int]
    mood: Mood = "passes"
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def accept(self) -> None:
        """Serve connections until the listener is closed."""
        with suppress(OSError):
            while True:
                caller, _ = self.listener.accept()
                store = socket.create_connection(self.target)
                for source, sink in ((caller, store), (store, caller)):
                    Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError), source, sink:
            while data := source.recv(65536):
                if self.mood == "drops":
                    break
                if self.mood == "passes":
                    sink.sendall(data)
            for end in (source, sink):
                end.shutdown(socket.SHUT_RDWR)  # else neither side is told while the other thread reads


@contextmanager
def fickle_proxy(url: str) -> Iterator[Fickle]:
    """A proxy before the server at that address."""
    host, port = url.removeprefix("http://").split(":")
    proxy = Fickle((host, int(port)))
    Thread(target=proxy.accept, daemon=True).start()
    try:
        yield proxy
    finally:
        with suppress(OSError):
            proxy.listener.shutdown(socket.SHUT_RDWR)
        proxy.listener.close()
