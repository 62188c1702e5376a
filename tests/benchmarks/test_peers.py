"""The peers, each in its own environment, do what ours does: the same answers, and a line in the log for each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.subjects import FUNCTIONS
from loopback.postgresql import Postgresql
from parity.events import SOURCES
from tests.benchmarks.story import STORY, masked
from tests.benchmarks.telling import Line, Told, told_by_function, told_by_server

BARE = {"bare_asgi", "bare_handler"}


@pytest.fixture(scope="module")
def by_ours(
    postgresql_server: Postgresql, aws: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Told]:
    """What ours tells, as a server or through a source of events; asked once each."""
    told: dict[str, Told] = {}

    def ask_once(entrance: str) -> Told:
        if entrance not in told:
            directory = tmp_path_factory.mktemp("ours")
            told[entrance] = (
                told_by_function("ours", entrance, aws, directory, STORY)
                if entrance in SOURCES
                else told_by_server("ours", postgresql_server, directory, STORY)
            )
        return told[entrance]

    return ask_once


def facts(line: Line, *names: str) -> Line:
    return {name: line[name] for name in names}


@pytest.mark.parametrize("subject", ["fastapi_memory", "fastapi_sqlalchemy"])
def test_a_server_answers_and_logs_as_ours(
    subject: str, by_ours: Callable[[str], Told], postgresql_server: Postgresql, tmp_path: Path
) -> None:
    expected, expected_lines = by_ours("server")
    played, lines = told_by_server(subject, postgresql_server, tmp_path, STORY)

    assert masked(played) == masked(expected)
    assert [len(answer.body) for _, answer in played] == [len(answer.body) for _, answer in expected]
    assert {*map(frozenset, lines)} == {*map(frozenset, expected_lines)}  # the same members
    same = ("method", "path", "status", "client", "level", "event")
    assert [facts(each, *same) for each in lines] == [facts(each, *same) for each in expected_lines]
    assert logged_ids(lines) == [answer.value("x-request-id") for _, answer in played]


CASES = [(name, source) for name in sorted(FUNCTIONS.keys() - BARE - {"ours"}) for source in FUNCTIONS[name].sources]


@pytest.mark.parametrize(("subject", "source"), CASES)
def test_a_function_answers_and_logs_as_ours(
    subject: str, source: str, by_ours: Callable[[str], Told], aws: dict[str, str], tmp_path: Path
) -> None:
    expected, expected_lines = by_ours(source)
    played, lines = told_by_function(subject, source, aws, tmp_path, STORY)

    assert masked(played) == masked(expected)
    same = ("method", "status", "client")
    assert [facts(each, *same) for each in lines] == [facts(each, *same) for each in expected_lines]
    assert logged_ids(lines) == [answer.value("x-request-id") for _, answer in played]


def logged_ids(lines: list[Line]) -> list[str]:
    return [line["request_id"] for line in lines]
