"""Statements that go to PostgreSQL together: one round trip for all of them (psycopg's pipeline).

A batch of the sink is small and comes often, so that most of its cost is in asking one thing after another.
Each statement is compiled once, from SQLAlchemy's own, and then run on the connection beneath.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection as RawConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Select, Table, any_, bindparam, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from sinks.database import Row, upserting

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Together:
    """`ask` and `write` gather; `read` sends what was asked, `send` what is to be written.

    For a connection whose transaction was begun in so many words: SQLAlchemy does not see what runs beneath
    it, and would not commit it. Both leave the transaction open. What is read is as SQLAlchemy's columns have
    it, JSON included.
    """

    def __init__(self, connection: Connection) -> None:
        assert connection.in_transaction(), "begin a transaction first: nothing else would commit this"
        raw = connection.connection.driver_connection
        assert isinstance(raw, RawConnection)
        self._raw = raw
        self._asked: list[tuple[str, Mapping[str, Any]] | None] = []  # None: there is nothing to ask for
        self._written: list[tuple[str, list[Row]]] = []

    def ask(self, statement: str, **values: Any) -> None:
        self._asked.append((statement, values))

    def ask_rows(self, table: Table, key: str, ids: Sequence[str], columns: tuple[str, ...] = ()) -> None:
        self._asked.append((_by_key(table, key, columns), {"ids": list(ids)}) if ids else None)

    def insert(self, table: Table, rows: Iterable[Row]) -> None:
        self._write(_insert, table, rows)

    def upsert(self, table: Table, rows: Iterable[Row]) -> None:
        """Each row whole, over the one with its primary key if there is one."""
        self._write(_upsert, table, rows)

    def read(self) -> list[list[Row]]:
        """The rows of each question, in the order in which they were asked."""
        cursors = [self._raw.cursor(row_factory=dict_row) if asked else None for asked in self._asked]
        with self._raw.pipeline():
            for cursor, asked in zip(cursors, self._asked, strict=True):
                if cursor and asked:
                    cursor.execute(*asked)
        self._asked = []
        return [cursor.fetchall() if cursor else [] for cursor in cursors]

    def send(self, *statements: str) -> None:
        """What was gathered, in its order, then these."""
        with self._raw.pipeline(), self._raw.cursor() as cursor:
            for statement, rows in self._written:
                cursor.executemany(statement, rows)
            for statement in statements:
                cursor.execute(statement)
        self._written = []

    def _write(self, compile: Any, table: Table, rows: Iterable[Row]) -> None:
        """All rows name the same columns."""
        gathered = list(rows)
        if gathered:
            json = _json_columns(table)
            held = [{name: _held(name, value, json) for name, value in row.items()} for row in gathered]
            self._written.append((compile(table, tuple(gathered[0])), held))


def _held(name: str, value: Any, json: frozenset[str]) -> Any:
    return Jsonb(value) if name in json and value is not None else value


@lru_cache(maxsize=256)
def _json_columns(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.c if isinstance(column.type, JSONB))


@lru_cache(maxsize=256)
def _by_key(table: Table, key: str, columns: tuple[str, ...]) -> str:
    chosen: Select[Any] = select(*(table.c[name] for name in columns)) if columns else select(table)
    return text_of(chosen.where(table.c[key] == any_(bindparam("ids"))))


@lru_cache(maxsize=256)
def _insert(table: Table, columns: tuple[str, ...]) -> str:
    return str(insert(table).inline().compile(dialect=_DIALECT, column_keys=list(columns)))


@lru_cache(maxsize=256)
def _upsert(table: Table, columns: tuple[str, ...]) -> str:
    return str(upserting(table, columns).compile(dialect=_DIALECT, column_keys=list(columns)))


def text_of(statement: Select[Any]) -> str:
    """As psycopg takes it: parameters as `%(name)s`."""
    return str(statement.compile(dialect=_DIALECT))
