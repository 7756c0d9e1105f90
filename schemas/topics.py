"""The topics: their names, their partitions, and which record types each one holds."""

from schemas.event_types import EVENT_TYPES, Record
from schemas.outcome_types import OUTCOME_TYPES

PARTITIONS = 12  # fixed at creation: a case's key decides its partition for ever

CASE_EVENTS = "safety.case-events"
OBLIGATIONS = "candour.obligations"
DEAD_LETTERS = "dead-letters"

TOPICS: dict[str, int] = {CASE_EVENTS: PARTITIONS, OBLIGATIONS: PARTITIONS, DEAD_LETTERS: 1}

RECORDS: dict[str, tuple[type[Record], ...]] = {CASE_EVENTS: EVENT_TYPES, OBLIGATIONS: OUTCOME_TYPES}
NAMESPACES: dict[str, str] = {CASE_EVENTS: "candour.events", OBLIGATIONS: "candour.outcomes"}
