"""The door's own history of its PostgreSQL schema; the read model has another."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from health.locks import briefly
from producers.connections import libpq, unlimited

HERE = Path(__file__).parent
_LOCK = 0x63616E64_6F6F7201  # two processes that start together must not both migrate


def upgrade(database: str) -> None:
    """Bring the schema `door` to the newest version. Safe to repeat."""
    _move(database, lambda config: command.upgrade(config, "head"))


def downgrade(database: str, to: str = "base") -> None:
    """Take the schema back to an earlier version; `base` drops all that the door keeps."""
    _move(database, lambda config: command.downgrade(config, to))


def grant(database: str) -> None:
    """Make the database roles of the door's parts and give each what it needs (grants.sql)."""
    with psycopg.connect(libpq(database)) as connection:
        connection.execute((HERE / "grants.sql").read_bytes())


def _move(database: str, how: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))

    def work(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        how(config)

    made = unlimited(database, connections=1)
    try:
        with made.connect() as connection:
            briefly(connection, work)
    finally:
        made.dispose()
