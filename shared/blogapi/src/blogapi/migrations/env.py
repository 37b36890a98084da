"""Alembic's environment: runs the migrations on the connection that `migrate.py` hands over."""

from alembic import context

from blogapi.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
    compare_server_default=True,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
