"""Run by Alembic, with the connection that `upgrade` gives it."""

from alembic import context

from service.adapters.sql.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
