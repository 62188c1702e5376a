"""A stage of API Gateway on loopback: HTTP requests become events of a function, its answers HTTP responses."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from tests.runtimes.emulator import Function
from tests.runtimes.lambda_events import Call, Json, http_api_with_stage
from tests.runtimes.processes import PATIENCE_SECONDS

STAGE = "/prod"


@dataclass
class Stage:
    """Where the stage is, and what was asked for outside of it: such a reference has missed the prefix."""

    url: str
    strays: list[str] = field(default_factory=list)


@contextmanager
def stage_of(function: Function) -> Iterator[Stage]:
    """The function behind a stage, until the end of the block."""

    client = httpx.Client(trust_env=False, verify=False, timeout=PATIENCE_SECONDS)
    one_at_a_time = threading.Lock()  # the emulator is one environment

    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != STAGE and not self.path.startswith(f"{STAGE}/"):
                stage.strays.append(self.path)
                self.send_error(404)
                return
            with one_at_a_time:
                answer = client.post(function.url, json=self._event()).json()
            body = answer["body"].encode()
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(base64.b64decode(body) if answer["isBase64Encoded"] else body)

        do_POST = do_GET  # noqa: N815  # the base class's names

        def log_message(self, *_: Any) -> None:
            """Say nothing: the function has a log."""

        def _event(self) -> Json:
            path, _, query = self.path.removeprefix(STAGE).partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            cookies = headers.pop("cookie", "")
            body = self.rfile.read(int(headers.get("content-length", "0"))).decode()
            event = http_api_with_stage(Call(self.command, path, query, {**headers, "x-forwarded-proto": "http"}, body))
            return {**event, "cookies": cookies.split("; ") if cookies else []}

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
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
