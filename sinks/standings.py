"""What the read model keeps as it stands now: for the subjects of each rule a table, folded from outcomes."""

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import Table

from schemas.outcome_types import Outcome
from sinks import escalation, indemnity, never_event, obligation, pattern, signal, tables


class Standing(NamedTuple):
    """`kind` has the columns of `table`, whose key is `id`: the subject of the outcomes.

    `step` gives what stands after one more outcome of the subject; None where there is nothing to keep.
    """

    rule: str
    table: Table
    kind: type[Struct]
    step: Callable[[Any, Outcome], Any]


STANDINGS = (
    Standing("never_events", tables.never_events, never_event.NeverEvent, never_event.step),
    Standing("candour", tables.obligations, obligation.Obligation, obligation.step),
    Standing("escalation", tables.escalations, escalation.Escalation, escalation.step),
    Standing("escalation", tables.serious_clocks, escalation.SeriousClock, escalation.clock_step),
    Standing("indemnity", tables.reviews, indemnity.Review, indemnity.review_step),
    Standing("indemnity", tables.markers, indemnity.Marker, indemnity.marker_step),
    Standing("indemnity", tables.family_updates, indemnity.FamilyUpdate, indemnity.family_update_step),
    Standing("indemnity", tables.facts, indemnity.Fact, indemnity.fact_step),
    Standing("indemnity", tables.payments, indemnity.Payment, indemnity.payment_step),
    Standing("signals", tables.signals, signal.Signal, signal.step),
    Standing("patterns", tables.patterns, pattern.Pattern, pattern.step),
)
