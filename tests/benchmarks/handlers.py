"""A function's handler in a process of its own, invoked by one source of events."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from benchmarks.subjects import FUNCTIONS
from parity.calls import Answer, Call
from parity.events import SOURCES, Source

# It answers on standard error, for its log is on standard output.
CODE = """\
import json
from {module} import {name}
for line in sys.stdin:
    print(json.dumps({name}(json.loads(line), None)), file=sys.stderr, flush=True)
"""


class Handler:
    """A function that answers calls."""

    def __init__(self, source: Source, events: IO[str], answers: IO[str]) -> None:
        self._source = source
        self._events = events
        self._answers = answers

    def answer(self, call: Call) -> Answer:
        self._events.write(f"{json.dumps(self._source.event(call))}\n")
        self._events.flush()
        line = self._answers.readline()
        try:
            result: dict[str, Any] = json.loads(line)
        except ValueError:
            raise AssertionError(f"no answer: {line}{self._answers.read()}") from None
        return self._source.answer(result)


@contextmanager
def handling(subject: str, source: str, log: Path, **environ: str) -> Iterator[Handler]:
    """The function of that name, until the block ends; what it prints goes to that file."""
    function = FUNCTIONS[subject]
    module, _, name = function.handler.rpartition(".")
    with (
        log.open("wb") as output,
        subprocess.Popen(
            function.python(CODE.format(module=module, name=name)),
            cwd=log.parent,
            env={"PATH": os.defpath, **function.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stdin
        assert process.stderr
        yield Handler(SOURCES[source], process.stdin, process.stderr)
        process.stdin.close()
        assert process.wait(20) == 0, process.stderr.read()
