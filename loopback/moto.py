"""Run as a process: moto's DynamoDB at an endpoint, without its own server, which needs a dozen packages.

    python -m loopback.moto

It prints the port that it listens on, and serves until its standard input ends, with the process that started it.
One request at a time, since moto's transactions are not safe between threads.
"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import requests
from moto import mock_aws

from loopback.aws import REGION
from loopback.platforms import LOOPBACK


class Handler(BaseHTTPRequestHandler):
    """Passes requests on to where moto, in this process, intercepts them."""

    timeout = 2  # a client that connects and sends nothing blocks others

    def do_POST(self) -> None:
        """Answer one request, and close the connection."""
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        answer = requests.post(f"https://dynamodb.{REGION}.amazonaws.com/", body, headers=headers, timeout=10)
        self.send_response(answer.status_code)
        for name in ("content-type", "x-amz-crc32"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(HTTPServer):
    """Lets more connections wait for their turn than the standard library's five."""

    request_queue_size = 128


if __name__ == "__main__":
    with mock_aws(), Server((LOOPBACK, 0), Handler) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()
        server.shutdown()
