"""The topics: their names, their partitions, and which record types each one holds."""

from hashlib import sha256

from schemas.claim_events import CLAIM_EVENTS
from schemas.escalation_events import ESCALATION_EVENTS
from schemas.escalation_types import ESCALATION_OUTCOMES
from schemas.event_types import CORE_EVENTS, ClockTick, PolicyAdopted, Record
from schemas.indemnity_types import INDEMNITY_OUTCOMES
from schemas.never_event_events import NEVER_EVENT_EVENTS
from schemas.never_event_types import NEVER_EVENT_OUTCOMES
from schemas.outcome_types import OBLIGATION_OUTCOMES, SHARED_OUTCOMES, Outcome
from schemas.pattern_types import PATTERN_OUTCOMES
from schemas.signal_types import SIGNAL_OUTCOMES
from schemas.ward_events import WARD_EVENT_TYPES

PARTITIONS = 12  # fixed at creation: a case's key decides its partition for ever

CASE_EVENTS = "safety.case-events"
WARD_EVENTS = "safety.ward-events"
OBLIGATIONS = "candour.obligations"
NEVER_EVENTS = "never-events.ledger"
ESCALATIONS = "safety.escalations"
REVIEWS = "indemnity.reviews"
SIGNALS = "safety.signals"
PATTERNS = "safety.patterns"
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
    PATTERNS: (*SHARED_OUTCOMES, *PATTERN_OUTCOMES),
}
"""By topic; what every rule can say is on each of them."""

RULES: dict[str, str] = {
    OBLIGATIONS: "candour",
    NEVER_EVENTS: "never_events",
    ESCALATIONS: "escalation",
    REVIEWS: "indemnity",
    SIGNALS: "signals",
    PATTERNS: "patterns",
}
"""The rule that writes each topic of outcomes; a topic has one writer."""

OF_BOTH_LOGS: tuple[type[Record], ...] = (ClockTick, PolicyAdopted)
WARD_TYPES: tuple[type[Record], ...] = (*WARD_EVENT_TYPES, *OF_BOTH_LOGS)
DOOR_TYPES: tuple[type[Record], ...] = tuple(dict.fromkeys((*EVENT_TYPES, *WARD_TYPES)))
"""All that the door may append."""

RECORDS: dict[str, tuple[type[Record], ...]] = {
    CASE_EVENTS: EVENT_TYPES, WARD_EVENTS: WARD_TYPES, **OUTCOME_TYPES
}  # fmt: skip
TOPICS: dict[str, int] = {**dict.fromkeys(RECORDS, PARTITIONS), DEAD_LETTERS: 1}


def ward_partition(provider: str) -> int:
    """The partition of `safety.ward-events` that holds everything of this provider, whatever the ward."""
    return int.from_bytes(sha256(provider.encode()).digest()[:4], "big") % PARTITIONS
