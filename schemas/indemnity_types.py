"""The records of `indemnity.reviews` as Python types; the `.avsc` files in `outcomes/` are the definition.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`).
"""

from schemas.outcome_types import Outcome

INDEMNITY_OUTCOMES: tuple[type[Outcome], ...] = ()
