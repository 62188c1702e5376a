"""Run as a process: times the application out of a container and the same one put together by hand, in turns.

    python -m benchmarks.container_cost ROUNDS

Standard output is the access log; on standard error is a line of JSON: by `build` and `request`, by subject, the
seconds of the processor in each round.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from litestar import Litestar

from benchmarks.by_hand import application
from benchmarks.ratios import alternate
from containers.entrypoints.logs import configure_logs
from containers.local import LocalContainer

SECRET = "a secret of the benchmark"  # noqa: S105  # of nothing
REQUESTS = 300
SCOPE: Mapping[str, Any] = {
    "type": "http",
    "http_version": "1.1",
    "scheme": "http",
    "method": "GET",
    "path": "/api/users/nobody",
    "raw_path": b"/api/users/nobody",
    "root_path": "",
    "query_string": b"",
    "headers": [(b"host", b"shop.example")],
    "client": ("127.0.0.1", 50000),
    "server": ("127.0.0.1", 8000),
}


def out_of_a_container() -> Litestar:
    """As a laptop's."""
    app: Litestar = LocalContainer(environ={"STORE": "memory", "CURSOR_SECRET": SECRET}).app()
    return app


def by_hand() -> Litestar:
    """As it would be without a container."""
    return application(SECRET)


MAKERS: Mapping[str, Callable[[], Litestar]] = {"ours": out_of_a_container, "by hand": by_hand}


def _build(make: Callable[[], Litestar]) -> float:
    began = time.process_time()
    make()
    return time.process_time() - began


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(_: Any) -> None:
    return None


async def _ask(app: Any) -> None:
    for _ in range(REQUESTS):
        await app({**SCOPE, "state": {}}, _receive, _send)


def main(rounds: int) -> None:
    """Measure, and print the result."""
    configure_logs("INFO")
    apps = {subject: make() for subject, make in MAKERS.items()}
    loop = asyncio.new_event_loop()

    def request(app: Litestar) -> float:
        began = time.process_time()
        loop.run_until_complete(_ask(app))
        return (time.process_time() - began) / REQUESTS

    told = {
        "build": alternate({name: partial(_build, make) for name, make in MAKERS.items()}, rounds),
        "request": alternate({name: partial(request, app) for name, app in apps.items()}, rounds),
    }
    loop.close()
    sys.stderr.write(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]))
