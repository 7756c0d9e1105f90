"""Connections to the read model, and the one upsert."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, Table, create_engine
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.engine import make_url

from health.absence import OURS

Row = dict[str, Any]
Kind = TypeVar("Kind", bound=msgspec.Struct)


def engine(database: str, *, pool_size: int = 5, ping: bool = True) -> Engine:
    """`database`: a PostgreSQL address, `postgresql://…`. Connections are made when they are needed.

    `ping`: ask at each turn whether the server still knows the connection; not for who tries again anyhow.
    """
    return create_engine(
        make_url(database).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        pool_pre_ping=ping,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={"connect_timeout": 5, **OURS},
    )


def one(row: RowMapping, kind: type[Kind]) -> Kind:
    """The row as a `msgspec.Struct` with fields of the columns' names."""
    return msgspec.convert({str(name): value for name, value in row.items()}, kind)


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Each row whole, over the one with its primary key if there is one. All rows name the same columns."""
    if rows:
        connection.execute(upserting(table, rows[0]), list(rows))


def upserting(table: Table, columns: Iterable[str]) -> Insert:
    """The statement alone. The rows are no part of it: it is compiled once, whatever their number."""
    keys = [column.name for column in table.primary_key]
    new = insert(table).inline()
    changed = {name: new.excluded[name] for name in columns if name not in keys}
    return new.on_conflict_do_update(index_elements=keys, set_=changed)
