"""What of the corpus can be played against live services."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Final
from urllib.parse import parse_qs, unquote

from parity.allowed import as_received
from parity.calls import Call, CallSequence
from parity.cells import CELLS
from parity.corpus import corpus
from service.domain.entities import ENTITIES

LISTS: Final = {f"/api/{name}": entity.owner.field.name if entity.owner else None for name, entity in ENTITIES.items()}
"""The lists, each with the parameter that asks for what one owner has, if there is one."""

_NOT_OURS: Final = frozenset(("host", "x-forwarded-for"))


def live_corpus(seed: int, sequences: int) -> list[CallSequence]:
    """Return the scenarios and so many random sequences, without the calls that depend on what others do."""
    return [replace(each, calls=list(_playable(each))) for each in corpus(seed, sequences)]


def is_of_everybody(call: Call) -> bool:
    """Whether the call reads a list in which others' data may be."""
    path = unquote(call.path)
    of_one = LISTS.get(path) in parse_qs(call.query, keep_blank_values=True)
    return path in LISTS and call.method in {"GET", "HEAD"} and not of_one


def _playable(sequence: CallSequence) -> Iterator[Call]:
    left_out: set[str] = set()
    for call in sequence.calls:
        refers_to_others = call.refers_to() & left_out
        if is_of_everybody(call) or refers_to_others:
            left_out.add(call.label)  # where its next page begins depends on others
        if refers_to_others or call.values("host") != ["shop.example"] or not _comes_whole(call):
            continue
        yield replace(call, headers=tuple((name, each) for name, each in call.headers if name not in _NOT_OURS))


def _comes_whole(call: Call) -> bool:
    return len(call.values("x-forwarded-for")) == 1 and all(
        as_received(cell, each) == each for cell, each in product(CELLS, [call])
    )
