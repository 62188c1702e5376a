"""The history of the tables, as Alembic migrations. The latest is `HEAD`; a test holds it to be."""

from typing import Final

from sqlalchemy import Connection, inspect, text

HEAD: Final = "0001"


def is_current(connection: Connection) -> bool:
    """Whether the database's tables are those of this code. Needs no Alembic, so it costs a start nothing."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
