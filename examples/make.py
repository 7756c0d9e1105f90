"""Makes the example reports.

`python -m examples.make` writes `reports.ndjson` beside this file, always the same bytes.
`python -m examples.make --recent NOW` prints reports of the thirty days before NOW, so that a board that runs
by the system clock is alive. NOW is RFC 3339 with an offset.

Each line is one case as `candour import` takes it: `{"key", "report", "events"}`. All people are invented.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from examples import courses
from examples.book import SPECIAL, Book, Scene
from examples.draft import LONDON, Body, Draft, add_days, written
from examples.people import born, name, nhs_number
from examples.plan import BELOW, PLAN, PROVIDERS, Row, Span
from examples.recent import CASES

REPORTS = Path(__file__).parent / "reports.ndjson"
WARDS = {
    "hospital": ("Ash ward", "Birch ward", "Cedar unit", "Day surgery", "Emergency department", "Elm ward",
                 "Outpatients", "Short stay unit", "Theatre 3", "Willow ward"),
    "independent": ("Floor 2", "Theatre 1", "Outpatients", "Day unit"),
    "care_home": ("Garden wing", "Upper corridor", "Dining room", "Lakeside"),
    "gp": ("Consulting room 4", "Treatment room", "Reception"),
    "dental": ("Surgery 2", "Surgery 1"),
    "hospice": ("At home", "Day room", "Inpatient unit"),
    "transfusion": ("Issue desk", "Laboratory"),
}  # fmt: skip
ROLES = {
    "hospital": ("staff nurse", "ward manager", "consultant", "healthcare assistant", "junior doctor",
                 "pharmacist", "ward clerk", "porter", "student nurse", "physiotherapist"),
    "independent": ("staff nurse", "theatre nurse", "consultant", "receptionist"),
    "care_home": ("carer", "senior carer", "home manager", "registered nurse"),
    "gp": ("practice nurse", "general practitioner", "receptionist"),
    "dental": ("dentist", "dental nurse", "receptionist"),
    "hospice": ("community nurse", "registered nurse", "volunteer"),
    "transfusion": ("clinical scientist", "quality lead"),
}  # fmt: skip
CALLED = {"care_home": "the resident", "hospice": "the person"}
GUARDIANS = ("attorney", "advocate", "next_of_kin")
BY_KEY = "key:"
Line = dict[str, object]


def reports() -> list[Line]:
    """All lines of `reports.ndjson`, in the order in which they were reported."""
    book = Book()
    drafts = [_draft(row, number, book) for row in PLAN for number in range(row.count)]
    drafts += [twin for draft in drafts if draft.link for twin in [_twin(draft)]]
    drafts.sort(key=lambda draft: draft.reported)
    keys: dict[str, str] = {}
    lines: list[Line] = []
    for serial, draft in enumerate(drafts, 1):
        key = f"ex-{serial:04}"
        if draft.link and draft.link in keys:
            reason = "Two people reported the same incident."
            draft.add("case_linked", draft.day(2), duplicate_of=BY_KEY + keys[draft.link], reason=reason)
        elif draft.link:
            keys[draft.link] = key
        _finish(draft, serial)
        lines.append({"key": key, "report": draft.report, "events": draft.events})
    return lines


def recent(now: datetime) -> list[Line]:
    """Reports of the thirty days before `now`, some still open: duties under today's law in every state."""
    book = Book()
    lines: list[Line] = []
    for serial, case in enumerate(CASES, 1):
        row = Row(case.course, 1, (date.min, date.max), kind=case.kind, axis=case.axis)
        random = Random(f"recent {serial}")
        reported = now - timedelta(days=case.days_ago, minutes=random.randrange(5, 55))
        draft = _told(row, case.place, case.grade, reported, random, book, case.scene)
        draft.report |= case.extra
        if draft.report["provider"] is None:
            del draft.report["provider"]
        case.course(draft)
        draft.events = [_dated_back(event, draft.reported, now) for event in draft.events]
        draft.events = [event for event in draft.events if datetime.fromisoformat(event["at"]) <= now]
        _finish(draft, 5000 + serial)
        lines.append({"key": f"recent-{serial:04}", "report": draft.report, "events": draft.events})
    return lines


