"""A read model in a database of its own, filled as the sink does but without Kafka, and a way to ask."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from fastapi import FastAPI
from sqlalchemy import Engine

from rules.rule import outcome_id
from schemas.codec import Codec
from schemas.event_types import ClockTick, Record
from schemas.indemnity_types import INDEMNITY_OUTCOMES
from schemas.outcome_types import Outcome
from schemas.topics import CASE_EVENTS, OBLIGATIONS, PARTITIONS, REVIEWS, RULES
from sinks.arrivals import read
from sinks.database import engine
from sinks.log import Entry, Place
from sinks.migrations import upgrade
from sinks.settled import Settling
from sinks.writing import write


@contextmanager
def own_database(server: str, name: str) -> Iterator[str]:
    """The address of a new, empty database on that server; it is dropped afterwards."""
    parts = urlsplit(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield urlunsplit(parts._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


class Filled:
    """Events and outcomes go in as they are given; `settle` is what the engine's commit would bring."""

    def __init__(self, database: str) -> None:
        upgrade(database)
        self.database = database
        self.store: Engine = engine(database)
        self._codec = Codec.local()
        self._next: dict[Place, int] = {}

    def add(self, *records: Record, partition: int = 0, topic: str | None = None) -> None:
        """`topic`: of outcomes that every rule can say."""
        entries = [self._entry(record, partition, topic) for record in records]
        arrivals = read(entries, self._codec)
        with self.store.begin() as connection:
            progress = Settling(connection).take(arrivals.ticks, {})
            write(connection, arrivals, progress)

    def tick(self, as_of: int) -> None:
        for partition in range(PARTITIONS):
            tick = ClockTick(partition=partition, as_of=as_of, event_id=f"tick-{as_of}-{partition}")
            self.add(tick, partition=partition)

    def settle(self) -> None:
        decided = {partition: self._next.get((CASE_EVENTS, partition), 0) for partition in range(PARTITIONS)}
        with self.store.begin() as connection:
            write(connection, read([], self._codec), Settling(connection).take({}, decided))

    def close(self) -> None:
        self.store.dispose()

    def _entry(self, record: Record, partition: int, topic: str | None) -> Entry:
        if topic is None:
            topic = CASE_EVENTS
            if isinstance(record, Outcome):
                topic = REVIEWS if isinstance(record, INDEMNITY_OUTCOMES) else OBLIGATIONS
        place = (topic, partition)
        offset = self._next.get(place, 0)
        self._next[place] = offset + 1
        headers = {"id": outcome_id(RULES[topic], record).encode()} if isinstance(record, Outcome) else {}
        return Entry(*place, offset, b"", self._codec.encode(record), headers, 0)


class Asking:
    """Asks an application in this process, as somebody at the given address."""

    def __init__(self, app: FastAPI, address: str = "127.0.0.1") -> None:
        self._app, self._address = app, address

    def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, client=(self._address, 50_000))
            async with httpx.AsyncClient(transport=transport, base_url="http://candour") as client:
                return await client.get(path, params=dict(params) if params else None, headers=headers)

        return asyncio.run(ask())
