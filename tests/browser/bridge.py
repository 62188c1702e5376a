"""A stage of API Gateway on loopback: HTTP requests become events of a function, its answers HTTP responses."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from loopback.lambda_emulator import Function
from loopback.patience import PATIENCE_SECONDS
from parity.calls import Call
from parity.events import SOURCES

STAGE = "/prod"
SOURCE = SOURCES["http_api_with_stage"]


@dataclass
class Stage:
    """Where the stage is, and what was asked for outside of it: such a reference has missed the prefix."""

    url: str
    strays: list[str] = field(default_factory=list)


@contextmanager
def stage_of(function: Function, port: int = 0) -> Iterator[Stage]:
    """The function behind a stage on that port, or on any, until the end of the block."""

    client = httpx.Client(trust_env=False, verify=False, timeout=PATIENCE_SECONDS)
    one_at_a_time = threading.Lock()  # the emulator is one environment

    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != STAGE and not self.path.startswith(f"{STAGE}/"):
                stage.strays.append(self.path)
                self.send_error(404)
                return
            with one_at_a_time:
                answer = SOURCE.answer(client.post(function.url, json=SOURCE.event(self._call())).json())
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_GET  # noqa: N815  # the base class's names

        def log_message(self, *_: Any) -> None:
            """Say nothing: the function has a log."""

        def _call(self) -> Call:
            path, _, query = self.path.removeprefix(STAGE).partition("?")
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = [(name, value) for name, value in self.headers.items() if name.lower() != "content-length"]
            return Call(path, self.command, path, query, (*headers, ("x-forwarded-proto", "http")), body)

    server = ThreadingHTTPServer(("127.0.0.1", port), Gateway)
    stage = Stage(f"http://127.0.0.1:{server.server_port}{STAGE}/")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield stage
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        client.close()
