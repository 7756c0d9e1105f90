"""How a signal stands: a fold over its outcomes."""

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas import signal_types as said
from schemas.event_types import Instant
from schemas.outcome_types import Outcome

State = Literal["asked", "answered", "withdrawn"]


class Signal(Struct, frozen=True, kw_only=True):
    """One row of `read.signals`: a question about a record. It names a unit, never a person."""

    id: str
    case_id: str
    signal: str
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
    state: State
    raised_at: Instant
    ended_at: Instant | None = None
    because: tuple[str, ...]
    policy_version: str | None
    latest_cause: str
    latest_at: Instant
    revisions: int


def step(before: Signal | None, outcome: Outcome) -> Signal | None:
    """One outcome further; what is remembered of a case is none of it."""
    if before is not None and outcome.revision <= before.revisions:
        return before
    match outcome:
        case said.QuestionRaised():
            return _raised(outcome)
        case said.SignalRaised():
            return _raised(
                outcome,
                from_grade=outcome.from_grade,
                to_grade=outcome.to_grade,
                crossed=outcome.crossed,
                due_at=outcome.due_at,
                working_days_to_due=outcome.working_days_to_due,
                days_late=outcome.days_late,
                after_breach=outcome.after_breach,
            )
        case said.SignalEnded() if before is not None:
            return replace(
                before,
                state=outcome.how,
                ended_at=outcome.recorded_at,
                because=outcome.because,
                latest_cause=outcome.cause,
                latest_at=outcome.recorded_at,
                revisions=outcome.revision,
            )
    return before


def _raised(outcome: said.SignalRaised | said.QuestionRaised, **more: Any) -> Signal:
    assert outcome.case_id is not None
    return Signal(
        id=outcome.subject,
        case_id=outcome.case_id,
        signal=outcome.signal,
        question=outcome.question,
        about=outcome.about,
        provider=outcome.provider,
        unit=outcome.unit,
        at=outcome.at,
        **more,
        state="asked",
        raised_at=outcome.recorded_at,
        because=outcome.because,
        policy_version=outcome.policy_version,
        latest_cause=outcome.cause,
        latest_at=outcome.recorded_at,
        revisions=outcome.revision,
    )
