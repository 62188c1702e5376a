"""The history of the tables, as Alembic migrations, whose files begin with their revision. The latest is `HEAD`."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

HEAD: Final = max(file.name.partition("_")[0] for file in (Path(__file__).parent / "versions").glob("[0-9]*_*.py"))


def revision_of(connection: Connection) -> str:
    """Return the revision of the database's tables; empty if there are none. Needs no Alembic, so it costs nothing."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def is_current(connection: Connection) -> bool:
    """Whether the database's tables are those of this code, or of a later version, beside or after which it runs."""
    return revision_of(connection) >= HEAD
