"""What is told of PostgreSQL's errors."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from service.adapters.sql.postgresql_errors import LostConnection, translated
from service.application.ports import StoreTrouble


def test_a_message_that_may_quote_what_a_caller_sent_is_not_reported() -> None:
    quoting = asyncpg.InvalidTextRepresentationError('invalid input syntax for type integer: "hunter2"')

    told = str(translated(DBAPIError(None, None, quoting)))

    assert told == "PostgreSQL 22P02: InvalidTextRepresentationError"


@pytest.mark.parametrize("error", [ConnectionResetError, ConnectionAbortedError, BrokenPipeError])
def test_a_connection_that_the_network_cut_is_lost(error: type[OSError]) -> None:
    assert isinstance(translated(error()), LostConnection)


@pytest.mark.parametrize("error", [ConnectionRefusedError, FileNotFoundError, TimeoutError])
def test_a_server_that_cannot_be_reached_is_no_lost_connection(error: type[OSError]) -> None:
    assert type(translated(error())) is StoreTrouble
