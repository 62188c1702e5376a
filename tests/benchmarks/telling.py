"""A subject that is told the story, as a server or as a function, with tables of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3

from benchmarks.processes import migrate, serving
from loopback.aws import in_environment
from loopback.postgresql import Postgresql
from parity.calls import Call
from parity.playing import Played, play
from parity.wire import Wire
from service.adapters.dynamodb.tables import create_tables
from tests.benchmarks.handlers import handling
from tests.benchmarks.story import request_lines

Line = dict[str, Any]
Told = tuple[list[Played], list[Line]]
"""The answers of a subject, and what its log says of the requests."""


def told_by_server(subject: str, server: Postgresql, directory: Path, calls: Sequence[Call]) -> Told:
    url = server.create_database()
    database = {"DATABASE_URL": url, "STORE": "postgresql"}
    migrate(directory, database)
    with serving(subject, directory, {"TRUSTED_HOPS": "1", **database}) as running:
        played = play(calls, Wire(running.base_url))
    return played, request_lines(running.log.read_text())


def told_by_function(subject: str, source: str, aws: dict[str, str], directory: Path, calls: Sequence[Call]) -> Told:
    with handling(subject, source, directory, {"USERS_TABLE": new_table(aws), **aws}) as handler:
        played = play(calls, handler)
    return played, request_lines(handler.output)


def new_table(aws: dict[str, str]) -> str:
    table = f"users-{uuid4().hex}"
    with in_environment(aws):
        create_tables(boto3.client("dynamodb"), [table])
    return table
