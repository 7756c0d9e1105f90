"""The passing of time, written to every partition of the log in one transaction."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, func, insert, select

from producers.connections import transaction
from producers.now import SYSTEM_SLACK_MS, SystemClock, wait_for_writers
from producers.outbox import codec_of, partition_row, put
from producers.tables import ticks
from rules.london import instant
from schemas.codec import Codec
from schemas.event_types import ClockTick, Instant
from schemas.topics import CASE_EVENTS, PARTITIONS, WARD_EVENTS

_TICKS = uuid5(NAMESPACE_URL, "urn:candour:clock-tick")


def last_tick(connection: Connection) -> Instant | None:
    return connection.execute(select(func.max(ticks.c.as_of))).scalar_one_or_none()


def advance(database: str, as_of: Instant | datetime) -> bool:
    """Move the manual clock forward, any way. Not later than the last tick: nothing happens, and False.

    Waits for whoever is writing under the old time; whoever writes afterwards has the new one.
    """
    as_of = instant(as_of) if isinstance(as_of, datetime) else as_of
    with transaction(database, limited=False) as connection:  # it may wait, and has no id while it waits
        return step(connection, codec_of(connection), as_of)


def step(connection: Connection, codec: Codec, as_of: Instant) -> bool:
    """The same at the beginning of a transaction, which must not have an id yet."""
    wait_for_writers(connection)
    last = last_tick(connection)
    if last is not None and as_of <= last:
        return False
    write_tick(connection, codec, as_of, manual=True)
    return True


def system_tick(connection: Connection, codec: Codec) -> Instant | None:
    """A tick dated back by more than any intake lasts; None where it would not step forward."""
    as_of = SystemClock().open(connection).now - SYSTEM_SLACK_MS
    last = last_tick(connection)
    if last is not None and as_of <= last:
        return None
    write_tick(connection, codec, as_of, manual=False)
    return as_of


def write_tick(connection: Connection, codec: Codec, as_of: Instant, *, manual: bool) -> None:
    connection.execute(insert(ticks).values(as_of=as_of, manual=manual))
    records = [
        ClockTick(partition=partition, as_of=as_of, event_id=str(uuid5(_TICKS, f"{partition}|{as_of}")))
        for partition in range(PARTITIONS)
    ]
    put(
        connection,
        [
            partition_row(codec, one, one.event_id, one.partition, as_of, topic)
            for topic in (CASE_EVENTS, WARD_EVENTS)
            for one in records
        ],
    )