def ndjson(lines: Iterable[Line]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)


# -- one report ------------------------------------------------------------------------------------


def _draft(row: Row, number: int, book: Book) -> Draft:
    random = Random(f"{row.seed} {number}")
    reported = _some_day(random, row.span)
    place, grade = row.places[number % len(row.places)], row.grades[number % len(row.grades)]
    draft = _told(row, place, grade, reported, random, book)
    if row.special:
        draft.report["what_happened"] = SPECIAL[row.special]
    draft.report |= row.extra
    if row.before is not None:  # it occurred, and came to light, under different law
        occurred = datetime.combine(row.before, reported.time(), LONDON)
        draft.report["occurred_at"] = written(occurred)
    if "patients" in row.extra and row.patients != 1:
        raise ValueError(f"{row.seed}: either a number of patients, or these patients")
    _several(draft, row)
    draft.link = f"{row.seed} {number}" if row.linked else None
    return draft


def _told(
    row: Row, place: str, grade: str, reported: datetime, random: Random, book: Book, of: str = ""
) -> Draft:
    """A report and nothing after it. `of`: the name of a scene, where any will not do."""
    scene = book.scene(random, row.kind, place, grade, row.axis, of)
    who = "the child" if scene.about == "child" else CALLED.get(place, "the patient")
    noticed = reported - timedelta(
        hours=random.choice((0, 1, 3, 6, 11, 20, 30)), minutes=random.randrange(2, 50)
    )
    occurred = noticed - timedelta(
        hours=random.choice((0, 0, 1, 2, 5, 9, 26, 70)), minutes=random.randrange(1, 50)
    )
    report: Body = {"kind": row.kind, "what_happened": book.tell(random, scene, grade, who)}
    report["provider"] = _provider(random, place, reported)
    report["ward"] = random.choice(WARDS[place]) if scene.name != "baby" else "Delivery suite"
    report |= {
        "occurred_at": written(occurred),
        "noticed_at": written(noticed),
        "reported_at": written(reported),
    }
    _harm(report, row, scene, grade, random)
    if row.course is courses.silence and row.before is None and random.random() < 0.35:
        del report[random.choice(("noticed_at", "occurred_at"))]
    if scene.about != "nobody":
        report["patients"] = [_patient(scene, grade, occurred.date(), random)]
    kind = scene.never_event_on(f"{occurred.date()}")
    if kind and random.random() < 0.6:
        report["never_event_type"] = kind
    if random.random() < 0.85:
        report["reporter"] = {"role": random.choice(ROLES[place]), "name": name(random)}
    return Draft(random, report, reported)


def _harm(report: Body, row: Row, scene: Scene, grade: str, random: Random) -> None:
    if scene.about == "nobody":
        if row.kind == "near_miss":
            report["could_have_been"] = random.choice(("low", "moderate", "severe", "fatal", "not_known"))
        if row.kind == "hazard":
            report["immediate_risk"] = random.random() < 0.3
            report["could_have_been"] = random.choice(("moderate", "severe", "not_sure"))
        return
    if row.axis == "psychological":
        report["harm"] = {"physical": "none", "psychological": grade}
        return
    report["harm"] = {"physical": "not_sure" if grade == "not_known" and random.random() < 0.5 else grade}
    if grade in BELOW and random.random() < 0.4:
        report["could_have_been"] = random.choice(("moderate", "severe", "fatal"))
    elif grade not in BELOW and random.random() < 0.3:
        report["harm"]["psychological"] = random.choice(("none", "low", "not_known"))


def _patient(scene: Scene, grade: str, on: date, random: Random) -> Body:
    """Whoever it happened to, and who is to be told in their place where they cannot be."""
    about = "baby" if scene.name == "baby" else scene.about
    patient: Body = {"name": name(random), "date_of_birth": born(random, about, on).isoformat()}
    if grade == "fatal" and about != "baby":
        patient["relevant_person"] = {"relation": "next_of_kin", "why": "dead"}
    elif about in ("baby", "child"):
        patient["relevant_person"] = {"relation": "parent", "why": "under_16"}
    elif about == "older" and random.random() < 0.35:
        patient["relevant_person"] = {"relation": random.choice(GUARDIANS), "why": "lacks_capacity"}
    return patient


