"""How an escalation stands, and each clock of a serious incident: folds over their outcomes.

For now and for any time before.
"""

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas import escalation_types as said
from schemas.event_types import Instant
from schemas.outcome_types import Outcome

State = Literal["raised", "acknowledged", "climbed", "closed"]
ClockState = Literal["open", "met", "met_late", "missed", "withdrawn"]


class Delivery(Struct, frozen=True, kw_only=True):
    """One step of bringing it to a person."""

    level: int
    channel: str
    step: str
    attempt: int
    at: Instant


class Escalation(Struct, frozen=True, kw_only=True):
    """One row of `read.escalations`. Times are `Instant`.

    `acknowledge_by` and `act_by` are those of the level that it has reached, and stay after the fact.
    `first_raised_at` never changes; `raised_at` is later where it was closed and raised again.
    """

    id: str
    case_id: str
    trigger: str
    about: str | None
    urgency: int
    level: int
    owner_role: str
    next_step: str
    informed: tuple[str, ...]
    provider: str
    provider_type: str
    state: State
    first_raised_at: Instant
    raised_at: Instant
    acknowledge_by: Instant
    act_by: Instant
    climbs: int = 0
    acknowledged_at: Instant | None = None
    acknowledged_by_role: str | None = None
    overdue_at: Instant | None = None
    closed_at: Instant | None = None
    how: str | None = None
    act: str | None = None
    deliveries: tuple[Delivery, ...] = ()
    policy_version: str | None
    calendar_version: str | None
    raised_because: tuple[str, ...]
    latest_because: tuple[str, ...]
    latest_cause: str
    latest_at: Instant
    revisions: int

    @property
    def because(self) -> tuple[str, ...]:
        """Why it was raised, then why it stands as it does; each reason once."""
        return tuple(dict.fromkeys(self.raised_because + self.latest_because))


class SeriousClock(Struct, frozen=True, kw_only=True):
    """One row of `read.serious_clocks`."""

    id: str
    case_id: str
    clock: str
    framework: str
    grade: str
    provider: str
    provider_type: str
    owner_role: str
    state: ClockState
    starts_at: Instant
    due_at: Instant | None
    earlier_due_at: Instant | None = None
    extended: bool = False
    satisfied_at: Instant | None = None
    missed_at: Instant | None = None
    policy_version: str | None
    calendar_version: str | None
    started_because: tuple[str, ...]
    latest_because: tuple[str, ...]
    latest_cause: str
    latest_at: Instant
    revisions: int

    @property
    def because(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.started_because + self.latest_because))


Changes = dict[str, Any]


def step(before: Escalation | None, outcome: Outcome) -> Escalation | None:
    """One outcome further. An outcome that is not about an escalation changes nothing."""
    if isinstance(outcome, said.EscalationRaised):
        return _raised(before, outcome)
    change = CHANGES.get(type(outcome))
    if before is None or change is None or outcome.revision <= before.revisions:
        return before
    if isinstance(outcome, said.DeliveryHeard):  # how it stands, and why, does not change by it
        return replace(before, **_delivered(before, outcome), revisions=outcome.revision)
    return replace(before, **change(before, outcome), **_latest(before, outcome))


def clock_step(before: SeriousClock | None, outcome: Outcome) -> SeriousClock | None:
    if isinstance(outcome, said.SeriousClockStarted):
        return _started(outcome) if before is None else before
    change = CLOCK_CHANGES.get(type(outcome))
    if before is None or change is None or outcome.revision <= before.revisions:
        return before
    return replace(before, **change(before, outcome), **_latest(before, outcome))


def _latest(before: Escalation | SeriousClock, outcome: Outcome) -> Changes:
    same_cause = outcome.cause == before.latest_cause
    return {
        "policy_version": outcome.policy_version or before.policy_version,
        "calendar_version": outcome.calendar_version or before.calendar_version,
        "latest_because": (before.latest_because if same_cause else ()) + outcome.because,
        "latest_cause": outcome.cause,
        "latest_at": outcome.recorded_at,
        "revisions": outcome.revision,
    }


