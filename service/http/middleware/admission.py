"""Admission control: more requests than this process can answer in time are refused at once (contract, section 8)."""

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final

import structlog

from service.application.load import Load
from service.http.asgi import App, Message, Receive, Scope, Send
from service.http.middleware.deadline import ARRIVED
from service.http.middleware.limit import Limit
from service.http.problems import INTERNAL, OVERLOADED, problem_answer

SUMMARY_SECONDS: Final = 1.0
TURN_SECONDS: Final = 0.01
"""Shorter turns of the event loop are not distinguished: they are short enough."""
DETAIL: Final = "This process has more requests than it can answer in time. Nothing was done. Try again in a second."

_HEALTH: Final = ("/api/health", "/health")
_WITHOUT_BODY: Final = {"GET", "HEAD", "DELETE"}

logger = structlog.get_logger("shapeshift.admission")


class Admission:
    """Counts the requests that are being answered, and refuses those above a limit. Health is never refused.

    A request whose body has not arrived does not count: only our own work is limited. One line a second sums up what
    was refused, instead of an access line for each.

    A server that knows its connections refuses a request before it makes a task for it: it asks `admits`, and then
    calls `expect` or `note_refusal`. On any other server, the application refuses.
    """

    def __init__(self, load: Load, limit: Limit) -> None:
        self._load = load
        self._limit = limit
        self._under_way = 0
        self._refused = 0
        self._ended = self._ended_before = 0
        """How many connections were refused before they were served, in this second and in the one before."""
        self._answered = 0
        self._slowest = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._next_turn: asyncio.TimerHandle | None = None
        self.connections: Callable[[], int] | None = None
        """How many connections the server has open, where it says so. Each has at most one request under way."""

    def admits(self, path: str) -> bool:
        """Whether a request for this path is to be answered."""
        return not self.is_full() or self.is_exempt(path)

    def is_full(self, waiting: int = 0) -> bool:
        """Whether as many requests are being answered, or wait on connections that are not yet accepted, as may be."""
        requests = self._under_way + waiting
        return requests >= self._limit.least and requests >= self._limit_now(waiting)

    def is_refusing(self) -> bool:
        """Whether a request was refused in the last second."""
        return self._timer is not None

    def is_exempt(self, path: str) -> bool:
        """Whether a request for this path is always to be answered."""
        return path.startswith(_HEALTH)

    def expect(self) -> None:
        """Count a request that `admits` and whose task was made. The task carries the time, as `ARRIVED`."""
        self._under_way += 1

    def note_refusal(self, *, ends: bool = False) -> None:
        """Count a request that was refused; `ends`: its connection was never among those that the server has open."""
        self._limit.note_refusal(monotonic())
        self._refused += 1
        self._ended += ends
        if self._timer is None:
            self._load.refusing = self._refuses_waiting()
            self._timer = asyncio.get_running_loop().call_later(SUMMARY_SECONDS, self._sum_up)
            self._count_turn()

    def wrap(self, app: App) -> App:
        """Return the app behind this admission control."""

        async def admitted(scope: Scope, receive: Receive, send: Send) -> None:
            if ARRIVED not in scope:
                if not self.admits(scope["path"]):
                    self.note_refusal()
                    await problem_answer(scope, OVERLOADED, DETAIL)(scope, receive, send)
                    return
                scope[ARRIVED] = monotonic()
                self.expect()
            try:
                await app(scope, receive if scope["method"] in _WITHOUT_BODY else self._uncounted(scope, receive), send)
            finally:
                self._under_way -= 1
                self._note_answer(scope["state"], scope[ARRIVED])

        return admitted

    def _limit_now(self, waiting: int = 0) -> int:
        return self._limit.requests(self._callers(waiting))

    def _callers(self, waiting: int = 0) -> int | None:
        """How many connections there would be if none had been refused."""
        ended = max(self._ended, self._ended_before)
        return self.connections() + waiting + ended if self.connections else None

    def _refuses_waiting(self) -> bool:
        """Whether what is admitted is to be answered soon. If it may wait, the store must let it wait as well."""
        return not self._limit.allows_waiting(self._callers())

    def _uncounted(self, scope: Scope, receive: Receive) -> Receive:
        """Return the function that waits for a body without being counted. The caller's time is not ours, either."""

        async def waited() -> Message:
            asked = monotonic()
            self._under_way -= 1
            try:
                return await receive()
            finally:
                self._under_way += 1
                scope[ARRIVED] += monotonic() - asked

        return waited

    def _note_answer(self, state: Mapping[str, Any], began: float) -> None:
        now = monotonic()
        seconds = now - began
        self._limit.note_answer(now, seconds, served=state.get("status", INTERNAL.status) < INTERNAL.status)
        if self._timer is not None:
            self._answered += 1
            self._slowest = max(self._slowest, seconds)

    def _count_turn(self) -> None:
        """Count this turn of the event loop, and go on for as long as requests are refused."""
        self._limit.note_turn()
        self._next_turn = asyncio.get_running_loop().call_later(TURN_SECONDS, self._count_turn)

    def _sum_up(self) -> None:
        """Log the last second, and go on for as long as requests are refused."""
        self._timer = None
        self._ended_before, self._ended = self._ended, 0
        self._load.refusing = bool(self._refused) and self._refuses_waiting()
        if not self._refused:
            if self._next_turn is not None:
                self._next_turn.cancel()
            return
        logger.warning(
            "refused requests",
            refused=self._refused,
            answered=self._answered,
            slowest_ms=round(self._slowest * 1000, 1),
            under_way=self._under_way,
            limit=self._limit_now(),
        )
        self._refused = self._answered = 0
        self._slowest = 0.0
        self._timer = asyncio.get_running_loop().call_later(SUMMARY_SECONDS, self._sum_up)
