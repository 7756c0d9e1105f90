"""The records of `safety.signals` as Python types; the `.avsc` files in `outcomes/` are the definition.

A signal asks and never accuses: it names a record and what is unusual about it, never a person. Times are
whole milliseconds since 1970-01-01T00:00:00Z (`Instant`). The subject is the signal's id, or `case:ID` for
what is remembered of a case.
"""

from typing import Literal

from schemas.event_types import Instant, Record
from schemas.outcome_types import Outcome

SignalKind = Literal[
    "harm_graded_down",
    "evidence_recorded_late",
    "accounts_differ",
    "provider_not_known",
    "never_event_without_date",
]
SignalEnd = Literal["answered", "withdrawn"]


class OpenDuty(Record, frozen=True, kw_only=True):
    obligation_id: str
    due_at: Instant


class DutiesNoted(Outcome, frozen=True, kw_only=True):
    duties: tuple[OpenDuty, ...]


class SignalRaised(Outcome, frozen=True, kw_only=True):
    signal: SignalKind
    question: str
    about: str
    provider: str
    unit: str
    at: Instant
    from_grade: str | None = None
    to_grade: str | None = None
    crossed: bool = False
    due_at: Instant | None = None
    working_days_to_due: int | None = None
    days_late: int | None = None
    after_breach: bool = False


class QuestionRaised(Outcome, frozen=True, kw_only=True):
    """A signal of a kind that came later: the enum of `SignalRaised` takes no new symbol."""

    signal: str
    question: str
    about: str
    provider: str
    unit: str
    at: Instant


class SignalEnded(Outcome, frozen=True, kw_only=True):
    how: SignalEnd


SIGNAL_OUTCOMES: tuple[type[Outcome], ...] = (DutiesNoted, SignalRaised, QuestionRaised, SignalEnded)
LATER_KINDS = ("evidence_without_report",)
"""What `QuestionRaised` asks about; `SignalKind` is what `SignalRaised` does."""
