"""How a report is drawn: what happened where, when it was noticed, reported and entered, and its grade."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from producers.simulation import words
from producers.simulation.draft import Body, Draft, at_time, later, written
from producers.simulation.people import MOST, nhs_number
from producers.simulation.plan import Participant, Plan
from producers.simulation.volumes import GRADES, volumes

_HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 7, 9, 10, 9, 8, 8, 9, 8, 7, 6, 5, 5, 5, 4, 3, 2)
"""How much is reported in each hour of the day: the shifts of the day above those of the night."""
_WEEKEND = 0.75
_PATIENTS_KNOWN, _NOTICED_SAID, _ANONYMOUS, _SEVERAL = 0.55, 0.9, 0.02, 0.01
_GRADED_LATER = 0.02
_HAZARDS, _GOOD_CARE = 0.010, 0.017
_POTENTIAL = ("none", "low", "moderate", "severe", "fatal")
_POTENTIAL_SHARES = (0.35, 0.40, 0.20, 0.035, 0.015)
_RISK_GOES_ON = {"moderate": 0.02, "severe": 0.15, "fatal": 0.10}


@dataclass(frozen=True)
class Scene:
    """What is settled beforehand about an incident; None where it is drawn."""

    occurred: datetime
    grade: str | None = None
    ward: str | None = None
    incident_type: str | None = None
    what: str | None = None
    found_after_days: int | None = None
    never_event_type: str | None = None
    at_once: bool = False


def occurrences(plan: Plan, provider: Participant, mean_a_month: float, random: Random) -> list[datetime]:
    """When incidents occur on the days of the plan, fewer at weekends and at night."""
    found = []
    for day in plan.days:
        mean = mean_a_month * 12 / 365.25 * (_WEEKEND if day.weekday() >= 5 else 1.1)
        for _ in range(poisson(random, mean)):
            found.append(_moment(day, random))
    return found


def draw(number: int, provider: Participant, plan: Plan, random: Random, scene: Scene) -> Draft:
    """One report, with nothing after it."""
    kind, grade = _kind_and_grade(scene, random)
    noticed, reported = _times(scene, random)
    entered = reported if scene.at_once or grade in GRADES[2:] else _entered(reported, provider, plan, random)
    mix = volumes().case_mix
    incident_type = scene.incident_type or random.choices(tuple(mix), tuple(mix.values()))[0]
    report: Body = {
        "kind": kind,
        "what_happened": scene.what or _what(kind, incident_type, random),
        "provider": provider.code,
        "ward": scene.ward or random.choice(provider.wards),
        "occurred_at": written(scene.occurred),
        "reported_at": written(reported),
        "incident_type": incident_type,
    }
    if random.random() < _NOTICED_SAID:
        report["noticed_at"] = written(noticed)
    if random.random() < 0.3:
        report["factors"] = sorted(random.sample(words.FACTORS, random.randint(1, 2)))
    _grade(report, kind, grade, random)
    _people(report, grade, random)
    if scene.never_event_type:
        report["never_event_type"] = scene.never_event_type
    return Draft(
        number, random, provider, plan.calendar, report, scene.occurred, noticed, reported, entered, grade
    )


def poisson(random: Random, mean: float) -> int:
    """For means that are small beside a thousand."""
    left, count = mean, 0
    while (left := left - random.expovariate(1.0)) > 0:
        count += 1
    return count


def _moment(day: date, random: Random) -> datetime:
    hour = random.choices(range(24), _HOURS)[0]
    return at_time(day, hour * 60 + random.randrange(60))


def _kind_and_grade(scene: Scene, random: Random) -> tuple[str, str]:
    if scene.grade is not None:
        return "incident", scene.grade
    toss = random.random()
    if toss < _GOOD_CARE:
        return ("hazard" if toss < _HAZARDS else "good_care"), "none"
    grade = random.choices(GRADES, volumes().harm_on(scene.occurred.date()).weights())[0]
    if grade == "none" and random.random() < volumes().near_misses_of_no_harm:
        return "near_miss", grade
    return "incident", grade


def _times(scene: Scene, random: Random) -> tuple[datetime, datetime]:
    """Noticed mostly at once, reported mostly within the day; some weeks late."""
    toss = random.random()
    if scene.found_after_days is not None:
        seen = timedelta(days=scene.found_after_days)
    elif toss < 0.70:
        seen = timedelta(minutes=random.randrange(0, 30))
    elif toss < 0.93:
        seen = timedelta(minutes=random.randrange(30, 600))
    else:
        seen = timedelta(days=random.randrange(1, 21), minutes=random.randrange(600))
    noticed = later(scene.occurred, seen)
    toss = random.random()
    if scene.at_once or toss < 0.62:
        wait = timedelta(minutes=random.randrange(5, 120))
    elif toss < 0.93:
        wait = timedelta(minutes=random.randrange(120, 1440))
    elif toss < 0.99:
        wait = timedelta(days=random.randrange(1, 8), minutes=random.randrange(600))
    else:
        wait = timedelta(days=random.randrange(15, 40), minutes=random.randrange(600))
    return noticed, later(noticed, wait)


def _entered(reported: datetime, provider: Participant, plan: Plan, random: Random) -> datetime:
    """As reported, or with the bundle of the month or of the half-year."""
    uploads = volumes().uploads
    toss = random.random()
    if reported.date() > uploads.last_day or toss >= uploads.monthly_share + uploads.half_yearly_share:
        return reported
    if toss < uploads.monthly_share:
        return _first_working_evening(reported.date(), plan)
    closes = sorted(uploads.closes(reported.date().year) + uploads.closes(reported.date().year + 1))
    return next(at_time(day, 18 * 60) for day in closes if day > reported.date())


def _first_working_evening(day: date, plan: Plan) -> datetime:
    """Of the next month."""
    end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return at_time(plan.calendar.after(end, 1) or end + timedelta(days=1), 18 * 60)


def _what(kind: str, incident_type: str, random: Random) -> str:
    said = {"near_miss": words.NEAR_MISS, "hazard": words.HAZARD, "good_care": words.GOOD_CARE}
    return random.choice(said.get(kind) or words.SAID[incident_type])


def _grade(report: Body, kind: str, grade: str, random: Random) -> None:
    if kind in ("hazard", "good_care"):
        return
    not_yet = kind == "incident" and "never_event_type" not in report and random.random() < _GRADED_LATER
    report["harm"] = {"physical": "not_known" if not_yet else grade}
    if grade == "low" and random.random() < 0.1:
        report["harm"]["psychological"] = "low"
    if kind == "near_miss" or random.random() < 0.2:
        potential = random.choices(_POTENTIAL, _POTENTIAL_SHARES)[0]
        if GRADES.index(potential) >= GRADES.index(grade):
            report["could_have_been"] = potential
    if random.random() < _RISK_GOES_ON.get(grade, 0.0):
        report["immediate_risk"] = True


def _people(report: Body, grade: str, random: Random) -> None:
    known = grade in GRADES[2:] or random.random() < _PATIENTS_KNOWN
    if known and report["kind"] in ("incident", "near_miss"):
        count = 2 if random.random() < _SEVERAL else 1
        report["patients"] = [{"nhs_number": nhs_number(random.randrange(MOST))} for _ in range(count)]
        if grade == "fatal":
            for patient in report["patients"]:
                patient["relevant_person"] = {"relation": "next_of_kin", "why": "dead"}
    if random.random() < _ANONYMOUS:
        report["anonymous"] = True
    else:
        report["reporter"] = {"role": random.choice(words.REPORTERS)}
