"""The records of `never-events.ledger` as Python types; the `.avsc` files in `outcomes/` are the definition.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`). The subject of an entry is
`never_event:CASE`, one for each case; what was said of it by people is remembered under `case:CASE`.
"""

from typing import Literal

from schemas.event_types import Instant, Record
from schemas.outcome_types import Outcome

StatementKind = Literal["proposed", "suggested", "confirmed", "rejected", "merged", "facts_changed"]
ProposedBy = Literal["reporter", "rule", "safety_team"]
Gate = Literal["none", "met", "not_met", "not_known"]
WaitsFor = Literal["decision", "type", "day", "grade"]
Withdrawal = Literal["rejected", "retracted", "merged", "gate_not_met", "not_on_the_list"]
Payment = Literal["recoverable", "none", "never", "not_known"]


class Statement(Record, frozen=True, kw_only=True):
    """`policy_version`: the policy in force when it was said, by which it is judged ever after."""

    event_id: str
    kind: StatementKind
    at: Instant
    list_version: str | None = None
    type_no: int | None = None
    subtype: str | None = None
    other_case_id: str | None = None
    counts: bool
    policy_version: str


class StatementTaken(Outcome, frozen=True, kw_only=True):
    statement: Statement


class StatementWithdrawn(Outcome, frozen=True, kw_only=True):
    """`report`: the report itself was a mistake, and with it all that people said of the case."""

    retracted_event_id: str
    report: bool


class LedgerEntry(Outcome, frozen=True, kw_only=True):
    """Where an entry stands: its cell is provider, list, type, sub-type and day of occurrence.

    `waits_for`: what is missing before it can be counted or withdrawn; None once it is counted.
    `nhs_contract`: None where the directory did not know the provider, or the policy did not ask.
    """

    provider: str
    provider_type: str
    list_version: str
    type_no: int | None = None
    subtype: str | None = None
    occurred_at: Instant | None = None
    reported_at: Instant
    gate: Gate
    payment: Payment
    waits_for: WaitsFor | None = None
    nhs_contract: bool | None = None


class NeverEventProposed(LedgerEntry, frozen=True, kw_only=True):
    by: ProposedBy


class NeverEventCounted(LedgerEntry, frozen=True, kw_only=True):
    confirmed_at: Instant


class NeverEventRestated(LedgerEntry, frozen=True, kw_only=True):
    counted: bool
    earlier_counted: bool
    earlier_provider: str
    earlier_list_version: str
    earlier_type_no: int | None = None
    earlier_subtype: str | None = None
    earlier_occurred_at: Instant | None = None


class NeverEventWithdrawn(Outcome, frozen=True, kw_only=True):
    why: Withdrawal


NEVER_EVENT_OUTCOMES: tuple[type[Outcome], ...] = (
    StatementTaken,
    StatementWithdrawn,
    NeverEventProposed,
    NeverEventCounted,
    NeverEventRestated,
    NeverEventWithdrawn,
)
