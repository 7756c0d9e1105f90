"""Events about never events and their publication (law.md §4, §5)."""

from schemas.event_types import CaseEvent, Instant, Record


class NeverEventConfirmed(CaseEvent, frozen=True, kw_only=True):
    list_version: str
    type_no: int
    subtype: str | None = None
    reason_hash: str | None = None


class NeverEventRejected(CaseEvent, frozen=True, kw_only=True):
    reason_hash: str | None = None


class ReleaseSigned(Record, frozen=True, kw_only=True):
    partition: int
    event_id: str
    recorded_at: Instant
    release_id: str
    sha256: str
    by_role: str


NEVER_EVENT_EVENTS: tuple[type[Record], ...] = (NeverEventConfirmed, NeverEventRejected, ReleaseSigned)
