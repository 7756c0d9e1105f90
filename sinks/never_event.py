"""How an entry of the ledger of never events stands: a fold over the outcomes with its id as subject."""

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from rules.london import day_of
from schemas.event_types import Instant
from schemas.never_event_types import (
    Gate,
    LedgerEntry,
    NeverEventCounted,
    NeverEventProposed,
    NeverEventRestated,
    NeverEventWithdrawn,
    Payment,
    ProposedBy,
    WaitsFor,
    Withdrawal,
)
from schemas.outcome_types import Outcome

State = Literal["proposed", "counted", "withdrawn"]


class NeverEvent(Struct, frozen=True, kw_only=True):
    """One row of `read.never_events`; a withdrawn one keeps the cell that it had.

    `occurred_on`: the London day of occurrence as YYYY-MM-DD, None while it is not known. `opened_at`: when
    it was first spoken of; `counted_at`: when it was last said to count. `because` holds the latest reasons.
    """

    id: str
    case_id: str
    opened_at: Instant
    state: State
    by: ProposedBy
    provider: str
    provider_type: str
    list_version: str
    type_no: int | None = None
    subtype: str | None = None
    occurred_at: Instant | None = None
    occurred_on: str | None = None
    reported_at: Instant
    gate: Gate
    payment: Payment
    waits_for: WaitsFor | None = None
    why: Withdrawal | None = None
    confirmed_at: Instant | None = None
    counted_at: Instant | None = None
    restated: int = 0
    because: tuple[str, ...]
    policy_version: str | None = None
    latest_cause: str
    latest_at: Instant
    revisions: int


_CELL = ("provider", "provider_type", "list_version", "type_no", "subtype", "occurred_at", "reported_at")


def step(entry: NeverEvent | None, outcome: Outcome) -> NeverEvent | None:
    """The entry after one more outcome; None for what is about no entry. A repeat changes nothing."""
    if not isinstance(outcome, LedgerEntry | NeverEventWithdrawn):
        return entry
    if entry is not None and outcome.revision <= entry.revisions:
        return entry
    latest: dict[str, Any] = {
        "because": outcome.because,
        "policy_version": outcome.policy_version,
        "latest_cause": outcome.cause,
        "latest_at": outcome.recorded_at,
        "revisions": outcome.revision,
    }
    if isinstance(outcome, NeverEventWithdrawn):
        if entry is None:
            raise ValueError(f"{outcome.subject} is withdrawn before it was proposed or counted")
        return replace(entry, state="withdrawn", why=outcome.why, waits_for=None, **latest)
    stands = latest | _stands(outcome, entry)
    if entry is not None:
        return replace(entry, **stands)
    first = {"id": outcome.subject, "case_id": outcome.case_id, "opened_at": outcome.recorded_at}
    return NeverEvent(**{"by": "safety_team", **first, **stands})


def _stands(outcome: LedgerEntry, before: NeverEvent | None) -> dict[str, Any]:
    counted = isinstance(outcome, NeverEventCounted) or (
        isinstance(outcome, NeverEventRestated) and outcome.counted
    )
    stands: dict[str, Any] = {name: getattr(outcome, name) for name in _CELL}
    stands |= {"gate": outcome.gate, "payment": outcome.payment, "waits_for": outcome.waits_for, "why": None}
    stands |= {"state": "counted" if counted else "proposed"}
    at = outcome.occurred_at
    stands["occurred_on"] = None if at is None else day_of(at).isoformat()
    match outcome:
        case NeverEventProposed():
            stands["by"] = outcome.by
        case NeverEventCounted():
            stands |= {"confirmed_at": outcome.confirmed_at, "counted_at": outcome.recorded_at}
        case NeverEventRestated():
            stands["restated"] = (before.restated if before else 0) + 1
    return stands
