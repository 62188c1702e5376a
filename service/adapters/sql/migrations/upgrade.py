"""Bringing a database's tables up to date."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run the migrations that the database has not had, inside the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", "service.adapters.sql:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
