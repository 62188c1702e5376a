"""The peers, each in its own environment, do what ours does: the same answers, and a line in the log for each."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from benchmarks.peers.constant import BODY, EMAIL, NAME
from benchmarks.subjects import FUNCTIONS, migrate, serving
from loopback.aws import in_environment
from loopback.postgresql import Postgresql
from parity.calls import Answer, Call
from parity.corpus.dressing import ask, dressed, send
from parity.events import SOURCES
from parity.playing import Played, play
from parity.wire import Wire
from service.adapters.dynamodb.tables import create_tables
from tests.benchmarks.handlers import handling
from tests.benchmarks.story import STORY, USERS, masked, request_lines

BARE = {"bare_asgi", "bare_handler"}
Line = dict[str, Any]
Told = tuple[list[Played], list[Line]]
"""The answers of a subject, and what its log says of the requests."""

# The answer of programs that know one user only.
ONE_USER = dressed(
    "bare",
    [
        send("create", "POST", USERS, {"name": NAME, "email": EMAIL}),
        ask("get", "GET", f"{USERS}/<<id:create>>"),
    ],
    trusted_hops=1,
).calls


def told_by_server(subject: str, server: Postgresql, directory: Path, calls: Sequence[Call]) -> Told:
    url = server.create_database()
    database = {"DATABASE_URL": url, "STORE": "postgresql"}
    migrate(directory, database)
    with serving(subject, directory, {"TRUSTED_HOPS": "1", **database}) as running:
        played = play(calls, Wire(running.base_url))
    return played, request_lines(running.log.read_text())


def told_by_function(subject: str, source: str, aws: dict[str, str], directory: Path, calls: Sequence[Call]) -> Told:
    log = directory / f"{subject}.log"
    with handling(subject, source, log, USERS_TABLE=new_table(aws), **aws) as handler:
        played = play(calls, handler)
    return played, request_lines(log.read_text())


def new_table(aws: dict[str, str]) -> str:
    table = f"users-{uuid4().hex}"
    with in_environment(aws):
        create_tables(boto3.client("dynamodb"), [table])
    return table


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


def test_bare_asgi_on_a_server_answers_with_as_many_bytes_as_ours(
    postgresql_server: Postgresql, tmp_path: Path
) -> None:
    expected, _ = told_by_server("ours", postgresql_server, tmp_path, ONE_USER)
    played, lines = told_by_server("bare_asgi", postgresql_server, tmp_path, ONE_USER)

    assert [*map(shape, played)] == [*map(shape, expected)]
    assert [line["status"] for line in lines] == [201, 200]


@pytest.mark.parametrize("subject", sorted(BARE))
def test_a_bare_function_answers_with_as_many_bytes_as_ours(subject: str, aws: dict[str, str], tmp_path: Path) -> None:
    for source in FUNCTIONS[subject].sources:
        expected, _ = told_by_function("ours", source, aws, tmp_path, ONE_USER)
        played, lines = told_by_function(subject, source, aws, tmp_path, ONE_USER)

        assert [*map(shape, played)] == [*map(shape, expected)]
        assert [line["status"] for line in lines] == [201, 200]


def shape(played: Played) -> tuple[int, list[tuple[str, int]], int]:
    """Status, headers and body by their sizes; but a request's id is the caller's own where he gave one."""
    answer: Answer = played.answer
    headers = [(name, len(value)) for name, value in answer.headers if name not in {"date", "x-request-id"}]
    assert answer.value("x-request-id")
    assert len(answer.body) == len(BODY)
    return answer.status, headers, len(answer.body)


def test_what_peers_write_is_what_ours_reads(aws: dict[str, str], tmp_path: Path) -> None:
    table = new_table(aws)
    peers = ("fastapi_boto3", "powertools", "bare_handler")
    for peer in peers:
        user = {"name": NAME, "email": f"{peer}@example.com"}
        with handling(peer, "http_api", tmp_path / "log", USERS_TABLE=table, **aws) as handler:
            assert handler.answer(send("create", "POST", USERS, user)).status == 201

    with handling("ours", "http_api", tmp_path / "log", USERS_TABLE=table, **aws) as ours:
        listed = json.loads(ours.answer(ask("list", "GET", USERS)).body)
        found = [json.loads(ours.answer(ask("get", "GET", f"{USERS}/{each['id']}")).body) for each in listed]
        again = [send("again", "POST", USERS, {**each, "email": each["email"].upper()}) for each in listed]
        taken = [ours.answer(call).status for call in again]

    assert [each["email"] for each in listed] == [f"{peer}@example.com" for peer in reversed(peers)]
    assert found == listed
    assert taken == [409, 409, 409]
