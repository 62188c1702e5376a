"""Rules of the command that need no AWS: which unit gets which route, and what the cause of a failure is."""

import pytest

from deploy.errors import DeployError
from deploy.events import STACK, Event, last_operation, root_cause
from deploy.names import preview_priority
from deploy.options import parse_duration
from deploy.routes import divided, routes, settled, shares, whole
from deploy.stack import Stack
from deploy.state import DeployedState
from deploy.units import Unit, every_unit, parse, target_units

NAMES = ("Users", "Orders", "Default")


def a_stack(parameters: dict[str, str]) -> Stack:
    return Stack("id", "name", "CREATE_COMPLETE", {}, parameters)


def event(resource: str, status: str, reason: str = "") -> Event:
    return Event(f"{resource}-{status}", "stack", resource, STACK if resource == "stack" else "A::B", status, reason)


def test_the_root_cause_is_the_first_failure_that_no_other_one_caused() -> None:
    events = [
        event("stack", "CREATE_IN_PROGRESS"),
        event("Alarm", "CREATE_FAILED", "Resource creation cancelled"),
        event("Role", "CREATE_FAILED", "Role with name shop already exists"),
        event("Service", "CREATE_FAILED", "Resource creation cancelled"),
        event("stack", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Role, Alarm, Service]."),
    ]
    cause = root_cause(events)
    assert cause
    assert cause.resource == "Role"


def test_a_stack_that_fails_as_a_whole_is_its_own_cause() -> None:
    cause = root_cause([event("stack", "CREATE_FAILED", "Circular dependency"), event("stack", "ROLLBACK_COMPLETE")])
    assert cause
    assert cause.reason == "Circular dependency"
    assert root_cause([event("stack", "CREATE_COMPLETE")]) is None


def test_only_what_was_begun_last_counts() -> None:
    newest_first = [
        event("Role", "UPDATE_FAILED", "new"),
        event("stack", "UPDATE_IN_PROGRESS"),
        event("stack", "CREATE_COMPLETE"),
        event("Role", "CREATE_FAILED", "old"),
        event("stack", "CREATE_IN_PROGRESS"),
    ]
    assert [each.status for each in last_operation(newest_first)] == ["UPDATE_IN_PROGRESS", "UPDATE_FAILED"]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"all": "a"}, ("", "", "a")),
        ({"users": "u", "orders": "o"}, ("u", "o", "u")),
        ({"orders": "o"}, ("", "o", "o")),
        ({}, ("", "", "")),
    ],
)
def test_each_api_goes_to_its_unit_and_the_rest_to_the_first(
    groups: dict[str, str], expected: tuple[str, str, str]
) -> None:
    assert tuple(routes(groups)[f"{name}TargetGroup"] for name in NAMES) == expected


@pytest.mark.parametrize(
    ("old", "new", "moving"),
    [
        ({"all": "a"}, {"all": "b"}, {"Default": ("b", "a")}),
        (
            {"all": "a"},
            {"users": "u", "orders": "o"},
            {each: ("uo"[each == "Orders"], "a") for each in NAMES},
        ),
        (
            {"users": "u", "orders": "o"},
            {"all": "a"},
            {each: ("a", "uo"[each == "Orders"]) for each in NAMES},
        ),
        ({"users": "u", "orders": "o"}, {"users": "u", "orders": "p"}, {"Orders": ("p", "o")}),
        ({"all": "a"}, {"all": "a"}, {}),
        ({}, {"all": "a"}, {}),
    ],
)
def test_a_move_divides_the_requests_of_each_path_that_changes_its_target_group(
    old: dict[str, str], new: dict[str, str], moving: dict[str, tuple[str, str]]
) -> None:
    parameters = divided(routes(old), routes(new), 10)

    found = {name: (parameters[f"{name}TargetGroup"], parameters[f"{name}PreviousTargetGroup"]) for name in NAMES}
    assert {name: groups for name, groups in found.items() if groups[1]} == moving
    assert (parameters["NewWeight"], parameters["PreviousWeight"]) == ("10", "90")
    before = settled(parameters)
    if old:
        assert [before[f"{name}TargetGroup"] or before["DefaultTargetGroup"] for name in NAMES] == [
            routes(old)[f"{name}TargetGroup"] or routes(old)["DefaultTargetGroup"] for name in NAMES
        ]
    expected = {after: 10 for after, _ in moving.values()} | {before: 90 for _, before in moving.values()}
    assert {group: percent for group, percent in shares(parameters).items() if group in expected} == expected
    assert settled(whole(routes(new))) == routes(new)


def test_no_part_is_lost_without_a_word() -> None:
    users, orders, everything = Unit("users", "ecs"), Unit("orders", "eks"), Unit("all", "lambda")
    routed = {orders: ["orders"]}
    assert target_units([users], {}) == [users]
    assert target_units([users], {Unit("users", "lambda"): ["users"], **routed}) == [users, orders]
    assert target_units([everything], {users: ["users"], **routed}) == [everything]
    with pytest.raises(DeployError, match="all=lambda serves orders, too: name its new unit"):
        target_units([users], {everything: ["users", "orders"]})
    assert target_units([users], {everything: ["users"]}) == [users], "what was not served yet is not lost"


def test_units_are_what_they_are_written_as_and_no_two_share_a_priority() -> None:
    assert [parse([str(unit)]) for unit in every_unit()] == [[unit] for unit in every_unit()]
    nothing = DeployedState({})
    assert len({preview_priority(unit, nothing) for unit in every_unit()}) == len(every_unit())
    assert all(1 <= int(preview_priority(unit, nothing)) <= 99 for unit in every_unit())
    deployed = DeployedState(
        {"users-ecs": a_stack({"PreviewPriority": "1"}), "all-ecs": a_stack({"PreviewPriority": "3"})}
    )
    priorities = [preview_priority(unit, deployed) for unit in every_unit()]
    assert len(set(priorities)) == len(priorities)
    assert preview_priority(Unit("users", "ecs"), deployed) == "1", "a unit keeps what it has"


@pytest.mark.parametrize(("text", "seconds"), [("0s", 0), ("90s", 90), ("2m", 120), ("1h", 3600)])
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "1", "1d", "-1s", "1.5h", "1h30m", "h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(DeployError, match="is not a duration"):
        parse_duration(text)
