"""The records of `never-events.ledger` as Python types; the `.avsc` files in `outcomes/` are the definition.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`).
"""

from schemas.outcome_types import Outcome

NEVER_EVENT_OUTCOMES: tuple[type[Outcome], ...] = ()
