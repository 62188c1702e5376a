"""How long a request may take."""

import asyncio
from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from service.http import problems

DEADLINE_SECONDS: Final = 2.0
BODY_SECONDS: Final = 10.0


def keep_deadline(app: ASGIApp) -> ASGIApp:
    """Answer 503 to what takes more than two seconds of our time, and 408 to a body that takes ten to arrive.

    The caller's own slowness, in sending or in receiving, is not counted as ours.
    """

    async def timely(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        waits_for_body = answered = False

        async def receive_patiently() -> Message:
            nonlocal waits_for_body
            if not waits_for_body:
                waits_for_body = True
                deadline.reschedule(loop.time() + BODY_SECONDS)
            message = await receive()
            if not message.get("more_body"):
                waits_for_body = False
                deadline.reschedule(loop.time() + DEADLINE_SECONDS)
            return message  # type: ignore[return-value]  # Litestar types what is received more narrowly than Message

        async def send_in_peace(message: Message) -> None:
            nonlocal answered
            if not answered:
                answered = True
                deadline.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(DEADLINE_SECONDS) as deadline:
                await app(scope, receive_patiently, send_in_peace)
        except TimeoutError:
            if not deadline.expired():
                raise
            if waits_for_body:
                problem, detail = problems.REQUEST_TIMEOUT, f"The body did not arrive within {BODY_SECONDS:g} seconds."
            else:
                problem, detail = problems.UNAVAILABLE, "The request took too long. Whether it took effect is not known."
            await _send_problem(send, problem, detail, scope["state"]["request_id"])

    return timely


async def _send_problem(send: Send, problem: problems.Problem, detail: str, request_id: str) -> None:
    body = problems.body_of(problem, detail, request_id)
    headers = {"content-type": problems.MEDIA_TYPE, "content-length": str(len(body)), **problem.headers}
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})
