"""Run by Alembic, on the connection and in the transaction that `sinks.notify.migrations` opened."""

from alembic import context

from sinks.notify.tables import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    transactional_ddl=False,
)
context.run_migrations()
