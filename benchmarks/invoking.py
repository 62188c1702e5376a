"""Handlers in processes of their own, which answer as many events as they are given."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Any

from benchmarks.subjects import FUNCTIONS
from benchmarks.wrk import BenchError

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Invoker:
    """A handler's process; its log is what it prints."""

    process: "subprocess.Popen[str]"
    log: Path
    _orders: IO[str]
    _answers: IO[str]

    def time(self, event: Any, times: int, status: int) -> float:
        """Seconds of the processor that so many invocations took: what else the machine does counts little.

        Raises `BenchError` if the last answer has another status.
        """
        return float(self._checked(event, times, status)["processor_seconds"])

    def elapsed(self, event: Any, times: int, status: int) -> float:
        """Seconds that passed during so many invocations. Raises as `time`."""
        return float(self._checked(event, times, status)["seconds"])

    def answer(self, event: Any) -> dict[str, Any]:
        """What the handler returns for one event."""
        answer: dict[str, Any] = self._invoke(event, 1)["answer"]
        return answer

    def create(self, event: Any) -> str:
        """The id of the user that an event creates."""
        return str(json.loads(self.answer(event)["body"])["id"])

    def wait(self) -> None:
        """Return when the handler is ready."""
        self._line()

    def _checked(self, event: Any, times: int, status: int) -> dict[str, Any]:
        result = self._invoke(event, times)
        if result["answer"]["statusCode"] != status:
            raise BenchError(f"The handler answered {result['answer']} to {event}.")
        return result

    def _invoke(self, event: Any, times: int) -> dict[str, Any]:
        first = next(_numbers) * 1_000_000
        order = {"event": json.dumps(event), "first": first, "last": first + times}
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        result: dict[str, Any] = json.loads(self._line())
        return result

    def _line(self) -> str:
        line = self._answers.readline()
        if not line:
            raise BenchError(f"The handler's process ended with status {self.process.wait()}; see its log.")
        return line


@contextmanager
def invoking(subject: str, directory: Path, environ: Mapping[str, str]) -> Iterator[Invoker]:
    """A subject's handler, ready, in a process with that environment, until the block ends."""
    function = FUNCTIONS[subject]
    program = Path(__file__).with_name("invoker.py").read_text()
    log = directory / f"{subject}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            function.python(f"{program}\nmain({function.handler!r})"),
            cwd=directory,
            env={"PATH": os.defpath, **function.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
        )
    with process:  # it ends with its input
        assert process.stdin
        assert process.stderr
        invoker = Invoker(process, log, process.stdin, process.stderr)
        invoker.wait()
        yield invoker
