"""What is told of PostgreSQL's errors."""

import asyncpg
from sqlalchemy.exc import DBAPIError

from service.adapters.sql.postgresql_errors import translated


def test_a_message_that_may_quote_what_a_caller_sent_is_not_told() -> None:
    quoting = asyncpg.InvalidTextRepresentationError('invalid input syntax for type integer: "hunter2"')

    told = str(translated(DBAPIError(None, None, quoting)))

    assert told == "PostgreSQL 22P02: InvalidTextRepresentationError"
