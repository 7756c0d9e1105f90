"""Run by Alembic, inside the transaction that `producers.migrations` opened."""

from alembic import context
from sqlalchemy import text

from producers.tables import METADATA, SCHEMA

connection = context.config.attributes["connection"]
connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
context.configure(
    connection=connection,
    target_metadata=METADATA,
    version_table="alembic_version",
    version_table_schema=SCHEMA,
)
context.run_migrations()
