"""The history of the read model's tables: up, down, up again, and they are what the code says."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from sinks.database import engine
from sinks.migrations import downgrade, upgrade
from sinks.tables import SCHEMA, metadata
from tests.integration.filled import own_database
from tests.stack import Stack


@pytest.fixture
def empty(infra: Stack) -> Iterator[str]:
    with own_database(infra.database, "migrated") as database:
        yield database


def tables(database: str) -> set[str]:
    store = engine(database)
    try:
        return set(inspect(store).get_table_names(schema=SCHEMA))
    finally:
        store.dispose()


def test_up_down_and_up_again(empty: str) -> None:
    upgrade(empty)
    upgrade(empty)
    made = tables(empty)
    assert {"case_events", "outcomes", "obligations", "offsets"} <= made
    downgrade(empty)
    assert tables(empty) == {"alembic_version"}
    upgrade(empty)
    assert tables(empty) == made


def test_tables_are_what_the_code_says(empty: str) -> None:
    upgrade(empty)
    store = engine(empty)
    try:
        with store.connect() as connection:
            options = {
                "include_schemas": True,
                "version_table_schema": SCHEMA,
                "compare_server_default": True,
            }
            found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    finally:
        store.dispose()
    assert found == []
