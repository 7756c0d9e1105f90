"""The outbox: what is written here in a transaction is on its way to the log once that commits."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from producers.refusals import NotReady
from producers.tables import outbox, schema_ids
from schemas.cloud_events import headers
from schemas.codec import Codec
from schemas.contracts import FULL_NAMES
from schemas.event_types import CaseEvent, ClockTick, Instant, Record
from schemas.topics import CASE_EVENTS, DOOR_TYPES, WARD_EVENTS, ward_partition
from schemas.ward_events import OfProvider

SOURCE = "/candour/door"
_LARGEST_VALUE = (
    900_000  # the broker's limit is a little higher, and what it refuses would block all behind it
)
CHANNEL = "outbox"
"""Who listens to it hears of every commit that put something here."""
CAN_WAIT = "can wait"
"""Said with it where nobody waits for what was put here: it may wait a moment for company."""


class TooLarge(ValueError):
    """This record would not go through the log."""


def codec_of(connection: Connection) -> Codec:
    """A codec with the registry's ids as last saved: intake never waits for the registry."""
    rows = connection.execute(select(schema_ids.c.full_name, schema_ids.c.id)).all()
    known = {row.full_name: row.id for row in rows}
    wanted = {FULL_NAMES[kind] for kind in DOOR_TYPES}
    if not wanted <= known.keys():
        raise NotReady("The contracts have not been registered yet.")
    return Codec({name: known[name] for name in wanted})


def save_ids(connection: Connection, ids: Mapping[str, int]) -> None:
    rows = [{"full_name": name, "id": number} for name, number in ids.items()]
    statement = upsert(schema_ids).values(rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[schema_ids.c.full_name], set_={"id": statement.excluded.id}
        )
    )


def case_row(codec: Codec, record: CaseEvent) -> dict[str, Any]:
    return _row(codec, record, CASE_EVENTS, record.event_id, record.case_id, record.recorded_at, None)


def ward_row(codec: Codec, record: OfProvider) -> dict[str, Any]:
    """For the topic of the wards: all that is of one provider lies in one partition."""
    where = ward_partition(record.provider)
    return _row(codec, record, WARD_EVENTS, record.event_id, record.key, record.recorded_at, where)


def partition_row(
    codec: Codec,
    record: Record,
    event_id: str,
    partition: int,
    recorded_at: Instant,
    topic: str = CASE_EVENTS,
) -> dict[str, Any]:
    """For what goes to one partition rather than to a case's."""
    return _row(codec, record, topic, event_id, f"partition:{partition}", recorded_at, partition)


def put(connection: Connection, rows: Iterable[dict[str, Any]], *, awaited: bool = True) -> None:
    """In this order, after all that was put before in this transaction; wakes the relay at commit."""
    connection.execute(insert(outbox), list(rows))
    connection.execute(text(wake(awaited)))


def wake(awaited: bool) -> str:
    """The statement that wakes the relay once the transaction commits."""
    return f"NOTIFY {CHANNEL}" if awaited else f"NOTIFY {CHANNEL}, '{CAN_WAIT}'"


def _row(
    codec: Codec,
    record: Record,
    topic: str,
    event_id: str,
    key: str,
    recorded_at: Instant,
    partition: int | None,
) -> dict[str, Any]:
    value = codec.encode(record)
    if len(value) > _LARGEST_VALUE:
        raise TooLarge(f"{type(record).__name__} takes {len(value)} bytes")
    when = record.as_of if isinstance(record, ClockTick) else recorded_at
    attributes = headers(FULL_NAMES[type(record)], event_id, SOURCE, when, key)
    return {
        "topic": topic,
        "partition": partition,
        "key": key,
        "event_id": event_id,
        "value": value,
        "headers": [[name, value.decode()] for name, value in attributes],
        "recorded_at": recorded_at,
    }