def _raised(before: Escalation | None, raised: said.EscalationRaised) -> Escalation:
    if before is not None and raised.revision <= before.revisions:
        return before
    assert raised.case_id is not None, "an escalation is raised in a case"
    return Escalation(
        id=raised.subject,
        case_id=raised.case_id,
        trigger=raised.trigger,
        about=raised.about,
        urgency=raised.urgency,
        level=raised.level,
        owner_role=raised.owner_role,
        next_step=raised.next_step,
        informed=raised.informed,
        provider=raised.provider,
        provider_type=raised.provider_type,
        state="raised",
        first_raised_at=before.first_raised_at if before else raised.raised_at,
        raised_at=raised.raised_at,
        acknowledge_by=raised.acknowledge_by,
        act_by=raised.act_by,
        deliveries=before.deliveries if before else (),
        policy_version=raised.policy_version,
        calendar_version=raised.calendar_version,
        raised_because=raised.because,
        latest_because=raised.because,
        latest_cause=raised.cause,
        latest_at=raised.recorded_at,
        revisions=raised.revision,
    )


def _placed(placed: said.EscalationClimbed | said.EscalationReturned) -> Changes:
    return {
        "state": "climbed" if placed.level > 1 else "raised",
        "level": placed.level,
        "owner_role": placed.owner_role,
        "next_step": placed.next_step,
        "informed": placed.informed,
        "acknowledge_by": placed.acknowledge_by,
        "act_by": placed.act_by,
        "overdue_at": None,
    }


def _returned(before: Escalation, back: said.EscalationReturned) -> Changes:
    undone = ("acknowledged_at", "acknowledged_by_role", "closed_at", "how", "act")
    moved = {"provider": back.provider, "provider_type": back.provider_type}
    return {**_placed(back), **moved, **dict.fromkeys(undone)}


def _delivered(before: Escalation, heard: said.DeliveryHeard) -> Changes:
    delivery = Delivery(
        level=heard.level, channel=heard.channel, step=heard.step, attempt=heard.attempt, at=heard.at
    )
    return {"deliveries": (*before.deliveries, delivery)}


CHANGES: dict[type[Outcome], Callable[[Escalation, Any], Changes]] = {
    said.GroundTaken: lambda before, taken: {
        "raised_because": tuple(dict.fromkeys(before.raised_because + taken.because))
    },
    said.GroundFallen: lambda *_: {},
    said.EscalationClimbed: lambda before, climbed: {**_placed(climbed), "climbs": before.climbs + 1},
    said.EscalationTaken: lambda _, taken: {
        "state": "acknowledged",
        "acknowledged_at": taken.acknowledged_at,
        "acknowledged_by_role": taken.by_role,
    },
    said.EscalationReturned: _returned,
    said.EscalationOverdue: lambda _, overdue: {"overdue_at": overdue.as_of},
    said.EscalationClosed: lambda _, closed: {
        "state": "closed",
        "closed_at": closed.closed_at,
        "how": closed.how,
        "act": closed.act,
    },
    said.DeliveryHeard: _delivered,
}


def _started(started: said.SeriousClockStarted) -> SeriousClock:
    assert started.case_id is not None, "a clock runs in a case"
    return SeriousClock(
        id=started.subject,
        case_id=started.case_id,
        clock=started.clock,
        framework=started.framework,
        grade=started.grade,
        provider=started.provider,
        provider_type=started.provider_type,
        owner_role=started.owner_role,
        state="open",
        starts_at=started.starts_at,
        due_at=started.due_at,
        policy_version=started.policy_version,
        calendar_version=started.calendar_version,
        started_because=started.because,
        latest_because=started.because,
        latest_cause=started.cause,
        latest_at=started.recorded_at,
        revisions=started.revision,
    )


def _unmissed(before: SeriousClock, _: said.SeriousMissWithdrawn) -> Changes:
    return {"missed_at": None, "state": "open" if before.state == "missed" else before.state}


def _reopened(before: SeriousClock, _: said.SeriousClockReopened) -> Changes:
    return {"state": "open" if before.missed_at is None else "missed", "satisfied_at": None}


CLOCK_CHANGES: dict[type[Outcome], Callable[[SeriousClock, Any], Changes]] = {
    said.SeriousClockRedated: lambda _, new: {
        "starts_at": new.starts_at,
        "due_at": new.due_at,
        "earlier_due_at": new.earlier_due_at,
        "extended": new.extended,
    },
    said.SeriousClockMet: lambda _, met: {
        "state": "met_late" if met.late else "met",
        "satisfied_at": met.satisfied_at,
    },
    said.SeriousClockMissed: lambda _, missed: {"state": "missed", "missed_at": missed.as_of},
    said.SeriousMissWithdrawn: _unmissed,
    said.SeriousClockReopened: _reopened,
    said.SeriousClockWithdrawn: lambda *_: {"state": "withdrawn", "satisfied_at": None},
}
