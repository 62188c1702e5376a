"""How long a request may take."""

import asyncio
from typing import Final

from service.application.deadline import begin_deadline
from service.http.asgi import App, Message, Receive, Scope, Send
from service.http.middleware.alarm import Alarm
from service.http.problems import REQUEST_TIMEOUT, UNAVAILABLE, problem_answer
from service.http.unavailable import note_cause, while_waiting

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
        exchange = _Exchange(receive, send)
        try:
            await app(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            if exchange.answered:
                raise
            if not exchange.alarm.caused_cancellation():  # a server whose patience has ended before ours
                problem = STOPPED
                note_cause(scope, while_waiting("the process is stopping"))
            elif exchange.awaits_body:
                problem = BODY_TOO_LATE
            else:
                problem = ANSWER_TOO_LATE
                note_cause(scope, while_waiting(f"no answer within {DEADLINE_SECONDS:g} s"))
        finally:
            exchange.alarm.stop()
        if problem:
            await problem_answer(scope, *problem)(scope, receive, send)

    return timely


class _Exchange:
    """Moves the deadline as the caller sends his body and we begin to answer."""

    __slots__ = ("_receive", "_send", "alarm", "answered", "awaits_body", "deadline")

    def __init__(self, receive: Receive, send: Send) -> None:
        self.alarm = Alarm(DEADLINE_SECONDS)
        self.deadline = begin_deadline(DEADLINE_SECONDS)
        self.awaits_body = self.answered = False
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        if not self.awaits_body:
            self.awaits_body = True
            self.alarm.set(BODY_SECONDS)
        message = await self._receive()
        if not message.get("more_body"):
            self.awaits_body = False
            self.alarm.set(DEADLINE_SECONDS)
            self.deadline.move(DEADLINE_SECONDS)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answered = True
            self.alarm.stop()
        await self._send(message)
