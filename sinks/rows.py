"""The rows that an event or an outcome makes."""

import base64
import hashlib
from datetime import datetime

import msgspec

from rules.london import instant
from schemas.contracts import snake
from schemas.event_types import CaseEvent, Instant, PolicyAdopted, Record
from schemas.never_event_events import ReleaseSigned
from schemas.outcome_types import CaseQuarantined, Outcome
from sinks.database import Row
from sinks.log import Entry

LONGEST_ID = 200
PUBLICATION = "publication"


def event_row(event: CaseEvent, payload: msgspec.Raw, entry: Entry) -> Row:
    return {
        "event_id": event.event_id,
        "case_id": event.case_id,
        "type": snake(type(event).__name__),
        "at": event.at,
        "recorded_at": event.recorded_at,
        "payload": payload,
        **_place(entry),
    }


def case_row(event: CaseEvent, row: Row) -> Row:
    """The facts of the case as the event carries them."""
    facts = event.facts
    return {
        "case_id": event.case_id,
        "kind": facts.kind,
        "provider": facts.providers[0].code if facts.providers else "",
        "providers": facts.providers,
        "patients": facts.patients,
        "harm": event.harm,
        "potential": event.potential,
        "flags": event.flags,
        "reported_at": facts.reported_at,
        "aware_at": facts.aware_at,
        "aware_assumed": facts.aware_assumed,
        "occurred_at": facts.occurred_at,
        "recorded_at": event.recorded_at,
        "partition": row["partition"],
        "offset": row["offset"],
    }


def outcome_row(id: str, rule: str, outcome: Outcome, payload: msgspec.Raw, entry: Entry) -> Row:
    return {
        "id": id,
        "rule": rule,
        "type": snake(type(outcome).__name__),
        "case_id": outcome.case_id,
        "subject": outcome.subject,
        "revision": outcome.revision,
        "recorded_at": outcome.recorded_at,
        "cause": outcome.cause,
        "payload": payload,
        **_place(entry),
        **_source(entry),
    }


def unknown_row(entry: Entry, rule: str) -> tuple[str, Row]:
    """An outcome of a type that this release does not know: kept as it came, never interpreted."""
    id = _text(entry.headers["id"])
    return id, {
        "id": id,
        "rule": rule,
        "type": _text(entry.headers.get("ce_type", b"unknown")),
        "case_id": _text(entry.key) or None,
        "subject": "unknown",
        "revision": 0,
        "recorded_at": _time(entry),
        "cause": "unknown",
        "payload": {"base64": base64.b64encode(entry.value).decode()},
        **_place(entry),
        **_source(entry),
    }


def quarantine_row(outcome: CaseQuarantined) -> Row:
    return {
        "case_id": outcome.case_id,
        "rule": outcome.rule,
        "error": outcome.error,
        "source_offset": outcome.source_offset,
        "recorded_at": outcome.recorded_at,
    }


def publication_row(record: Record, payload: msgspec.Raw) -> Row | None:
    """What publication must hear; a policy for it lies in every partition, and is kept from one of them."""
    if not isinstance(record, ReleaseSigned | PolicyAdopted):
        return None
    if isinstance(record, PolicyAdopted) and (record.rule != PUBLICATION or record.partition != 0):
        return None
    return {
        "event_id": record.event_id,
        "type": snake(type(record).__name__),
        "recorded_at": record.recorded_at,
        "payload": payload,
    }


def _time(entry: Entry) -> Instant:
    try:
        return instant(datetime.fromisoformat(entry.headers["ce_time"].decode()))
    except (KeyError, ValueError):
        return entry.timestamp


def _place(entry: Entry) -> Row:
    return {
        "partition": entry.partition,
        "offset": entry.offset,
        "sha256": hashlib.sha256(entry.value).digest(),
    }


def _source(entry: Entry) -> Row:
    offset, part = entry.headers.get("source_offset", b""), entry.headers.get("part")
    return {
        "source_offset": int(offset) if offset.isdigit() and len(offset) < 19 else None,
        "part": _text(part) if part else None,
    }


def _text(value: bytes) -> str:
    """What a stranger wrote, made fit for a column."""
    return value.decode(errors="replace").replace("\0", "\ufffd")[:LONGEST_ID]
