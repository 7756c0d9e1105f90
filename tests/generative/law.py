"""Law.md §1.3, §1.8, §1.9 a second time, over the whole history. Knows nothing of decide and evolve."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas import event_types as events
from schemas.event_types import CaseEvent, ClockTick, FollowUp, Instant, Record

SECOND = 1000
FAST_CLOCK = 600 * SECOND


class Opened(NamedTuple):
    """Where in the log, and by which record."""

    place: int
    event_id: str


@dataclass(frozen=True)
class Owed:
    """A duty with a due time. `dues`: (place in the log, due time as known from there on), which `due_at` is
    there to check; `tell`: of a duty to share findings, the duty to tell from which it follows."""

    id: str
    case_id: str
    patient: str
    provider: str
    duty: str
    instrument: str
    opened: Opened
    dues: tuple[tuple[int, Instant], ...]
    tell: "Owed | None" = None

    def due_at(self, place: int) -> Instant:
        return [due for since, due in self.dues if since < place][-1]


def breached(log: Sequence[Record], owed: Owed, agreed: frozenset[str]) -> bool:
    """Whether it is breached as known at the end of this log. `agreed`: what was not refused; it is asked of
    a stand-down that names no duty, for another of those it means may ask for a second person."""
    known = _Known(log, owed, agreed)
    merged = known.merged() if known.rests else None
    if merged is None:
        return known.breached()
    # The duty goes on in the other case: here stands what a tick said before, where nothing undid it since.
    for end in range(merged, owed.dues[0][0], -1):
        known, last = _Known(log[:end], owed, agreed), log[end - 1]
        if not known.breached():
            return False
        if isinstance(last, ClockTick) and last.as_of >= known.due_at + SECOND:
            return True
    return False


class _Known:
    """What a log says of one duty, less what it says was a mistake."""

    def __init__(self, log: Sequence[Record], owed: Owed, agreed: frozenset[str]) -> None:
        self.log, self.owed, self.agreed = log, owed, agreed
        self.newest_tick = max((one.as_of for one in log if isinstance(one, ClockTick)), default=0)
        self.mistakes = {one.retracted_event_id for one in log if isinstance(one, events.EventRetracted)}
        self.said = [
            (place, one)
            for place, one in _first_time(log)
            if one.case_id == owed.case_id and one.event_id not in self.mistakes
            if _counts(one) and _concerns(one, owed)
        ]
        self.done = [(place, at) for place, one in self.said if (at := _done_at(one, owed)) is not None]
        if owed.duty == "report":  # the report itself is what it asks for, wherever that stands
            self.done = [(-1, at) for _, at in self.done]

    def breached(self) -> bool:
        return (
            self.rests
            and self.newest_tick >= self.due_at + SECOND
            and not any(done_at < self.due_at + SECOND for _, done_at in self.done)
            and not self.declined_in_time()
            and not self.closed_before(len(self.log), settled_counts=False)
        )

    @cached_property
    def due_at(self) -> Instant:
        return self.owed.due_at(len(self.log))

    @cached_property
    def every_opening(self) -> list[Opened]:
        """What opened it, and what opened it anew when it was closed, by what was known then."""
        found = [self.owed.opened]
        for place, one in _heard(self.log, self.owed.case_id):
            if place > self.owed.opened.place and _counts(one) and self._opens_anew(place, one):
                then = _Known(self.log[:place], self.owed, self.agreed)
                then.every_opening = list(found)
                stood_down = then.closed_before(place)
                kept_closed = stood_down and isinstance(one, events.Enriched)
                if (stood_down or not then.rests) and not kept_closed:
                    found.append(Opened(place, one.event_id))
        return found

    def _opens_anew(self, place: int, one: CaseEvent) -> bool:
        """A duty to share findings is opened with the duty to tell, or beside one that is not closed."""
        tell = self.owed.tell
        if tell is None or not _asks_for(one, self.owed):
            return _asks_for(one, self.owed) and _binds(one, self.owed)
        then = _Known(self.log[:place], tell, self.agreed)
        closed = not then.rests or then.closed_before(place)
        return not closed or (_asks_for(one, tell) and _binds(one, tell))

    @cached_property
    def openings(self) -> list[Opened]:
        """Those that were no mistake; findings follow from the duty to tell, whatever record brought them."""
        follows = self.owed.tell is not None
        return [one for one in self.every_opening if follows or one.event_id not in self.mistakes]

    @cached_property
    def rests(self) -> bool:
        """Whether anything is left that it rests on."""
        if self.owed.tell is None:
            return bool(self.openings)
        tell = _Known(self.log, self.owed.tell, self.agreed)
        return tell.rests and any(isinstance(one, events.InvestigationCompleted) for _, one in tell.said)

    def closed_before(self, end: int, *, settled_counts: bool = True) -> bool:
        """Whether persons closed it after it was opened, last of all anew. `settled_counts`: what was done
        before cannot be closed any more."""
        since = max(
            (one.place for one in self.openings if one.place < end),
            default=self.owed.opened.place,
        )
        return any(
            since < place < end
            and isinstance(one, events.ObligationStoodDown)
            and self._lawful(place, one)
            and (one.never_notifiable or one.recorded_at < self.due_at + SECOND)
            and not (settled_counts and self._settled_before(place, one.never_notifiable))
            and (one.obligation_id is not None or self._was_open(place, one.never_notifiable))
            for place, one in self.said
        )

    def _was_open(self, place: int, late_too: bool) -> bool:
        """Law.md §1.9.8: whether it was unsettled then, so that what names no duty meant it."""
        then = _Known(self.log[:place], self.owed, self.agreed)
        settled = then._settled_before(place, late_too) or then.closed_before(place)
        return then.rests and not settled and then.merged() is None

    def _lawful(self, place: int, one: events.ObligationStoodDown) -> bool:
        """Law.md §1.9.4 and §1.9.7, by what was known when it was recorded."""
        if one.obligation_id is None and one.event_id not in self.agreed:
            return False
        due_at, second = self.owed.due_at(place), one.second_person_role is not None
        if one.never_notifiable:
            return second
        near = working_days(self.log[:place], one.recorded_at, due_at) <= NEAR
        return one.recorded_at < due_at + SECOND and (second or not (near or self._fell(place, one)))

    def _fell(self, place: int, one: events.ObligationStoodDown) -> bool:
        """Whether harm to the patient had been moderate or worse, and no longer is."""
        if _grades(one.facts, self.owed.patient) & set(HARMFUL):
            return False
        grades: set[str] = set()
        for _, earlier in _heard(self.log[:place], self.owed.case_id):
            if _mistaken(self.log[:place], earlier):
                continue
            if isinstance(earlier, events.HarmRegraded) and earlier.patient in (None, self.owed.patient):
                grades |= {earlier.from_grade, earlier.to_grade}
            elif isinstance(earlier, events.Reported):
                grades |= _grades(earlier.facts, self.owed.patient)
        return bool(grades & set(HARMFUL))

    def merged(self) -> int | None:
        """Where it was found to be the duty of another case. Law.md §1.9.10"""
        for place, one in self.said:
            elsewhere = isinstance(one, events.CaseLinked) and one.side == "duplicate" and one.other_harm
            settled = self._settled_before(place, late_too=False) or self.closed_before(place)
            if elsewhere in HARMFUL and not settled:
                return place
        return None

    def _settled_before(self, place: int, late_too: bool) -> bool:
        """`late_too`: only what was done in time counts, for two persons may say so of what was done late."""
        done = [at for where, at in self.done if where < place]
        declined = self._declined(place)
        if late_too:
            done = [at for at in done if at < self.due_at + SECOND]
            declined = [at for at in declined if at < self.due_at + SECOND]
        return bool(done or declined)

    def _declined(self, place: int) -> list[Instant]:
        """When a refusal and an attempt came together, of those refusals after which they were not met."""
        attempts, met, refusals = self._contacts(place)
        return [max(at, min(attempts)) for at in refusals if attempts and at >= max(met, default=at)]

    def declined_in_time(self) -> bool:
        """Whether it stood discharged when its due time passed: refused, tried, and not met since."""
        attempts, met, refusals = self._contacts(len(self.log))
        timely = self.due_at + SECOND
        return any(
            max(at, min(attempts)) < timely and not any(at < again < timely for again in met)
            for at in refusals
            if attempts
        )

    def _contacts(self, place: int) -> tuple[list[Instant], list[Instant], list[Instant]]:
        """The dates of attempts, of those that reached them or told them in person, and of refusals."""
        said = [one for where, one in self.said if where < place and self.owed.duty == "tell"]
        attempts = [one for one in said if isinstance(one, events.ContactAttempted)]
        met = [one.at for one in attempts if one.result == "reached"]
        met += [one.at for one in said if isinstance(one, events.RelevantPersonNotified) and one.in_person]
        refusals = [one.at for one in said if isinstance(one, events.ContactDeclined)]
        return [one.at for one in attempts], met, refusals


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


def _done_at(one: CaseEvent, owed: Owed) -> Instant | None:
    """The date of what this says was done; every record of a case carries the time of its report."""
    match owed.duty, one:
        case "report", events.CaseLinked(side="primary"):
            return min(one.other_reported_at, one.facts.reported_at)
        case "report", _:
            return one.facts.reported_at
        case "tell", events.RelevantPersonNotified():
            whole = one.facts_given and one.apology and one.written_notification_offered
            return one.at if whole else None
        case "share_findings", events.FindingsShared():
            return one.at
    return None


def _asks_for(one: CaseEvent, owed: Owed) -> bool:
    """Whether it asks that this provider owe this patient, as a regrade up to harm and a choice do, and to
    name it anew after it had been named by mistake."""
    if isinstance(one, events.Enriched):
        there = owed.provider in [each.code for each in one.facts.providers]
        return "provider" in one.changed and there and bool(_grades(one.facts, owed.patient) & set(HARMFUL))
    if isinstance(one, events.HarmRegraded) and _concerns(one, owed):
        patients = [each for each in one.facts.patients if each.ref == owed.patient]
        return one.to_grade in HARMFUL and any(_worse(one, each) for each in patients)
    return isinstance(one, events.CandourOptedIn) and _concerns(one, owed)


def _binds(one: CaseEvent, owed: Owed) -> bool:
    """Whether its version is that of this time; of the report, unless harm was graded before."""
    facts = one.facts
    patients = [each for each in facts.patients if each.ref == owed.patient]
    first = isinstance(one, events.HarmRegraded) and any(_first(one, each) for each in patients)
    first = first or isinstance(one, events.Enriched)
    times = (facts.reported_at, facts.aware_at) if first else (one.at, one.at)
    providers = [each for each in facts.providers if each.code == owed.provider]
    return any(owed.instrument in _binding(each, *times) for each in providers)


def _grades(facts: events.CaseFacts, patient: str) -> set[str]:
    return {
        grade for one in facts.patients if one.ref == patient for grade in (one.physical, one.psychological)
    }


# -- which duties come about, and until when ------------------------------------------------------

LONDON = ZoneInfo("Europe/London")
HARMFUL = ("moderate", "severe", "fatal")
GRADES = ("not_known", "none", "low", *HARMFUL)
HEALTH_SERVICE_BODIES = ("nhs_trust", "nhs_foundation_trust", "special_health_authority")
OPERATIONAL_DAYS, NEAR = 10, 3
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


def contract_duties(
    log: Sequence[Record], case_id: str, closed: Callable[[Duty, int], bool]
) -> dict[Duty, Opening]:
    """The duties to report and to tell under the contract, by what opened them. Law.md §1.8, §1.9.1, §1.9.2.
    `closed`: whether a duty was stood down before this place in the log."""
    opened: dict[Duty, Opening] = {}
    heard = _heard(log, case_id)
    for place, event in heard:
        before = [one for at, one in heard if at < place and not _mistaken(log[:place], one)]
        live = {_of_family(one) for one in opened if not closed(one, place)}
        owing = {_of_family(one)[::2] for one in opened}
        since: dict[tuple[tuple[str, str], bool], Instant | None] = {}
        for duty, starts_at in [*_opens(event, before)]:
            match event:
                case events.Enriched():
                    who = _of_family(duty)[::2]
                    owed = who in owing or since.setdefault(who, starts_at) != starts_at
                case events.HarmRegraded() | events.CandourOptedIn():
                    owed = _of_family(duty) in live
                case _:
                    owed = False
            if not owed and not _waits_for_report(event, duty, opened):
                opened.setdefault(duty, Opening(place, event, starts_at))
    return {duty: one for duty, one in opened.items() if duty.instrument.startswith(CONTRACT)}


def _of_family(duty: Duty) -> tuple[tuple[str, str], str, bool]:
    return (duty.patient, duty.provider), duty.name, duty.instrument.startswith(CONTRACT)


def _waits_for_report(event: CaseEvent, duty: Duty, opened: Iterable[Duty]) -> bool:
    """Harm was moderate before this regrade, and by the report, which is still to come, it is owed."""
    if not isinstance(event, events.HarmRegraded) or _of_family(duty) in map(_of_family, opened):
        return False
    patient = next(one for one in event.facts.patients if one.ref == duty.patient)
    provider = next(one for one in event.facts.providers if one.code == duty.provider)
    by_report = _binding(provider, event.facts.reported_at, event.facts.aware_at)
    families = [one.startswith(CONTRACT) for one in by_report]
    return bool(_before(event, patient) & set(HARMFUL)) and duty.instrument.startswith(CONTRACT) in families


def due_at(log: Sequence[Record], duty: Duty, opening: Opening) -> Instant | None:
    """23:59:59 London on the tenth operational day after the day that it counts from. Law.md §2."""
    known = [one for _, one in _heard(log, opening.event.case_id) if _counts(one) and not _mistaken(log, one)]
    linked = [one for one in known if isinstance(one, events.CaseLinked) and one.side == "primary"]
    starts_at = opening.starts_at
    if starts_at is None:
        said = [one for one in known if isinstance(one, events.Enriched) and "noticed_at" in one.changed]
        facts = [opening.event, *said][-1].facts
        starts_at = facts.aware_at if duty.name == "report" else facts.reported_at
    else:
        linked = [one for one in linked if one.other_harm in HARMFUL]
    by_links = [one.other_aware_at if duty.name == "report" else one.other_reported_at for one in linked]
    starts_at = min([starts_at, *by_links])
    holidays = _holidays(log)
    day, left = _london_day(starts_at), OPERATIONAL_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in holidays
    last = datetime.combine(day, time(23, 59, 59), LONDON)
    return round(last.timestamp()) * 1000


def working_days(log: Sequence[Record], since: Instant, until: Instant) -> int:
    """Operational days after the one day up to and with the other, by the calendar of this log."""
    holidays = _holidays(log)
    day, last, found = _london_day(since), _london_day(until), 0
    while day < last:
        day += timedelta(days=1)
        found += day.weekday() < 5 and day not in holidays
    return found


def _holidays(log: Sequence[Record]) -> set[date]:
    calendar = json.loads([one for one in log if isinstance(one, events.CalendarAdopted)][-1].content)
    return {date.fromisoformat(one["date"]) for one in calendar["holidays"]}


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


def _opens(event: CaseEvent, before: list[CaseEvent]) -> Iterator[tuple[Duty, Instant | None]]:
    """What this event opens, where it is not owed already."""
    facts = event.facts
    incident = facts.kind in ("incident", "outcome")
    for patient in facts.patients:
        harmed = incident and bool({patient.physical, patient.psychological} & set(HARMFUL))
        for provider in facts.providers:
            first, times = True, list[Instant | None]()
            match event:
                case events.Reported() if incident:
                    times = [None]
                case events.Enriched() if incident and _counts(event):
                    times = _came_to_harm(before, patient) if harmed else [None]
                case events.HarmRegraded() if harmed and _worse(event, patient):
                    first = _first(event, patient)
                    times = [None if first else event.at]
                case events.CandourOptedIn():
                    meant = event.patient in (None, patient.ref) and event.provider in (None, provider.code)
                    first, harmed = False, True
                    times = [event.at] if meant and _counts(event) else []
            for starts_at in times:
                reported_at = facts.reported_at if starts_at is None else starts_at
                aware_at = facts.aware_at if starts_at is None else starts_at
                may_follow = first and bool(event.flags & events.MAY_STILL_FOLLOW)
                for instrument in _binding(provider, reported_at, aware_at):
                    contract = instrument.startswith(CONTRACT)
                    suspected = may_follow and not contract and provider.type in HEALTH_SERVICE_BODIES
                    if harmed or suspected:
                        yield Duty(patient.ref, provider.code, "tell", instrument), starts_at
                        if first and contract:
                            yield Duty(patient.ref, provider.code, "report", instrument), starts_at


def _came_to_harm(before: Sequence[CaseEvent], patient: events.Patient) -> list[Instant | None]:
    """From when a provider owes that becomes known now: the report (None), or a regrade up, or neither."""
    regrades = [
        one for one in before if isinstance(one, events.HarmRegraded) and one.patient in (None, patient.ref)
    ]
    graded = _before(regrades[0], patient) if regrades else {patient.physical, patient.psychological}
    for one in before:
        if isinstance(one, events.Reported):
            graded = _grades(one.facts, patient.ref)
    times: list[Instant | None] = [None] if graded & set(HARMFUL) else []
    for one in regrades:
        if one.to_grade in HARMFUL and _worse(one, patient):
            times.append(None if _first(one, patient) else one.at)
    return times


def _worse(one: events.HarmRegraded, patient: events.Patient) -> bool:
    counts = one.patient in (None, patient.ref) and _counts(one)
    return counts and all(GRADES.index(one.to_grade) > GRADES.index(was) for was in _before(one, patient))


def _first(one: events.HarmRegraded, patient: events.Patient) -> bool:
    """Nobody had graded this patient's harm before, of the body or of the mind."""
    return _before(one, patient) == {"not_known"}


def _before(one: events.HarmRegraded, patient: events.Patient) -> set[str]:
    then = next(each for each in one.facts.patients if each.ref == patient.ref)
    return {one.from_grade, then.psychological if one.axis == "physical" else then.physical}


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
