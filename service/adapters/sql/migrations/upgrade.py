"""Bringing a database's tables up to date."""

from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select, text

from service.adapters.sql.migrations import is_current

# Any number will do that nobody else locks in this database.
_LOCK: Final = 0x5348_4150


def upgrade(connection: Connection) -> None:
    """Run the migrations that the database has not had, inside the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", "service.adapters.sql:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def upgrade_alone(connection: Connection) -> bool:
    """The same on PostgreSQL, where the second one waits. Returns whether there was anything to do."""
    connection.execute(text("SET LOCAL lock_timeout = 0"))  # a migration may take its time
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if is_current(connection):
        return False
    upgrade(connection)
    return True
