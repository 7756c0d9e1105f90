"""What must hold of escalations, looked at over whole histories. Knows nothing of decide and evolve."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from schemas import escalation_events as actions
from schemas import escalation_types as said
from schemas import event_types as events
from schemas.event_types import CaseEvent, ClockTick, Instant, Record
from schemas.outcome_types import DeadlineWarned, ObligationBreached, Outcome

SECOND = 1000
GRAVE = ("severe", "fatal")
INSIDE_ONLY = ("serious_near_miss", "obligation_nearly_due")
LEVELS = {
    "nhs_trust": 5,
    "nhs_foundation_trust": 5,
    "independent_hospital": 4,
    "care_home": 4,
    "not_known": 3,
}
PLACES = said.EscalationRaised | said.EscalationClimbed | said.EscalationReturned
HOLIDAYS = json.loads(Path("schemas/reference/bank-holidays.json").read_text(encoding="utf-8"))["holidays"]


class History:
    """`log[i]` drew `drawn[i]` from the escalation rule, and `earlier[i]` from the candour rule before it."""

    def __init__(
        self, log: Sequence[Record], drawn: Sequence[list[Outcome]], earlier: Sequence[list[Outcome]]
    ) -> None:
        self.log, self.drawn, self.earlier = log, drawn, earlier

    def check(self) -> None:
        for outcomes in self._by_subject().values():
            if isinstance(outcomes[0], said.EscalationRaised):
                self._one_owner_and_levels_that_rise(outcomes)
        self._climbs_if_and_only_if_nobody_took_it_on_in_time()
        self._closed_by_an_act_or_withdrawn()
        self._nothing_is_raised_without_a_reason()
        self._whatever_is_grave_was_raised()
        self._steis_is_missed_if_and_only_if_not_reported_in_time()

    def _by_subject(self) -> dict[str, list[Outcome]]:
        found: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in (one for outcomes in self.drawn for one in outcomes):
            found[outcome.subject].append(outcome)
        return found

    def _one_owner_and_levels_that_rise(self, outcomes: list[Outcome]) -> None:
        closed, level, provider = True, 0, ""
        for outcome in outcomes:
            match outcome:
                case said.EscalationRaised():
                    assert closed, "raised while it is open: two owners"
                    assert outcome.level == 1
                    closed, level, provider = False, 1, outcome.provider
                case said.EscalationClimbed():
                    assert not closed
                    assert outcome.level == level + 1, "one level at a time"
                    level = outcome.level
                case said.EscalationReturned():
                    moved = outcome.provider != provider
                    assert outcome.level == (1 if moved else level), "the level falls"
                    closed, level, provider = False, outcome.level, outcome.provider
                case said.EscalationTaken() | said.EscalationOverdue():
                    assert not closed
                case said.EscalationClosed():
                    closed = True
            if isinstance(outcome, PLACES):
                assert outcome.owner_role
                assert outcome.owner_role not in outcome.informed, "told of what it owns"
                assert outcome.recorded_at <= outcome.act_by or not isinstance(outcome, said.EscalationRaised)
                assert outcome.acknowledge_by <= outcome.act_by

    def _climbs_if_and_only_if_nobody_took_it_on_in_time(self) -> None:
        waiting: dict[str, PLACES] = {}
        trigger: dict[str, said.EscalationRaised] = {}
        kind: dict[str, str] = {}
        newest = 0
        for record, outcomes in zip(self.log, self.drawn, strict=True):
            forward = isinstance(record, ClockTick) and record.as_of > newest
            if isinstance(record, ClockTick) and forward:
                newest = record.as_of
                for subject, place in waiting.items():
                    climbed = [
                        one
                        for one in outcomes
                        if isinstance(one, said.EscalationClimbed) and one.subject == subject
                    ]
                    levels = 3 if trigger[subject].trigger in INSIDE_ONLY else LEVELS[kind[subject]]
                    late = newest >= place.acknowledge_by + SECOND and place.level < levels
                    assert bool(climbed) == late, f"{place} at {newest}: {climbed}"
                    if climbed and climbed[-1].level < levels:
                        assert newest < climbed[-1].acknowledge_by + SECOND, "it should have climbed on"
            else:
                assert not any(isinstance(one, said.EscalationClimbed) for one in outcomes) or isinstance(
                    record, ClockTick
                ), "only time brings it higher"
            for outcome in outcomes:
                if isinstance(outcome, said.EscalationRaised):
                    trigger[outcome.subject] = outcome
                if isinstance(outcome, said.EscalationRaised | said.EscalationReturned):
                    kind[outcome.subject] = outcome.provider_type
                if isinstance(outcome, PLACES):
                    waiting[outcome.subject] = outcome
                if isinstance(outcome, said.EscalationTaken | said.EscalationClosed):
                    waiting.pop(outcome.subject, None)

    def _closed_by_an_act_or_withdrawn(self) -> None:
        for record, outcomes in zip(self.log, self.drawn, strict=True):
            for outcome in outcomes:
                if not isinstance(outcome, said.EscalationClosed):
                    continue
                assert not isinstance(record, actions.DeliveryRecorded | actions.EscalationAcknowledged)
                if outcome.how == "acted":
                    assert isinstance(record, actions.EscalationActed)
                    assert record.escalation_id == outcome.subject
                if isinstance(record, events.HarmRegraded):
                    assert record.event_id != outcome.cause, "graded down closes nothing"

    def _nothing_is_raised_without_a_reason(self) -> None:
        for place, outcomes in enumerate(self.drawn):
            for outcome in outcomes:
                if isinstance(outcome, said.EscalationRaised):
                    record, earlier = self.log[place], self.earlier[place]
                    assert _reason(outcome, record, earlier), f"{outcome} from {record}"

    def _whatever_is_grave_was_raised(self) -> None:
        raised = {
            (one.case_id, one.trigger)
            for outcomes in self.drawn
            for one in outcomes
            if isinstance(one, said.EscalationRaised)
        }
        for record in self.log:
            if isinstance(record, events.Reported) and record.facts.kind != "good_care":
                if record.harm in GRAVE:
                    assert (record.case_id, "death_or_severe_harm") in raised
                if record.flags & events.IMMEDIATE_RISK:
                    assert (record.case_id, "immediate_danger") in raised
        for outcome in (one for outcomes in self.earlier for one in outcomes):
            if isinstance(outcome, ObligationBreached):
                assert (outcome.case_id, "obligation_breached") in raised

    # -- serious incidents --------------------------------------------------------------------------

    def _steis_is_missed_if_and_only_if_not_reported_in_time(self) -> None:
        missed: dict[str | None, bool] = {}
        for outcome in (one for outcomes in self.drawn for one in outcomes):
            match outcome:
                case said.SeriousClockStarted(clock="steis"):
                    missed[outcome.subject] = False
                case said.SeriousClockMissed() if outcome.subject in missed:
                    missed[outcome.subject] = True
                case said.SeriousMissWithdrawn() if outcome.subject in missed:
                    missed[outcome.subject] = False
        started = {
            one.case_id: one.subject
            for outcomes in self.drawn
            for one in outcomes
            if isinstance(one, said.SeriousClockStarted) and one.clock == "steis"
        }
        ticks = [record.as_of for record in self.log if isinstance(record, ClockTick)]
        mistakes = {one.retracted_event_id for one in self.log if isinstance(one, events.EventRetracted)}
        for case_id, subject in started.items():
            mine = [one for one in self._first_time(case_id) if one.event_id not in mistakes]
            declared = [one for one in mine if isinstance(one, actions.SeriousIncidentDeclared)]
            reported = [one for one in mine if isinstance(one, actions.SteisReported)]
            ended = any(
                isinstance(one, actions.SeriousIncidentDelogged)
                for one in self.log
                if isinstance(one, CaseEvent) and one.case_id == case_id
            )
            if not declared or ended:
                continue
            due = two_working_days_after(declared[0].at)
            in_time = bool(reported) and reported[0].at < due + SECOND
            open_late = not reported and max(ticks, default=0) >= due + SECOND
            if in_time or not reported:
                assert missed[subject] == open_late, f"due {due}, reported {reported}"

    def _first_time(self, case_id: str | None) -> list[CaseEvent]:
        found: dict[str, CaseEvent] = {}
        for one in self.log:
            if (
                isinstance(one, CaseEvent)
                and one.case_id == case_id
                and one.at <= one.recorded_at + 600 * SECOND
            ):
                found.setdefault(one.event_id, one)
        return list(found.values())


def two_working_days_after(when: Instant) -> Instant:
    holidays = {one["date"] for one in HOLIDAYS}
    zone = ZoneInfo("Europe/London")
    day: date = datetime.fromtimestamp(when / 1000, UTC).astimezone(zone).date()
    left = 2
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day.isoformat() not in holidays
    last = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone)
    return int(last.timestamp()) * 1000


def _reason(raised: said.EscalationRaised, record: Record, earlier: list[Outcome]) -> bool:
    """Whether the record, or what the candour rule said of it, is what this trigger is about."""
    if raised.trigger in ("obligation_breached", "obligation_nearly_due"):
        wanted = ObligationBreached if raised.trigger == "obligation_breached" else DeadlineWarned
        return any(isinstance(one, wanted) and one.subject == raised.about for one in earlier)
    if not isinstance(record, CaseEvent):
        return False
    match raised.trigger:
        case "death_or_severe_harm":
            other = record.other_harm if isinstance(record, events.CaseLinked) else "none"
            follows = record.flags & events.MAY_STILL_FOLLOW and record.potential in GRAVE
            return record.harm in GRAVE or other in GRAVE or bool(follows)
        case "immediate_danger":
            return bool(record.flags & events.IMMEDIATE_RISK)
        case "never_event":
            return bool(record.flags & events.NEVER_EVENT_PROPOSED)
        case "serious_near_miss":
            return record.potential in GRAVE and record.harm in ("not_known", "none", "low")
        case "cluster" | "repeat_after_alert":
            return isinstance(record, actions.PatternDetected)
    return False
