"""`shapeshift-parity URL URL`: plays the corpus against two live services and shows what they answer differently."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final

from rich.console import Console
from rich.progress import Progress

from parity.calls import Answer, Call, CallSequence
from parity.differences import as_curl, differing_lines, short
from parity.live.allowed import LIVE_ALLOWED
from parity.live.calls import live_corpus
from parity.live.targets import Target

MOST_SHOWN: Final = 10


class Unusable(Exception):
    """A URL at which the service cannot be reached; the text says why."""


@dataclass(frozen=True)
class LiveDifference:
    """A call that two services answered differently, and the calls whose answers it needs."""

    sequence: str
    steps: Sequence[Call]
    expected: Answer
    actual: Answer


def compare(first: str, second: str, *, seed: int, sequences: int, token: str, console: Console) -> bool:
    """Show what the two answer differently, and return whether they answer the same. Raises `Unusable`.

    Each call that has no Authorization header is sent with the token, if there is one. It is not shown.
    """
    targets = [_target(url, token) for url in (first, second)]
    console.print(
        f"This writes to both services: entities with names of its own, which it deletes at the end.\n"
        f"  expected is what {first} answers,\n  answered is what {second} answers.",
        soft_wrap=True,
    )
    played = live_corpus(seed, sequences)
    with _cleaned_up(targets, console), Progress(console=console) as progress:
        task = progress.add_task("answers compared", total=sum(len(each.calls) for each in played))
        differences: list[LiveDifference] = []
        for sequence in played:
            differences += _differences(targets, sequence)
            progress.advance(task, len(sequence.calls))
    for difference in differences[:MOST_SHOWN]:
        console.print("\n".join(_described(difference)), markup=False, highlight=False, soft_wrap=True)
    _summarise(targets, played, len(differences), console)
    return not differences


def _target(url: str, token: str) -> Target:
    try:
        target = Target(url, token)
        answer = target.answer(Call("health", "GET", "/api/health"))
        about = json.loads(answer.body)
    except (OSError, HTTPException) as error:
        raise Unusable(f"{url} does not answer: {error}.") from error
    except ValueError as error:
        raise Unusable(f"{url} is not the URL of this service: {error}") from error
    if not isinstance(about, dict) or about.get("status") != "healthy":
        raise Unusable(f"{url} is not the URL of this service: /api/health is answered with status {answer.status}.")
    return target


@contextmanager
def _cleaned_up(targets: Sequence[Target], console: Console) -> Iterator[None]:
    """Whatever happens, even if it is interrupted, what was made is deleted."""
    try:
        yield
    except (OSError, HTTPException) as error:
        raise Unusable(f"A service stopped answering: {error}.") from error
    finally:
        for target in targets:
            for path in target.delete_created():
                console.print(f"{target.url} still has {path}: it could not be deleted.", style="red", soft_wrap=True)


def _differences(targets: Sequence[Target], sequence: CallSequence) -> Iterator[LiveDifference]:
    expected, actual = (target.play(sequence) for target in targets)
    for call, wanted, got in zip(sequence.calls, expected, actual, strict=True):
        if wanted != got and wanted.status and got.status:
            yield LiveDifference(sequence.name, _steps(call, sequence), wanted, got)


def _steps(call: Call, sequence: CallSequence) -> list[Call]:
    needed = {call.label}
    for each in reversed(sequence.calls):
        if each.label in needed:
            needed |= each.refers_to()
    labels = [each.label for each in sequence.calls]
    return [each for each in sequence.calls[: labels.index(call.label) + 1] if each.label in needed]


def _described(difference: LiveDifference) -> Iterator[str]:
    yield f"A difference (sequence {difference.sequence}):"
    for call in difference.steps:
        yield f"  {call.label}: {short(as_curl(call, difference.sequence))}"
    yield from differing_lines(difference.expected, difference.actual)


def _summarise(targets: Sequence[Target], played: Sequence[CallSequence], differences: int, console: Console) -> None:
    compared = sum(len(sequence.calls) for sequence in played)
    console.print(f"{compared:,} answers compared, {differences:,} of which differ.", highlight=False)
    for target in targets:
        if target.refused:
            console.print(f"{target.refused:,} calls were refused in front of {target.url}.", soft_wrap=True)
    console.print("Allowed to differ:", *(f"  {each.what}" for each in LIVE_ALLOWED), sep="\n", soft_wrap=True)
