"""The history of the schema `notify`, apart from that of the read model, which may be dropped at any time."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from health.locks import briefly
from sinks.database import engine
from sinks.notify.tables import SCHEMA

_ONE_AT_A_TIME = 7_203_011  # an advisory lock: several processes may start together


def upgrade(database: str, to: str = "head") -> None:
    """Bring what the notifier keeps to the newest form. Safe to repeat."""
    _run(database, lambda config: command.upgrade(config, to))


def downgrade(database: str, to: str = "base") -> None:
    """Take revisions back; `base` forgets who was told what, except for what the log says of it."""
    _run(database, lambda config: command.downgrade(config, to))


def _run(database: str, move: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    store = engine(database)

    def work(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        config.attributes["connection"] = connection
        move(config)

    try:
        with store.connect() as connection:
            briefly(connection, work)
    finally:
        store.dispose()
