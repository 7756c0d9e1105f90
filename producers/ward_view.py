"""What patterns over many cases are told of one case: drawn from it in the same transaction as each record.

A provider that is not known has no patterns. A ward is a keyed reference of its name as it was typed: one
that is renamed or merged becomes another, and nothing here joins the two (no dated list of wards is kept).
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from producers.body_types import ORDER
from producers.facts import CaseState
from producers.providers import NOT_KNOWN
from rules.identity import name_based
from schemas.event_types import (
    CaseEvent,
    CaseLinked,
    EventRetracted,
    Grade,
    HarmRegraded,
    Instant,
    Kind,
    NotifiableDeterminationRecorded,
    ObligationStoodDown,
)
from schemas.ward_events import (
    HowClosed,
    WardCaseClosed,
    WardEvent,
    WardEventRetracted,
    WardReported,
    WardReportWithdrawn,
    Withdrawal,
)

_IDS = UUID("8d0d8f0a-6a3c-4a2e-9a53-6f6d1c1f2b77")


class WardView(NamedTuple):
    provider: str
    ward_ref: str | None
    at: Instant
    kind: Kind
    harm: Grade
    potential: Grade
    incident_type: str | None
    factors: tuple[str, ...]


def ward_view(state: CaseState, *, is_duplicate: bool) -> WardView | None:
    """None where the case counts for nobody: a duplicate, a mistake, a provider that is not known."""
    provider = state.facts.providers[0]
    if is_duplicate or state.report_retracted or provider.type == NOT_KNOWN:
        return None
    return WardView(
        provider.code,
        state.ward_ref,
        state.facts.reported_at,
        state.facts.kind,
        state.harm,
        state.potential,
        state.incident_type,
        state.factors,
    )


def ward_records(
    before: WardView | None, after: WardView | None, version: int, record: CaseEvent
) -> Iterator[WardEvent]:
    """`version`: of `after`, where it differs. Records of one case in the order in which they must stand."""
    if before is not None and after != before and (after is None or after.provider != before.provider):
        yield WardReportWithdrawn(
            **_common(record, before.provider, "withdrawn", before.ward_ref, before.at),
            version=version,
            why=_why(record),
        )
    if after is not None and after != before:
        yield WardReported(
            **_common(record, after.provider, "reported", after.ward_ref, after.at),
            version=version,
            kind=after.kind,
            harm=after.harm,
            potential=after.potential,
            incident_type=after.incident_type,
            factors=after.factors,
        )
    yield from _closings(record, after or before)


def _closings(record: CaseEvent, view: WardView | None) -> Iterator[WardEvent]:
    ward_ref = view.ward_ref if view else None
    how = _how_closed(record)
    if how is not None:
        provider = getattr(record, "provider", None) or record.facts.providers[0].code
        if provider != NOT_KNOWN:
            yield WardCaseClosed(**_common(record, provider, "closed", ward_ref, record.at), how=how)
    if isinstance(record, EventRetracted):
        for one in record.facts.providers:
            if one.code != NOT_KNOWN:
                yield WardEventRetracted(
                    **_common(record, one.code, "retracted", ward_ref, record.at),
                    retracted_event_id=record.retracted_event_id,
                )


def _how_closed(record: CaseEvent) -> HowClosed | None:
    match record:
        case ObligationStoodDown():
            return "stood_down"
        case HarmRegraded() if record.from_grade != "not_known":
            return "graded_down" if _rank(record.to_grade) < _rank(record.from_grade) else None
        case NotifiableDeterminationRecorded() if not record.decision:
            return "not_notifiable"
    return None


def _rank(grade: Grade) -> int:
    return ORDER.index(grade)


def _why(record: CaseEvent) -> Withdrawal:
    if isinstance(record, CaseLinked):
        return "duplicate"
    return "retracted" if isinstance(record, EventRetracted) else "moved"


def _common(record: CaseEvent, provider: str, what: str, ward_ref: str | None, at: Instant) -> dict[str, Any]:
    return {
        "event_id": name_based(_IDS, f"{record.event_id}|{provider}|{what}"),
        "provider": provider,
        "ward_ref": ward_ref,
        "case_id": record.case_id,
        "case_event_id": record.event_id,
        "at": at,
        "recorded_at": record.recorded_at,
    }
