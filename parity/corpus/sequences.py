"""Random sequences of the document's operations, with values that fit it and values that do not."""

from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from parity.calls import Call
from parity.corpus.building import send
from parity.corpus.choices import seeded_choices
from parity.corpus.examples import example
from parity.corpus.operations import Operation, operations
from parity.corpus.scenarios.parts import order, user
from parity.corpus.values import Known, bodies, headers, paths, queries
from service.domain.entities import ENTITIES
from service.domain.orders import ORDERS
from service.domain.users import USERS

STEPS: Final = 30


def random_sequences(number: int, size: int) -> list[list[Call]]:
    """That many sequences, always the same ones for a number (with the same version of Hypothesis)."""
    found: list[list[Call]] = []
    if not size:
        return found

    with seeded_choices(number) as backend:

        @settings(
            backend=backend,
            max_examples=size,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(sequences())
        def collect(sequence: list[Call]) -> None:
            found.append(sequence)

        collect()
    return found[:size]


@st.composite
def sequences(draw: st.DrawFn) -> list[Call]:
    """Calls of which the later ones build on the earlier ones' answers."""
    known, calls = Known(), _opening()
    for call in calls:
        known.remember(call.label, by_name()[f"POST {call.path}"])
    while len(calls) < STEPS:
        operation, label = draw(st.sampled_from(_weighted())), f"s{len(calls)}"
        calls.append(draw(_calls(label, operation, known)))
        known.remember(label, operation)
    return calls


def by_name() -> dict[str, Operation]:
    """The operations by method and path."""
    return {str(each): each for each in operations()}


def _opening() -> list[Call]:
    """What each sequence begins with, so that there is something to look at."""
    users = [user(label) for label in ("s0", "s1")]
    orders = [order(label, owner) for label, owner in (("s2", "s0"), ("s3", "s1"), ("s4", "s1"))]
    others = [each for each in ENTITIES.values() if each not in (USERS, ORDERS) and not each.owner]
    created = [
        send(f"s{number}", "POST", f"/api/{each.name}", example(each, number)) for number, each in enumerate(others, 5)
    ]
    return [*users, *orders, *created]


@st.composite
def _calls(draw: st.DrawFn, label: str, operation: Operation, known: Known) -> Call:
    return Call(
        label=label,
        method=operation.method,
        path=draw(paths(operation, known)),
        query=draw(queries(operation, known)),
        headers=draw(headers(operation, known)),
        body=draw(bodies(operation, known)),
    )


def _weighted() -> list[Operation]:
    """What touches data comes more often than what does not, and what creates it more often still."""
    weights: dict[Any, int] = {True: 4, False: 1}
    return [
        each
        for each in operations()
        for _ in range(weights[bool(each.path_parameters or each.query_parameters or each.fields)] + bool(each.fields))
    ]
