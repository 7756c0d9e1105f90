"""How the door reaches PostgreSQL: short transactions only, because the relay waits for the longest."""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection as RawConnection
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError

LONGEST_TRANSACTION_MS = 1_800
_CONNECT_SECONDS = 2
_HAS_TRANSACTION_TIMEOUT = 170_000


def engine(database: str, *, connections: int = 10) -> Engine:
    """A pool whose transactions are ended by the server after `LONGEST_TRANSACTION_MS`.

    A transaction that outlives the two seconds by which a tick is dated back could let the tick overtake it.
    """
    made = unlimited(database, connections=connections)
    event.listen(made, "connect", _limit)
    return made


def unlimited(database: str, *, connections: int = 2) -> Engine:
    """A pool for what is no intake: migrations, erasure, reading."""
    made = create_engine(
        _url(database),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_CONNECT_SECONDS,
        hide_parameters=True,  # what a statement carries has no place in an error or a log
        connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "candour door"},
    )
    event.listen(made, "checkout", _refuse_ended)
    return made


@contextmanager
def transaction(database: str, *, limited: bool = True) -> Iterator[Connection]:
    """One transaction on a connection of its own, for what is done now and then."""
    made = engine(database, connections=1) if limited else unlimited(database, connections=1)
    try:
        with made.begin() as connection:
            yield connection
    finally:
        made.dispose()


def libpq(database: str) -> str:
    """The same address as psycopg itself reads it."""
    return _url(database).set(drivername="postgresql").render_as_string(hide_password=False)


def _url(database: str) -> URL:
    return make_url(database).set(drivername="postgresql+psycopg")


def _refuse_ended(connection: RawConnection[Any], _record: object, _proxy: object) -> None:
    """The server says nothing to an idle connection but that it ends: then the pool makes another.

    SQLAlchemy's own ping asks the server, at each turn, which costs as much as a statement.
    """
    if select.select([connection.fileno()], [], [], 0)[0]:
        raise DisconnectionError("the server has ended this connection")


def _limit(connection: RawConnection[Any], _record: object) -> None:
    # Named in full, because PostgreSQL before 17 knows no transaction_timeout and refuses an unknown name.
    if connection.info.server_version >= _HAS_TRANSACTION_TIMEOUT:
        connection.execute(f"SET transaction_timeout = {LONGEST_TRANSACTION_MS}")
    else:
        connection.execute(f"SET statement_timeout = {LONGEST_TRANSACTION_MS // 2}")
        connection.execute(f"SET idle_in_transaction_session_timeout = {LONGEST_TRANSACTION_MS // 2}")
    connection.commit()
