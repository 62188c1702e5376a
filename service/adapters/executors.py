"""How an async service calls a library that blocks: one executor is thread pool and limiter at once."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


class Executor(ABC):
    """Runs blocking calls, at most `size` at a time; a store opens as many connections."""

    size: int

    @abstractmethod
    async def run(self, work: Callable[[], T]) -> T:
        """Call `work`, in the context of the caller, and return what it returns or raise what it raises.

        A call whose caller is cancelled before it begins is dropped.
        """

    @abstractmethod
    def close(self) -> None:
        """End the threads: running calls finish, others are dropped. A later call starts new threads."""


class ThreadExecutor(Executor):
    """Runs calls in threads, so that the event loop goes on."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._threads = self._pool()

    async def run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, work)

    def close(self) -> None:
        closing, self._threads = self._threads, self._pool()
        closing.shutdown(wait=False, cancel_futures=True)

    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.size, thread_name_prefix="store")  # starts no thread before it is used
