"""How long a request may take."""

import asyncio
from typing import Final

from service.http.asgi import App, Message, Receive, Scope, Send
from service.http.problems import REQUEST_TIMEOUT, UNAVAILABLE, problem_answer

DEADLINE_SECONDS: Final = 2.0
BODY_SECONDS: Final = 10.0

BODY_TOO_LATE: Final = REQUEST_TIMEOUT, f"The body did not arrive within {BODY_SECONDS:g} seconds."
ANSWER_TOO_LATE: Final = UNAVAILABLE, "The request took too long. Whether it took effect is not known."
STOPPED: Final = UNAVAILABLE, "The process is stopping. Whether the request took effect is not known."


def keep_deadline(app: App) -> App:
    """Answer 503 to what takes more than two seconds of our time, and 408 to a body that takes ten to arrive.

    The caller's own slowness, in sending or in receiving, is not counted as ours.
    """

    async def timely(scope: Scope, receive: Receive, send: Send) -> None:
        problem = None
        try:
            async with asyncio.timeout(DEADLINE_SECONDS) as deadline:
                exchange = _Exchange(deadline, receive, send)
                await app(scope, exchange.receive, exchange.send)
        except TimeoutError:
            if not deadline.expired():
                raise
            problem = BODY_TOO_LATE if exchange.awaits_body else ANSWER_TOO_LATE
        except asyncio.CancelledError:  # by a server whose patience has ended before ours
            if exchange.answered:
                raise
            problem = STOPPED
        if problem:
            await problem_answer(scope, *problem)(scope, receive, send)

    return timely


class _Exchange:
    """Moves the deadline as the caller sends his body and we begin to answer."""

    def __init__(self, deadline: asyncio.Timeout, receive: Receive, send: Send) -> None:
        self.awaits_body = self.answered = False
        self._deadline = deadline
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        if not self.awaits_body:
            self.awaits_body = True
            self._allow(BODY_SECONDS)
        message = await self._receive()
        if not message.get("more_body"):
            self.awaits_body = False
            self._allow(DEADLINE_SECONDS)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answered = True
            self._deadline.reschedule(None)
        await self._send(message)

    def _allow(self, seconds: float) -> None:
        self._deadline.reschedule(asyncio.get_running_loop().time() + seconds)
