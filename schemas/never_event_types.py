"""The records of `never-events.ledger` as Python types; the `.avsc` files in `outcomes/` are the definition.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`). The subject is `never_event:CASE`.
"""

from typing import Literal

from schemas.event_types import Instant
from schemas.outcome_types import Outcome

ProposedBy = Literal["reporter", "rule"]
Gate = Literal["none", "met", "not_met", "not_known"]
Withdrawal = Literal["rejected", "retracted", "merged", "gate_not_met", "not_on_the_list"]
Payment = Literal["recoverable", "never", "not_known"]


class LedgerEntry(Outcome, frozen=True, kw_only=True):
    """Where an entry stands: its cell is provider, list, type, sub-type and day of occurrence."""

    provider: str
    provider_type: str
    list_version: str
    type_no: int | None = None
    subtype: str | None = None
    occurred_at: Instant | None = None
    reported_at: Instant
    gate: Gate
    payment: Payment


class NeverEventProposed(LedgerEntry, frozen=True, kw_only=True):
    by: ProposedBy


class NeverEventCounted(LedgerEntry, frozen=True, kw_only=True):
    confirmed_at: Instant


class NeverEventRestated(LedgerEntry, frozen=True, kw_only=True):
    counted: bool
    earlier_provider: str
    earlier_list_version: str
    earlier_type_no: int | None = None
    earlier_subtype: str | None = None
    earlier_occurred_at: Instant | None = None


class NeverEventWithdrawn(Outcome, frozen=True, kw_only=True):
    why: Withdrawal


NEVER_EVENT_OUTCOMES: tuple[type[Outcome], ...] = (
    NeverEventProposed,
    NeverEventCounted,
    NeverEventRestated,
    NeverEventWithdrawn,
)
