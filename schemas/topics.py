"""The topics: their names, their partitions, and which record types each one holds."""

from schemas.claim_events import CLAIM_EVENTS
from schemas.escalation_events import ESCALATION_EVENTS
from schemas.escalation_types import ESCALATION_OUTCOMES
from schemas.event_types import CORE_EVENTS, Record
from schemas.indemnity_types import INDEMNITY_OUTCOMES
from schemas.never_event_events import NEVER_EVENT_EVENTS
from schemas.never_event_types import NEVER_EVENT_OUTCOMES
from schemas.outcome_types import OBLIGATION_OUTCOMES, SHARED_OUTCOMES, Outcome
from schemas.signal_types import SIGNAL_OUTCOMES

PARTITIONS = 12  # fixed at creation: a case's key decides its partition for ever

CASE_EVENTS = "safety.case-events"
OBLIGATIONS = "candour.obligations"
NEVER_EVENTS = "never-events.ledger"
ESCALATIONS = "safety.escalations"
REVIEWS = "indemnity.reviews"
SIGNALS = "safety.signals"
DEAD_LETTERS = "dead-letters"

EVENT_TYPES: tuple[type[Record], ...] = (
    *CORE_EVENTS, *NEVER_EVENT_EVENTS, *ESCALATION_EVENTS, *CLAIM_EVENTS
)  # fmt: skip
OUTCOME_TYPES: dict[str, tuple[type[Outcome], ...]] = {
    OBLIGATIONS: (*SHARED_OUTCOMES, *OBLIGATION_OUTCOMES),
    NEVER_EVENTS: (*SHARED_OUTCOMES, *NEVER_EVENT_OUTCOMES),
    ESCALATIONS: (*SHARED_OUTCOMES, *ESCALATION_OUTCOMES),
    REVIEWS: (*SHARED_OUTCOMES, *INDEMNITY_OUTCOMES),
    SIGNALS: (*SHARED_OUTCOMES, *SIGNAL_OUTCOMES),
}
"""By topic; what every rule can say is on each of them."""

RULES: dict[str, str] = {
    OBLIGATIONS: "candour",
    NEVER_EVENTS: "never_events",
    ESCALATIONS: "escalation",
    REVIEWS: "indemnity",
    SIGNALS: "signals",
}
"""The rule that writes each topic of outcomes; a topic has one writer."""

RECORDS: dict[str, tuple[type[Record], ...]] = {CASE_EVENTS: EVENT_TYPES, **OUTCOME_TYPES}
TOPICS: dict[str, int] = {**dict.fromkeys(RECORDS, PARTITIONS), DEAD_LETTERS: 1}
