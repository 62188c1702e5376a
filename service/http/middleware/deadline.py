"""How long a request may take."""

import asyncio
from time import monotonic
from typing import Final

from service.application.deadline import begin_deadline
from service.http.asgi import App, Message, Receive, Scope, Send
from service.http.middleware.request_timeout import RequestTimeout
from service.http.problems import REQUEST_TIMEOUT, UNAVAILABLE, problem_answer
from service.http.unavailable import note_cause, while_waiting

ARRIVED: Final = "shapeshift.arrived"
"""The key of an ASGI scope at which the time is when a request arrived, on the monotonic clock, where that is known."""

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
        exchange = _Exchange(receive, send, scope.get(ARRIVED))
        try:
            await app(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            if exchange.answered:
                raise
            if not exchange.timeout.caused_cancellation():  # a server whose time limit is shorter than ours
                problem = STOPPED
                note_cause(scope, while_waiting("the process is stopping"))
            elif exchange.awaits_body:
                problem = BODY_TOO_LATE
            else:
                problem = ANSWER_TOO_LATE
                note_cause(scope, while_waiting(f"no answer within {DEADLINE_SECONDS:g} s"))
        finally:
            exchange.timeout.stop()
        if problem:
            await problem_answer(scope, *problem)(scope, receive, send)

    return timely


class _Exchange:
    """Moves the deadline while the caller sends a body, and ends it when we begin to answer."""

    __slots__ = ("_receive", "_send", "answered", "awaits_body", "deadline", "timeout")

    def __init__(self, receive: Receive, send: Send, arrived: float | None) -> None:
        seconds = DEADLINE_SECONDS if arrived is None else max(0.0, DEADLINE_SECONDS - (monotonic() - arrived))
        self.timeout = RequestTimeout(seconds)
        self.deadline = begin_deadline(seconds)
        self.awaits_body = self.answered = False
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        if not self.awaits_body:
            self.awaits_body = True
            self.timeout.set(BODY_SECONDS)
        message = await self._receive()
        if not message.get("more_body"):
            self.awaits_body = False
            self.timeout.set(DEADLINE_SECONDS)
            self.deadline.move(DEADLINE_SECONDS)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answered = True
            self.timeout.stop()
        await self._send(message)
