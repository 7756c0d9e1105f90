"""What came from Kafka in one batch: events, outcomes, ticks, and how far each partition was read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from rules.rule import outcome_id
from schemas.codec import Codec, Undecodable, schema_id
from schemas.event_types import CaseEvent, ClockTick, Instant, Record
from schemas.outcome_types import Outcome
from schemas.topics import RULES
from sinks.database import Row
from sinks.log import Entry, Place
from sinks.rows import LONGEST_ID, event_row, outcome_row, publication_row, unknown_row

Kept = TypeVar("Kept")


@dataclass
class Arrivals:
    """One batch. What comes twice stands once; with another content, its id is in `clashes` too."""

    events: dict[str, tuple[CaseEvent, Row]] = field(default_factory=dict)
    outcomes: dict[str, tuple[Outcome | None, Row]] = field(default_factory=dict)
    clashes: list[str] = field(default_factory=list)
    ticks: dict[int, list[tuple[int, Instant]]] = field(default_factory=dict)
    next_offsets: dict[Place, int] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)
    passed_over: list[tuple[Place, int, str]] = field(default_factory=list)
    publication: dict[str, Row] = field(default_factory=dict)


def read(entries: Iterable[Entry], codec: Codec) -> Arrivals:
    """Raises what the registry's codec raises when a schema is new and the registry cannot be asked."""
    arrivals = Arrivals()
    for entry in entries:
        place, offset = (entry.topic, entry.partition), entry.offset
        try:
            _take(arrivals, entry, codec)
        except Undecodable as error:
            arrivals.passed_over.append((place, offset, str(error)))
        arrivals.next_offsets[place] = offset + 1
        arrivals.records[place[0]] += 1
    return arrivals


def _take(arrivals: Arrivals, entry: Entry, codec: Codec) -> None:
    value = entry.value
    rule = RULES.get(entry.topic)
    if not codec.knows(schema_id(value)):
        if rule is None or not entry.headers.get("id"):
            raise Undecodable(f"no schema with id {schema_id(value)} is known")
        id, row = unknown_row(entry, rule)
        _keep(arrivals.outcomes, arrivals.clashes, id, None, row)
        return
    record, payload = _storable(codec.decode(value))
    _require_short_ids(record)
    if rule is not None and isinstance(record, Outcome):
        id = outcome_id(rule, record)
        row = outcome_row(id, rule, record, payload, entry)
        _keep(arrivals.outcomes, arrivals.clashes, id, record, row)
    elif rule is None and isinstance(record, CaseEvent):
        row = event_row(record, payload, entry)
        _keep(arrivals.events, arrivals.clashes, record.event_id, record, row)
    elif rule is None and isinstance(record, ClockTick):
        arrivals.ticks.setdefault(entry.partition, []).append((entry.offset, record.as_of))
    elif rule is None and (heard := publication_row(record, payload)) is not None:
        arrivals.publication[heard["event_id"]] = heard


def _keep(kept: dict[str, tuple[Kept, Row]], clashes: list[str], id: str, record: Kept, row: Row) -> None:
    if id not in kept:
        kept[id] = (record, row)
    elif kept[id][1]["sha256"] != row["sha256"]:
        clashes.append(id)


def _require_short_ids(record: Record) -> None:
    """An index takes no text of thousands of characters; one stranger's record must not stop all others."""
    for name in ("event_id", "case_id", "subject", "provider"):
        text = getattr(record, name, None)
        if isinstance(text, str) and len(text) > LONGEST_ID:
            raise Undecodable(f"{name} has {len(text)} characters; {LONGEST_ID} is the most")
    if isinstance(record, CaseEvent) and any(len(one.code) > LONGEST_ID for one in record.facts.providers):
        raise Undecodable(f"a provider's code has more than {LONGEST_ID} characters")


def _storable(record: Record) -> tuple[Record, msgspec.Raw]:
    """PostgreSQL has no null byte in texts; the log may hold one, written by a stranger."""
    payload = msgspec.json.encode(record)
    if b"\\u0000" in payload:
        payload = payload.replace(b"\\u0000", b"\\ufffd")
        record = msgspec.json.decode(payload, type=type(record))
    return record, msgspec.Raw(payload)
