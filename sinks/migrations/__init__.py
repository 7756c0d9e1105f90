"""The history of the schema `read`, apart from that of the door."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from health.locks import briefly
from sinks.database import engine
from sinks.tables import SCHEMA

_ONE_AT_A_TIME = 7_203_001  # an advisory lock: several processes may start together


def upgrade(database: str, to: str = "head") -> None:
    """Bring the read model to the newest form (or to a named revision). Safe to repeat."""
    _run(database, lambda config: command.upgrade(config, to))


def downgrade(database: str, to: str = "base") -> None:
    """Take revisions back; `base` leaves nothing of the read model."""
    _run(database, lambda config: command.downgrade(config, to))


def _run(database: str, move: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    store = engine(database)

    def work(connection: Connection) -> None:
        _alone(connection)
        config.attributes["connection"] = connection
        move(config)

    try:
        with store.connect() as connection:
            briefly(connection, work)
    finally:
        store.dispose()


def _alone(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
