"""The parity gate: the corpus of the parity certificate, played against the old and the new units before a move."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http.client import HTTPException
from typing import Final
from urllib.parse import unquote

from parity.calls import Answer, Call, CallSequence
from parity.differences import as_curl, differing_lines, short
from parity.live.calls import live_corpus
from parity.live.targets import Target
from parity.moves import Differences
from parity.moves.load_balancer import PREVIEW, LoadBalancer

_SEED: Final = 1
_SHOWN: Final = 5
_READS: Final = {"GET", "HEAD"}
# What some load balancers decode on the way to some targets; the parity certificate plays it against each entrance.
_ESCAPED: Final = re.compile("%(2[1356789ABCF]|3[ABDF]|40|5B|5D)", re.IGNORECASE)


class Unfinished(Exception):
    """Not everything could be played; the text says why."""


class UnitsBehind(Target):
    """The units that serve, or are to serve, the paths of entities, each behind its preview header."""

    def __init__(self, balancer: LoadBalancer, units: Mapping[str, str]) -> None:
        """`units` has a unit, named as X-Preview-Unit does, for each entity whose paths are played."""
        super().__init__(balancer.address, balancer.token)
        self._host = balancer.host
        self._units = units

    def _send(self, call: Call) -> Answer:
        entity = entity_of(call.path)
        unit = self._units[entity] if entity in self._units else next(iter(self._units.values()))
        return super()._send(replace(call, headers=(*call.headers, ("host", self._host), (PREVIEW, unit))))


def differences(balancer: LoadBalancer, pairs: Mapping[str, tuple[str, str]], *, write: bool) -> Differences:
    """Return what the new units answer differently.

    The pairs are the old and the new unit for each entity that moves. With `write`, entities are created through both
    units, and deleted at the end. Raises `Unfinished`.
    """
    old = UnitsBehind(balancer, {entity: units[0] for entity, units in pairs.items()})
    new = UnitsBehind(balancer, {entity: units[1] for entity, units in pairs.items()})
    found: list[str] = []
    try:
        for sequence in _corpus(pairs, write=write):
            found += _played(old, new, sequence)
    except (OSError, HTTPException) as error:
        raise Unfinished(f"a unit stopped answering ({error})") from error
    finally:
        left = [path for target in (old, new) for path in target.delete_created()]
    found += [f"{path} was created by the gate, and could not be deleted." for path in left]
    return Differences(len(found), found[:_SHOWN])


def entity_of(path: str) -> str:
    """Return the entity whose API or page has this path, as the load balancer sees it; empty for any other path."""
    first, _, rest = unquote(path).removeprefix("/").partition("/")
    return rest.partition("/")[0] if first == "api" else first


def _corpus(pairs: Mapping[str, tuple[str, str]], *, write: bool) -> Iterator[CallSequence]:
    for sequence in live_corpus(_SEED, 0):
        calls = [call for call in sequence.calls if entity_of(call.path) in pairs and not _ESCAPED.search(call.target)]
        yield replace(sequence, calls=calls if write else _reads(calls))


def _reads(calls: Sequence[Call]) -> list[Call]:
    """Return the calls that change nothing, without those that need the answer to one that does."""
    labels = {call.label for call in calls if call.method in _READS}
    return [call for call in calls if call.label in labels and call.refers_to() <= labels]


def _played(old: Target, new: Target, sequence: CallSequence) -> Iterator[str]:
    for call, wanted, got in zip(sequence.calls, old.play(sequence), new.play(sequence), strict=True):
        if wanted != got and wanted.status and got.status:
            yield "\n".join([f"  {short(as_curl(call, sequence.name))}", *differing_lines(wanted, got)])