def _several(draft: Draft, row: Row) -> None:
    """Follow-ups of a case with several patients or providers say which they are about."""
    if row.patients > 1:
        first = draft.report["patients"][0]
        more = [
            {"name": name(draft.random), "date_of_birth": first["date_of_birth"]}
            for _ in range(row.patients - 1)
        ]
        draft.report["patients"] = [first, *more]
        draft.report["patients"][-1]["harm"] = {"physical": "low"}
        for number, course in enumerate((row.course, *row.others), 1):
            draft.turn_to(patient=f"p{number}")
            course(draft)
    elif "other_providers" in draft.report:
        codes = (draft.report["provider"], *draft.report["other_providers"])
        for code, course in zip(codes, (row.course, *row.others), strict=False):
            draft.turn_to(provider=code)
            course(draft)
    else:
        row.course(draft)


def _twin(draft: Draft) -> Draft:
    """A second report of the same incident, by somebody else, some hours later."""
    random = Random(f"twin of {draft.link}")
    same = ("kind", "provider", "ward", "occurred_at", "harm", "never_event_type")
    report: Body = {field: draft.report[field] for field in same if field in draft.report}
    report["what_happened"] = f"Another colleague may have reported this too. {draft.report['what_happened']}"
    reported = add_days(draft.reported, 0.2 + random.random())
    report["reported_at"] = written(reported)
    report["reporter"] = {"role": "ward manager", "name": name(random)}
    return Draft(random, report, reported, link=draft.link)


def _finish(draft: Draft, serial: int) -> None:
    """A test number for most patients, nothing of an anonymous reporter, and follow-ups by date."""
    draft.events.sort(key=lambda event: datetime.fromisoformat(event["at"]))
    for event in draft.events:
        if event["type"] == "event_retracted":
            event["event_id"] = f"#{_number(draft.events, event['event_id'])}"
    for place, patient in enumerate(draft.report.get("patients", ())):
        if (serial + place) % 4:
            patient["nhs_number"] = nhs_number(serial * 10 + place)
    if draft.report.get("anonymous"):
        draft.report.pop("reporter", None)


def _number(events: list[Body], wanted: Body | None) -> int:
    """Nought for the report, one for its first follow-up."""
    return 0 if wanted is None else 1 + next(n for n, event in enumerate(events) if event is wanted)


def _provider(random: Random, place: str, reported: datetime) -> str | None:
    fitting = [one.code for one in PROVIDERS if one.place == place and one.until >= reported.date()]
    weights = [one.weight for one in PROVIDERS if one.place == place and one.until >= reported.date()]
    return random.choices(fitting, weights)[0] if fitting else None


def _some_day(random: Random, span: Span) -> datetime:
    first, last = span
    day = first + timedelta(days=random.randrange((last - first).days + 1))
    hour = random.choice((1, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 21, 23))
    return datetime(day.year, day.month, day.day, hour, random.randrange(60), tzinfo=LONDON)


def _dated_back(event: Body, reported: datetime, now: datetime) -> Body:
    """A follow-up of the last day, set for working hours that are not over yet, was a little earlier."""
    at = datetime.fromisoformat(event["at"])
    if now < at <= now + timedelta(days=1):
        event["at"] = written(max(reported, now - timedelta(minutes=4)))
    return event


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the example reports.")
    parser.add_argument(
        "--recent", metavar="NOW", type=datetime.fromisoformat, help="print reports up to this time"
    )
    now: datetime | None = parser.parse_args().recent
    if now is None:
        REPORTS.write_text(ndjson(reports()), encoding="utf-8")
    elif now.tzinfo is None:
        parser.error("NOW needs an offset, as in 2026-03-01T09:00:00Z")
    else:
        sys.stdout.write(ndjson(recent(now)))


if __name__ == "__main__":
    main()
