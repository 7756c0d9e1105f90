"""Writes the rows of one transaction of the door in as few statements as there can be.

Each statement inserts at most one row into each table, all by one `WITH`: a report takes one round trip to
the server instead of nine, which is most of what its acceptance costs. A statement's text depends on the
columns alone, so the server plans it once.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import JSONB

Row = dict[str, Any]


def insert_all(connection: Connection, rows: Mapping[Table, Sequence[Row]], last: str) -> None:
    """Rows of one table in their order, and one of its rows not before what stands above it in `rows`.

    The n-th row of a table may refer to the first n rows of the tables before it. The statement `last` goes
    along after them.
    """
    raw = connection.connection.driver_connection
    assert raw is not None
    tables = [table for table in rows if rows[table]]
    with raw.pipeline(), raw.cursor() as cursor:
        for layer in zip_longest(*(rows[table] for table in tables)):
            there = [(table, row) for table, row in zip(tables, layer, strict=True) if row is not None]
            shape = tuple((table, tuple(row)) for table, row in there)
            values = [value for table, row in there for value in _values(table, row)]
            cursor.execute(_statement(shape), values)
        cursor.execute(last)


@lru_cache(maxsize=256)
def _statement(shape: tuple[tuple[Table, tuple[str, ...]], ...]) -> str:
    *before, last = (
        f"INSERT INTO {table.schema}.{table.name} ({', '.join(columns)}) "
        f"VALUES ({', '.join(['%s'] * len(columns))})"
        for table, columns in ((table, tuple(f'"{name}"' for name in names)) for table, names in shape)
    )
    named = ", ".join(f"w{number} AS ({insert})" for number, insert in enumerate(before))
    return f"WITH {named} {last}" if named else last


def _values(table: Table, row: Row) -> list[Any]:
    return [
        Jsonb(value) if value is not None and isinstance(table.c[name].type, JSONB) else value
        for name, value in row.items()
    ]
