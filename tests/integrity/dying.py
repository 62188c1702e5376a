"""Creations with keys, in processes that are killed at one of their steps: `python -m tests.integrity.dying`.

It reads the environments of two runtimes over one store, as JSON. For each step of a creation, a process of the first
runtime is killed there, then one of the second and one of the first repeat the request. A step is before, or after,
each thing that a process asks of its store. A line of JSON for each step says what they were told, until one lives.
"""

import asyncio
import json
import os
import signal
import sys
from itertools import count
from typing import Any, Final

import httpx
from sqlalchemy import Engine, event

from containers.runtimes import container_for
from service.adapters.dynamodb.transport import HttpTransport

MOST_STEPS: Final = 30


class Death:
    """Kills this process at one of its steps; at step 0 it lives."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._steps = count(1)

    def step(self, *_: Any) -> None:
        if next(self._steps) == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(death: Death) -> None:
    """Let each call of a store be two steps."""
    for moment in ("begin", "before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(Engine, moment, death.step)
    call = HttpTransport.call

    async def watched(*arguments: Any) -> Any:
        death.step()
        answer = await call(*arguments)
        death.step()
        return answer

    HttpTransport.call = watched  # type: ignore[method-assign, assignment]  # the process ends with it


async def create(environ: dict[str, str], key: str, step: int) -> dict[str, Any]:
    """Create a user, and return what was told: the answer, and how many users there are."""
    container: Any = container_for(environ)
    app = container.app()
    transport = httpx.ASGITransport(app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        await client.get("/api/users")  # connections are open
        watch(death := Death(step))
        user = {"name": "Ada", "email": f"{key}@example.com"}
        answer = await client.post("/api/users", json=user, headers={"idempotency-key": key})
        death.step()
        users = len((await client.get("/api/users", params={"limit": 100})).json())
    is_replay = "idempotency-replayed" in answer.headers
    return {"status": answer.status_code, "is_replay": is_replay, "body": answer.text, "users": users}


def in_a_process(environ: dict[str, str], key: str, step: int) -> dict[str, Any] | None:
    """Create in a process of its own; None: it was killed. It is a copy of this one, which has done nothing yet."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.write(writing, json.dumps(asyncio.run(create(environ, key, step))).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        text = told.read()
    _, status = os.waitpid(process, 0)
    if os.waitstatus_to_exitcode(status) == -signal.SIGKILL:
        return None
    found: dict[str, Any] = json.loads(text)
    return found


def main() -> None:
    first, second = json.load(sys.stdin)
    container_for(first).app()  # what it loads, the others need not load again
    for step in range(1, MOST_STEPS):
        key = f"key-{step}"
        steps = ((first, step), (second, 0), (first, 0))
        told = [in_a_process(environ, key, at) for environ, at in steps]
        print(json.dumps(told), flush=True)  # noqa: T201  # the result
        if told[0]:
            return


if __name__ == "__main__":
    main()
