"""Two small rules with bugs in them: one opens a watch, breaches it and meets it; one hears of the breaches.

Bugs are asked for by `by_role`: "bug:now" stumbles over the record, "bug:later" over the next tick, and
"bug:unfit" says what no schema takes. `mended` rules have none of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rules.alarms import Alarms
from rules.rule import Rule, cause_of, time_of
from schemas.event_types import (
    CaseEvent,
    ClockTick,
    ContactAttempted,
    Record,
    RelevantPersonNotified,
    Reported,
)
from schemas.outcome_types import (
    BreachWithdrawn,
    CaseQuarantined,
    CaseReadAgain,
    DeadlineWarned,
    ObligationBreached,
    ObligationConfirmed,
    ObligationMet,
    ObligationReopened,
    Outcome,
)

SERIOUS = 3  # index of "moderate"
DAYS = {"severe": 1, "fatal": 3}


@dataclass
class Watch:
    revision: int = 0
    status: str | None = None
    due: int = 0
    told: int | None = None
    sick: bool = False
    alarm: int | None = None


@dataclass
class SmallState:
    watches: dict[str, Watch] = field(default_factory=dict)
    alarms: Alarms = field(default_factory=Alarms)
    quarantine: dict[str, tuple[int, int | None]] = field(default_factory=dict)

    def revision(self, subject: str) -> int:
        kind, _, case = subject.partition(":")
        if kind == "quarantine":
            return self.quarantine.get(case, (0, None))[0]
        return self.watches[case].revision if case in self.watches else 0

    def quarantined_at(self, case_id: str) -> int | None:
        return self.quarantine.get(case_id, (0, None))[1]

    def set_alarm(self, case: str, alarm: int | None) -> None:
        watch = self.watches[case]
        if watch.alarm is not None:
            self.alarms.discard(watch.alarm, case)
        if alarm is not None:
            self.alarms.add(alarm, case)
        watch.alarm = alarm


def _common(name: str, state: SmallState, case: str, record: Record, more: int = 1) -> dict[str, Any]:
    subject = f"{name}:{case}"
    return {
        "subject": subject,
        "revision": state.revision(subject) + more,
        "case_id": case,
        "recorded_at": time_of(record),
        "cause": cause_of(record),
        "because": ("so it is",),
    }


class Watcher:
    """Opens on serious harm, breached by a tick past the due time, met by a notification."""

    def __init__(self, mended: bool) -> None:
        self._mended = mended

    def rule(self) -> Rule:
        return Rule(
            name="watch",
            topic="watches",
            new_state=SmallState,
            concerned=self.concerned,
            about=self.about,
            apply=self.apply,
            passes_over=lambda kind, harm, potential, flags: (
                kind is Reported and harm < SERIOUS and not flags
            ),
            order=lambda outcome: (getattr(outcome, "due_at", 0), outcome.subject),
        )

    def concerned(self, state: SmallState, record: Record, heard: Sequence[Outcome]) -> Iterator[str | None]:
        if isinstance(record, ClockTick):
            # In no order of deadlines, so that the order of what is said has to come from the rule.
            yield from sorted(state.alarms.due(record.as_of - 1))
        elif isinstance(record, Reported | RelevantPersonNotified):
            yield record.case_id

    def about(
        self, state: SmallState, case: str | None, record: Record, heard: Sequence[Outcome]
    ) -> list[Outcome]:
        assert case is not None
        watch = state.watches.get(case, Watch())
        if not self._mended and (getattr(record, "by_role", "") == "bug:now" or watch.sick):
            raise KeyError("a bug")
        common = _common("watch", state, case, record)
        if isinstance(record, ClockTick):
            return [ObligationBreached(**common, due_at=watch.due, as_of=record.as_of)]
        assert isinstance(record, CaseEvent)
        if isinstance(record, Reported):
            return self._opened(watch, record, common)
        if not self._mended and record.by_role == "bug:unfit":
            return [ObligationMet(**common, satisfied_at="yesterday")]  # type: ignore[arg-type]
        return self._told(watch, record, common)

    def _opened(self, watch: Watch, record: Reported, common: dict[str, Any]) -> list[Outcome]:
        if watch.status or record.harm not in ("moderate", *DAYS):
            return []
        due = record.at + DAYS.get(record.harm, 10)
        sick = record.by_role == "bug:later"
        opened = ObligationReopened(**common, provisional=sick, starts_at=record.at, due_at=due)
        if watch.told is None:
            return [opened]
        return [
            opened,
            ObligationMet(**common | {"revision": common["revision"] + 1}, satisfied_at=watch.told),
        ]

    def _told(self, watch: Watch, record: CaseEvent, common: dict[str, Any]) -> list[Outcome]:
        if watch.told is not None and record.at >= watch.told:
            return []
        if watch.status == "breached" and record.at <= watch.due:
            withdrawn = BreachWithdrawn(**common, due_at=watch.due)
            return [
                withdrawn,
                ObligationMet(**common | {"revision": common["revision"] + 1}, satisfied_at=record.at),
            ]
        return [ObligationMet(**common, satisfied_at=record.at)]

    def apply(self, state: SmallState, outcome: Outcome) -> None:
        if quarantine(state, outcome, lambda case: state.set_alarm(case, None)):
            return
        assert outcome.case_id is not None
        watch = state.watches.setdefault(outcome.case_id, Watch())
        watch.revision = outcome.revision
        alarm = watch.alarm
        match outcome:
            case ObligationReopened():
                watch.status, watch.due, watch.sick = "open", outcome.due_at or 0, outcome.provisional
                alarm = watch.due
            case ObligationBreached():
                watch.status, alarm = "breached", None
            case ObligationMet():
                watch.told = outcome.satisfied_at
                if watch.status:
                    watch.status, alarm = "met", None
        state.set_alarm(outcome.case_id, alarm)


class Listener:
    """Says once that a breach was heard of, and again when somebody tries to make contact."""

    def __init__(self, mended: bool) -> None:
        self._mended = mended

    def rule(self) -> Rule:
        return Rule(
            name="listen",
            topic="listened",
            new_state=SmallState,
            concerned=self.concerned,
            about=self.about,
            apply=self.apply,
            passes_over=lambda kind, harm, potential, flags: kind is not ContactAttempted,
            order=lambda outcome: outcome.subject,
        )

    def concerned(self, state: SmallState, record: Record, heard: Sequence[Outcome]) -> Iterable[str | None]:
        if isinstance(record, ContactAttempted):
            return [record.case_id] if record.case_id in state.watches else []
        return dict.fromkeys(said.case_id for said in heard if isinstance(said, ObligationBreached))

    def about(
        self, state: SmallState, case: str | None, record: Record, heard: Sequence[Outcome]
    ) -> list[Outcome]:
        assert case is not None
        common = _common("listen", state, case, record)
        if isinstance(record, ContactAttempted):
            if not self._mended and record.by_role == "bug:now":
                raise ValueError("another bug")
            return [ObligationConfirmed(**common)]
        assert isinstance(record, ClockTick)
        return [DeadlineWarned(**common, of="breach", deadline=0, working_days_ahead=0, as_of=record.as_of)]

    def apply(self, state: SmallState, outcome: Outcome) -> None:
        if not quarantine(state, outcome, lambda case: None):
            assert outcome.case_id is not None
            state.watches.setdefault(outcome.case_id, Watch()).revision = outcome.revision


def quarantine(state: SmallState, outcome: Outcome, silence: Any) -> bool:
    """Whether this is about a quarantine, which then is taken in."""
    match outcome:
        case CaseQuarantined(case_id=str() as case):
            state.quarantine[case] = outcome.revision, outcome.source_offset
            if case in state.watches:
                silence(case)
            return True
        case CaseReadAgain(case_id=str() as case):
            state.quarantine[case] = outcome.revision, None
            watch = state.watches.get(case)
            if watch and watch.status == "open":  # what is due is due again
                state.set_alarm(case, watch.due)
            return True
    return False


def small_rules(mended: bool = False) -> tuple[Rule, ...]:
    return Watcher(mended).rule(), Listener(mended).rule()
