"""What a difference is, and how people read it: the requests that lead there, and what was answered."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import ndiff
from typing import Final

from parity.allowed import normalised
from parity.calls import Answer, Call, CallSequence
from parity.cells import REFERENCE, Cell

LONGEST_LINE: Final = 400
"""Characters of a line that are shown of an answer or a request."""


@dataclass(frozen=True)
class Difference:
    """A call that was answered in another way than by the reference; it is the last one of its sequence."""

    cell: Cell
    sequence: CallSequence
    call: Call
    expected: Answer
    actual: Answer


def described(difference: Difference) -> Iterator[str]:
    """Describe a difference, line by line."""
    name = difference.sequence.name
    yield f"{difference.cell} differs from {REFERENCE} (sequence {name}):"
    for call in difference.sequence.calls:
        yield f"  {call.label}: {short(as_curl(call, name))}"
    wanted = normalised(REFERENCE, difference.call, difference.expected)
    got = normalised(difference.cell, difference.call, difference.actual)
    yield from differing_lines(wanted, got)


def differing_lines(expected: Answer, actual: Answer) -> Iterator[str]:
    """The lines of two answers that are not in both."""
    for line in ndiff(_lines(expected), _lines(actual)):
        if line[0] in "-+":
            yield f"    {'expected' if line[0] == '-' else 'answered'}  {short(line[2:])}"


def as_curl(call: Call, sequence: str) -> str:
    """The call as a command, without the headers that every call of the corpus has."""
    usual = {("host", "shop.example"), ("x-request-id", f"{sequence}-{call.label}")}
    words = ["curl", "--path-as-is", "-X", call.method, f"$URL{call.target}"]
    for name, value in call.headers:
        if name != "x-forwarded-for" and (name, value) not in usual:
            words += ["-H", f"{name}: {value}"]
    if call.body:
        words += ["--data-binary", call.body.decode("utf-8", "backslashreplace")]
    return shlex.join(words)


def short(line: str) -> str:
    """The line in ASCII, so that what looks alike differs, cut off where it is long."""
    line = line.encode("ascii", "backslashreplace").decode()
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}... ({len(line):,} characters)"


def _lines(answer: Answer) -> list[str]:
    headers = [f"{name}: {value}" for name, value in answer.headers]
    logged = [] if answer.logged is None else [f"logged {json.dumps(answer.logged)}"]
    return [f"status {answer.status}", *headers, answer.body.decode("utf-8", "backslashreplace"), *logged]
