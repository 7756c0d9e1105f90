"""Law.md §1.3, §1.8, §1.9 a second time, over the whole history. Knows nothing of decide and evolve."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas import event_types as events
from schemas.event_types import CaseEvent, ClockTick, FollowUp, Instant, Record

SECOND = 1000
FAST_CLOCK = 600 * SECOND


@dataclass(frozen=True)
class Owed:
    """A duty with a due time: whom it is owed to, and where in the log it was opened, last of all anew."""

    id: str
    case_id: str
    patient: str
    provider: str
    duty: str
    due_at: Instant
    openings: tuple[tuple[int, str], ...]  # (place in the log, event_id of what opened it)
    tell_id: str  # the duty to tell beside it: an investigation is completed about that


def breached(log: Sequence[Record], owed: Owed, accepted: frozenset[str]) -> bool:
    """Whether it is breached as known at the end of this log. `accepted`: what was not refused."""
    ticks = [record.as_of for record in log if isinstance(record, ClockTick)]
    if not ticks or max(ticks) < owed.due_at + SECOND:
        return False
    mistakes = {one.retracted_event_id for one in log if isinstance(one, events.EventRetracted)}
    about = [
        (place, one)
        for place, one in _first_time(log)
        if one.case_id == owed.case_id and one.event_id not in mistakes
    ]
    said = [(place, one) for place, one in about if _counts(one) and _concerns(one, owed)]
    opened = [place for place, cause in owed.openings if cause not in mistakes]
    if owed.duty == "share_findings":
        tell = replace(owed, id=owed.tell_id)
        if not any(_investigated(one, tell) for _, one in about):
            return False
    elif not opened:
        return False
    since = max(opened, default=0)
    return not (
        any(_satisfies(one, owed) for _, one in said)
        or _discharged([one for _, one in said], owed)
        or any(_closes(one, owed) for place, one in said if place > since and one.event_id in accepted)
    )


def _first_time(log: Sequence[Record]) -> list[tuple[int, CaseEvent]]:
    """A record that comes again is the same record: it was said where it first stood."""
    places: dict[str, tuple[int, CaseEvent]] = {}
    for place, one in enumerate(log):
        if isinstance(one, CaseEvent):
            places.setdefault(one.event_id, (place, one))
    return list(places.values())


def _counts(one: CaseEvent) -> bool:
    if isinstance(one, events.Reported):
        return True
    if isinstance(one, FollowUp) and one.obligation_id is None:
        several_patients = one.patient is None and len(one.facts.patients) > 1
        several_providers = one.provider is None and len(one.facts.providers) > 1
        if several_patients or (several_providers and not isinstance(one, events.HarmRegraded)):
            return False  # harm is of a patient, whoever provided the care
    occurred_at = one.facts.occurred_at
    return one.at <= one.recorded_at + FAST_CLOCK and (occurred_at is None or one.at >= occurred_at)


def _concerns(one: CaseEvent, owed: Owed) -> bool:
    if not isinstance(one, FollowUp):
        return True
    return (
        one.patient in (None, owed.patient)
        and one.provider in (None, owed.provider)
        and one.obligation_id in (None, owed.id)
    )


def _in_time(at: Instant, owed: Owed) -> bool:
    return at < owed.due_at + SECOND


def _satisfies(one: CaseEvent, owed: Owed) -> bool:
    match owed.duty, one:
        case "report", events.CaseLinked(side="primary"):
            return _in_time(min(one.other_reported_at, one.facts.reported_at), owed)
        case "report", _:  # every record of a case carries the time of its report
            return _in_time(one.facts.reported_at, owed)
        case "tell", events.RelevantPersonNotified():
            whole = one.facts_given and one.apology and one.written_notification_offered
            return whole and _in_time(one.at, owed)
        case "share_findings", events.FindingsShared():
            return _in_time(one.at, owed)
    return False


def _discharged(said: list[CaseEvent], owed: Owed) -> bool:
    """Whether it stood discharged when its due time passed: refused, tried, and not met since."""
    attempts = [one for one in said if isinstance(one, events.ContactAttempted)]
    if owed.duty != "tell" or not attempts:
        return False
    met = [one.at for one in attempts if one.result == "reached"]
    met += [one.at for one in said if isinstance(one, events.RelevantPersonNotified) and one.in_person]
    tried_at = min(one.at for one in attempts)
    return any(
        _in_time(max(one.at, tried_at), owed) and not any(one.at < at and _in_time(at, owed) for at in met)
        for one in said
        if isinstance(one, events.ContactDeclined)
    )


def _investigated(one: CaseEvent, tell: Owed) -> bool:
    return isinstance(one, events.InvestigationCompleted) and _counts(one) and _concerns(one, tell)


def _closes(one: CaseEvent, owed: Owed) -> bool:
    if not isinstance(one, events.ObligationStoodDown):
        return False
    return one.never_notifiable or _in_time(one.recorded_at, owed)


# -- which duties come about, and until when ------------------------------------------------------

LONDON = ZoneInfo("Europe/London")
HARMFUL = ("moderate", "severe", "fatal")
HEALTH_SERVICE_BODIES = ("nhs_trust", "nhs_foundation_trust", "special_health_authority")
OPERATIONAL_DAYS = 10
CONTRACT, STATUTE_AT_FIRST, STATUTE = "SC35", "REG20_HSB_2014", "REG20_2015"


class Duty(NamedTuple):
    patient: str
    provider: str
    name: str
    instrument: str


@dataclass(frozen=True)
class Opening:
    """`place`: in the log. `starts_at`: None for what counts from report and awareness, as they are known."""

    place: int
    event: CaseEvent
    starts_at: Instant | None


def contract_duties(log: Sequence[Record], case_id: str) -> dict[Duty, Opening]:
    """The duties to report and to tell under the contract, by what opened them. Law.md §1.9.1, §1.9.2."""
    opened: dict[Duty, Opening] = {}
    heard = _heard(log, case_id)
    for place, event in heard:
        before = [one for at, one in heard if at < place and not _mistaken(log[:place], one)]
        for duty, starts_at in _opens(event, before, {(one.patient, one.provider) for one in opened}):
            opened.setdefault(duty, Opening(place, event, starts_at))
    return {duty: one for duty, one in opened.items() if duty.instrument.startswith(CONTRACT)}


def due_at(log: Sequence[Record], duty: Duty, opening: Opening) -> Instant | None:
    """23:59:59 London on the tenth operational day after the day that it counts from. Law.md §2."""
    starts_at = opening.starts_at
    if starts_at is None:
        known = [
            one for _, one in _heard(log, opening.event.case_id) if _counts(one) and not _mistaken(log, one)
        ]
        linked = [one for one in known if isinstance(one, events.CaseLinked) and one.side == "primary"]
        said = [one for one in known if isinstance(one, events.Enriched) and "noticed_at" in one.changed]
        facts = [opening.event, *said][-1].facts
        if duty.name == "report":
            starts_at = min([facts.aware_at, *(one.other_aware_at for one in linked)])
        else:
            starts_at = min([facts.reported_at, *(one.other_reported_at for one in linked)])
    calendar = json.loads([one for one in log if isinstance(one, events.CalendarAdopted)][-1].content)
    holidays = {date.fromisoformat(one["date"]) for one in calendar["holidays"]}
    day, left = _london_day(starts_at), OPERATIONAL_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in holidays
    last = datetime.combine(day, time(23, 59, 59), LONDON)
    return round(last.timestamp()) * 1000


def _heard(log: Sequence[Record], case_id: str) -> list[tuple[int, CaseEvent]]:
    """What is known to be a mistake before it comes is never heard."""
    return [
        (place, one)
        for place, one in _first_time(log)
        if one.case_id == case_id and not _mistaken(log[:place], one)
    ]


def _mistaken(log: Sequence[Record], event: CaseEvent) -> bool:
    return any(
        isinstance(one, events.EventRetracted) and one.retracted_event_id == event.event_id for one in log
    )


def _opens(
    event: CaseEvent, before: list[CaseEvent], owing: set[tuple[str, str]]
) -> Iterator[tuple[Duty, Instant | None]]:
    """What this event opens, where it is not open. `owing`: to which patient which provider owes anything."""
    facts = event.facts
    incident = facts.kind in ("incident", "outcome")
    for patient in facts.patients:
        harmed = incident and bool({patient.physical, patient.psychological} & set(HARMFUL))
        for provider in facts.providers:
            pair = patient.ref, provider.code
            first, starts_at = True, None
            match event:
                case events.Reported():
                    opens = incident
                case events.Enriched():
                    opens = incident and _counts(event) and pair not in owing
                    risen = [one for one in _regrades(before, patient) if one.from_grade != "not_known"]
                    starts_at = risen[-1].at if risen else None
                case events.HarmRegraded():
                    opens = harmed and event in _regrades([event], patient)
                    first = event.from_grade == "not_known"
                    starts_at = None if first else event.at
                case events.CandourOptedIn():
                    opens = _counts(event) and event.patient in (None, patient.ref)
                    opens = opens and event.provider in (None, provider.code)
                    first, starts_at, harmed = False, event.at, True
                case _:
                    opens = False
            if not opens:
                continue
            reported_at = facts.reported_at if starts_at is None else starts_at
            aware_at = facts.aware_at if starts_at is None else starts_at
            may_follow = first and bool(event.flags & events.MAY_STILL_FOLLOW)
            for instrument in _binding(provider, reported_at, aware_at):
                contract = instrument.startswith(CONTRACT)
                suspected = may_follow and not contract and provider.type in HEALTH_SERVICE_BODIES
                if harmed or suspected:
                    yield Duty(*pair, "tell", instrument), starts_at
                    if first and contract:
                        yield Duty(*pair, "report", instrument), starts_at


def _regrades(said: Sequence[CaseEvent], patient: events.Patient) -> list[events.HarmRegraded]:
    """Those that took this patient from below moderate harm to it or above."""
    found = []
    for one in said:
        if isinstance(one, events.HarmRegraded) and one.patient in (None, patient.ref) and _counts(one):
            then = next(each for each in one.facts.patients if each.ref == patient.ref)
            other = then.psychological if one.axis == "physical" else then.physical
            if one.to_grade in HARMFUL and not {one.from_grade, other} & set(HARMFUL):
                found.append(one)
    return found


def _binding(provider: events.Provider, reported_at: Instant, aware_at: Instant) -> Iterator[str]:
    """Law.md §1.1: the contract by the report, Regulation 20 by awareness."""
    reported, aware = _london_day(reported_at), _london_day(aware_at)
    if provider.nhs_contract and provider.type not in ("gp_practice", "dental_practice", "not_known"):
        if date(2013, 4, 1) <= reported <= date(2014, 3, 31):
            yield "SC35_2013"
        elif date(2014, 4, 1) <= reported <= date(2015, 3, 31):
            yield "SC35_2014"
    if aware >= date(2015, 4, 1) and provider.type != "not_known":
        yield STATUTE
    elif aware >= date(2014, 11, 27) and provider.type in HEALTH_SERVICE_BODIES:
        yield STATUTE_AT_FIRST


def _london_day(when: Instant) -> date:
    return datetime.fromtimestamp(when / 1000, UTC).astimezone(LONDON).date()
