"""The corpus leaves nothing of the contract out, and is the same for the same seed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parity.calls import Call, CallSequence
from parity.cells import REFERENCE
from parity.corpus import authenticated, corpus
from parity.corpus.building import with_usual_headers
from parity.corpus.operations import COMPARED, Operation, operations
from parity.corpus.scenarios import scenarios
from parity.corpus.schemas import fitting
from parity.corpus.values import Known, bodies, headers, queries
from parity.playing import Played, play
from tests.description import DESCRIPTION
from tests.parity.conftest import OpenApps

ROOT = Path(__file__).parents[2]
NOT_OF_REQUESTS = {"408", "500", "503"}
"""Statuses that come of time, faults and outages."""


def problems_of(response: dict[str, Any]) -> list[str]:
    """The names of the problems that a response may tell of; none for a HEAD and for a success."""
    schema = response.get("content", {}).get("application/problem+json", {}).get("schema", {})
    return [each["$ref"].rpartition("/")[2] for each in schema.get("oneOf", [schema]) if "$ref" in each]


def documented() -> Iterator[tuple[str, str, str, str]]:
    """Each method, path, status and problem of the document."""
    for path, item in DESCRIPTION["paths"].items():
        for method in item.keys() - {"parameters"} if path.startswith(COMPARED) else ():
            for status, response in item[method]["responses"].items():
                if status not in NOT_OF_REQUESTS:
                    for problem in problems_of(response) or [""]:
                        yield method.upper(), path, status, problem


def told(played: Played) -> tuple[str, str, str, str]:
    """The same of a call that was played."""
    call, answer = played
    plain = [path for path in DESCRIPTION["paths"] if path == call.path]
    below = [path for path in DESCRIPTION["paths"] if "{" in path and call.path.startswith(path.partition("{")[0])]
    is_problem = call.method != "HEAD" and answer.status >= 400
    slug = json.loads(answer.body)["type"].rpartition("/")[2] if is_problem else ""
    problem = f"{slug}-{answer.status}" if is_problem else ""
    return call.method, (*plain, *below, call.path)[0], str(answer.status), problem


def test_the_scenarios_have_every_status_and_problem_of_every_operation(open_apps: OpenApps) -> None:
    with open_apps() as apps, apps.open(REFERENCE) as entrance:
        found = {told(each) for each in play(with_usual_headers("scenarios", scenarios(), 1).calls, entrance)}

    missing = set(documented()) - found
    assert not missing, f"Add calls that are answered so, to a module in parity/corpus/scenarios: {sorted(missing)}"


def test_the_same_seed_gives_the_same_corpus_and_another_seed_another() -> None:
    assert corpus(7, 2) == corpus(7, 2)
    assert corpus(7, 2)[1].calls != corpus(8, 2)[1].calls


@pytest.mark.parametrize("loaded", ["", "import deploy.cli, loopback.aws, tests.parity.planted"])
def test_the_corpus_does_not_depend_on_what_is_loaded(loaded: str, sequences: list[CallSequence]) -> None:
    script = f"{loaded}\nfrom parity.corpus import corpus\nprint(ascii(corpus(1, 20)))"
    printed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert printed.stdout.strip() == ascii(sequences)


def test_it_has_as_many_sequences_as_were_asked_for() -> None:
    assert [len(corpus(1, size)) for size in (0, 1, 3)] == [1, 2, 4]


def test_random_sequences_have_every_operation_of_the_document(sequences: list[CallSequence]) -> None:
    plain = {(each.method, each.path) for each in operations() if "{" not in each.path}
    below = {(each.method, each.collection) for each in operations() if "{" in each.path}
    calls = [call for sequence in sequences[1:] for call in sequence.calls]

    assert plain <= {(call.method, call.path) for call in calls}
    assert below <= {(call.method, call.path.rpartition("/")[0]) for call in calls}


def an_operation(**parts: Any) -> Operation:
    usual: dict[str, Any] = {
        "path_parameters": {},
        "query_parameters": {},
        "header_parameters": (),
        "fields": {},
        "required": frozenset(),
    }
    return Operation("GET", "/api/new", **usual | parts)


def test_an_operation_that_nobody_can_make_values_for_is_refused() -> None:
    limit = {"type": "integer", "minimum": 1, "maximum": 2}
    with pytest.raises(ValueError, match=r"no strategy for the parameters .*sort"):
        queries(an_operation(query_parameters={"limit": limit, "sort": {"type": "string"}}), Known())
    with pytest.raises(ValueError, match=r"no strategy for the headers .*Prefer"):
        headers(an_operation(header_parameters=("Prefer",)), Known(created={"/api/users": ["ada"]}))
    with pytest.raises(ValueError, match=r"no strategy for .*boolean"):
        bodies(an_operation(fields={"gift": {"type": "boolean"}}), Known())
    with pytest.raises(ValueError, match="no strategy"):
        fitting({"type": "number"})


def test_each_call_has_a_label_and_mostly_a_request_id_of_its_own(sequences: list[CallSequence]) -> None:
    calls = [call for sequence in sequences for call in sequence.calls]
    ids = [value for call in calls for value in call.values("x-request-id") if value.endswith(f"-{call.label}")]

    assert len(set(ids)) == len(ids) > 0.9 * len(calls)
    for sequence in sequences:
        labels = [call.label for call in sequence.calls]
        assert len(set(labels)) == len(labels)


def test_references_are_to_earlier_calls(sequences: list[CallSequence]) -> None:
    for sequence in sequences:
        seen: set[str] = set()
        for call in sequence.calls:
            assert call.refers_to() <= seen | {"nobody", "nothing-yet"}, call
            seen.add(call.label)


def test_a_reference_is_replaced_by_what_the_service_answered(open_apps: OpenApps) -> None:
    calls = [call for call in scenarios("usual calls") if call.label in {"ada", "see-ada"}]
    with open_apps() as apps, apps.open(REFERENCE) as entrance:
        created, seen = play(calls, entrance)

    assert seen.call.path == f"/api/users/{created.answer.id}"
    assert seen.answer.body == created.answer.body


def test_a_reference_to_a_call_that_was_dropped_says_so(open_apps: OpenApps) -> None:
    with open_apps() as apps, apps.open(REFERENCE) as entrance:
        (played,) = play([Call("a", "GET", "/api/users/<<id:gone>>", "<<next:gone>>")], entrance)

    assert played.call.target == "/api/users/absent-gone?absent-gone"
    assert played.answer.status == 404


def test_with_authentication_every_good_token_is_accepted_and_every_other_call_is_refused(open_apps: OpenApps) -> None:
    sequence = authenticated()
    with open_apps() as apps, apps.open(REFERENCE, sequence.trusted_hops, **sequence.settings) as entrance:
        statuses = {call.label: answer.status for call, answer in play(sequence.calls, entrance)}

    assert {status for label, status in statuses.items() if label.startswith("good-")} == {200}
    assert {status for label, status in statuses.items() if label.startswith("bad-")} == {401}
    assert {401, 403, 404, 405} <= set(statuses.values())
