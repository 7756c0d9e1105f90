"""What follows for the family: told in time, late or never, declined, regraded, explained, disputed."""

from datetime import date, datetime, timedelta
from typing import Any

from producers.simulation import words
from producers.simulation.draft import Body, Draft, OfEvent, OfObligation, at_time, later
from rules.london import at as london
from rules.london import instant

TEN = 10
"""Working days within which these people mean to tell (law.md §1.7); the rules count for themselves."""
STATUTE_BINDS = {True: date(2014, 11, 27), False: date(2015, 4, 1)}
"""From when a determination is looked for (law.md §1.1): health service bodies, and everybody else."""
HEALTH_SERVICE = ("nhs_trust", "nhs_foundation_trust", "special_health_authority")
ALL = dict.fromkeys(
    ("facts", "enquiries", "apology", "written_record", "support_offered", "written_notification_offered"),
    True,
)
_COURSES = {
    "in_time": 0.60,
    "late": 0.11,
    "never": 0.09,
    "recorded_late": 0.05,
    "offer_forgotten": 0.03,
    "declined": 0.045,
    "not_found": 0.015,
    "lowered": 0.04,
    "retracted": 0.01,
    "never_notifiable": 0.01,
}
_WORSE = {"in_time": 0.35, "late": 0.25, "never": 0.25, "recorded_late": 0.10, "lowered": 0.05}


def follow(draft: Draft, *, bad_ward: bool = False) -> None:
    """Everything that a family of a patient with moderate harm or worse meets with."""
    graded = first_grade(draft) if draft.report["harm"]["physical"] == "not_known" else draft.entered
    if graded is None:
        return
    begin = max(draft.reported, graded)
    _determine(draft, begin)
    courses = _WORSE if bad_ward else _COURSES
    course = draft.random.choices(tuple(courses), tuple(courses.values()))[0]
    _TELL[course](draft, begin)
    _afterwards(draft, begin)


def little_harm(draft: Draft) -> None:
    """No duty asks for anything; some are told all the same, and in some more harm comes to light."""
    if draft.report["kind"] != "incident":
        return
    if draft.report["harm"]["physical"] == "not_known":
        first_grade(draft)
        return
    if draft.grade == "low" and draft.chance(0.012):
        raised = draft.between(draft.entered, 2, 30)
        grade = "severe" if draft.chance(0.15) else "moderate"
        _regrade(draft, raised, grade, "raised")
        _TELL["in_time" if draft.chance(0.8) else "never"](draft, raised)
        _afterwards(draft, raised)
    elif draft.grade == "low" and draft.chance(0.06):
        _tell(draft, draft.between(draft.entered, 1, 3), without=("written_notification_offered",))
    elif draft.chance(0.004):
        at = draft.between(draft.entered, 1, 2)
        draft.add(
            "event_retracted",
            at,
            refers={"event_id": OfEvent(0)},
            reason=words.REASONS["tested"],
            by_role=draft.pick(words.SAFETY),
        )


def first_grade(draft: Draft) -> datetime | None:
    """Harm that was not known is graded some days later; of some it never becomes known."""
    if draft.chance(0.1):
        return None
    at = draft.between(max(draft.reported, draft.entered), 1, 8)
    draft.add(
        "harm_regraded",
        at,
        **draft.about,
        axis="physical",
        **{"from": "not_known"},  # type: ignore[arg-type]  # a word of the language
        to=draft.grade,
        reason=words.REASONS["first_grade"],
        by_role=draft.pick(words.SAFETY),
    )
    return at


def due(draft: Draft) -> datetime:
    """When the family should have been told."""
    return _end_of(draft, draft.reported)


# -- how they were told ----------------------------------------------------------------------------


def _in_time(draft: Draft, begin: datetime) -> None:
    days = draft.random.choices(range(1, TEN + 1), (20, 18, 15, 12, 10, 8, 6, 5, 3, 3))[0]
    _tell(draft, _by(draft, begin, days))


def _late(draft: Draft, begin: datetime) -> None:
    draft.breached = True
    _tell(draft, draft.between(max(begin, due(draft)), 1, 30))


def _never(draft: Draft, begin: datetime) -> None:
    draft.breached = True
    if draft.chance(0.35):
        draft.add("family_account_given", draft.between(due(draft), 5, 90), **draft.about, told=False)


def _recorded_late(draft: Draft, begin: datetime) -> None:
    """Told in time, and written down when the time was over: the breach is taken back, and a signal asks."""
    at = _by(draft, begin, draft.random.randint(2, 8))
    _tell(draft, at, entered=draft.between(max(due(draft), at), 1, 6))


def _offer_forgotten(draft: Draft, begin: datetime) -> None:
    _tell(draft, _by(draft, begin, 3), without=("written_notification_offered",))
    if draft.chance(0.6):
        _tell(draft, draft.between(_by(draft, begin, 4), 1, 9))


def _declined(draft: Draft, begin: datetime) -> None:
    first = _by(draft, begin, 1)
    draft.add("contact_attempted", first, **draft.about, means="telephone", result="no_answer")
    second = draft.between(first, 1, 2)
    draft.add("contact_attempted", second, **draft.about, means="visit", result="declined")
    at = draft.between(second, 0, 12 if draft.chance(0.2) else 2)
    evidence = words.REASONS["declined"]
    draft.add("contact_declined", at, **draft.about, by="relevant_person", evidence=evidence)


def _not_found(draft: Draft, begin: datetime) -> None:
    at = begin
    for means, result in (
        ("telephone", "no_answer"),
        ("letter", "uncontactable"),
        ("visit", "uncontactable"),
    ):
        at = draft.between(at, 1, 2)
        draft.add("contact_attempted", at, **draft.about, means=means, result=result)
    evidence = words.REASONS["not_found"]
    draft.add(
        "contact_declined", draft.office(at, 1), **draft.about, by="cannot_be_contacted", evidence=evidence
    )


def _lowered(draft: Draft, begin: datetime) -> None:
    """Graded down shortly before the time is over; half of these are stood down, some by one person alone."""
    at = _by(draft, begin, draft.random.randint(7, 9))
    second: Body = {"second_person_role": "clinical director"} if draft.chance(0.6) else {}
    if draft.grade != "moderate":
        draft.breached = True
        return
    _regrade(draft, at, "low", "lowered", **second)
    if draft.chance(0.6):
        draft.add(
            "obligation_stood_down",
            later(at, timedelta(minutes=10)),
            **draft.about,
            never_notifiable=False,
            reason=words.REASONS["stood_down"],
            by_role=draft.pick(words.SAFETY),
            **second,
        )


def _retracted(draft: Draft, begin: datetime) -> None:
    """A telling that was entered on the wrong case is taken out again, and nobody was told."""
    number = _tell(draft, _by(draft, begin, 2))
    at = draft.between(_by(draft, begin, 4), 1, 6)
    draft.add(
        "event_retracted",
        at,
        refers={"event_id": OfEvent(number)},
        reason=words.REASONS["retracted"],
        by_role=draft.pick(words.SAFETY),
    )
    draft.told = None
    if draft.chance(0.7):
        _tell(draft, draft.between(at, 1, 3))


def _never_notifiable(draft: Draft, begin: datetime) -> None:
    draft.add(
        "obligation_stood_down",
        draft.between(begin, 3, 25),
        **draft.about,
        never_notifiable=True,
        reason=words.REASONS["never_notifiable"],
        by_role=draft.pick(words.SAFETY),
        second_person_role="clinical director",
    )


_TELL = {
    "in_time": _in_time,
    "late": _late,
    "never": _never,
    "recorded_late": _recorded_late,
    "offer_forgotten": _offer_forgotten,
    "declined": _declined,
    "not_found": _not_found,
    "lowered": _lowered,
    "retracted": _retracted,
    "never_notifiable": _never_notifiable,
}


# -- steps -----------------------------------------------------------------------------------------


def _tell(
    draft: Draft, at: datetime, *, without: tuple[str, ...] = (), entered: datetime | None = None
) -> int:
    draft.told = at
    return draft.add(
        "relevant_person_notified",
        at,
        entered=entered,
        **draft.about,
        in_person=draft.chance(0.96),
        by_role=draft.pick(words.DOCTORS),
        elements={name: name not in without for name in ALL},
    )


def _determine(draft: Draft, begin: datetime) -> None:
    health_service = draft.provider.type in HEALTH_SERVICE
    if draft.noticed.date() < STATUTE_BINDS[health_service] or draft.chance(0.1):
        return
    decision = draft.chance(0.88)
    criteria = {"unexpected": decision, "regulated_activity": True, "harm": True}
    limb: Body = {} if health_service or not decision else {"limb": draft.pick(("20(9)(a)", "20(9)(b)"))}
    draft.add(
        "notifiable_determination_recorded",
        draft.between(begin, 1, 3),
        **draft.about,
        decision=decision,
        criteria=criteria,
        **limb,
        by_role=draft.pick(words.DOCTORS),
        reason=words.REASONS["notifiable" if decision else "not_notifiable"],
    )


def _afterwards(draft: Draft, begin: datetime) -> None:
    """Explanation, investigation, findings, letters: mostly where somebody spoke with the family at all."""
    if draft.told is None:
        return
    told = max(draft.told, begin)
    if draft.chance(0.7):
        draft.add("step_by_step_explanation_given", draft.between(told, 1, 12), **draft.about)
    statute = draft.noticed.date() >= STATUTE_BINDS[draft.provider.type in HEALTH_SERVICE]
    if statute and draft.chance(0.8):
        contents = {"facts": True, "enquiries": True, "results": False, "apology": True}
        draft.add("written_notification_sent", draft.between(told, 1, 10), **draft.about, contents=contents)
    if draft.chance(0.8):
        done = draft.between(told, 18, 50)
        draft.add("investigation_completed", done, **draft.about, by_role="patient safety lead")
        toss = draft.random.random()
        if toss >= 0.78:
            draft.findings_due = _end_of(draft, done)
        if toss < 0.9:
            shared = draft.between(done, 1, 9) if toss < 0.78 else draft.between(done, 12, 30)
            draft.add("findings_shared", shared, **draft.about)
    if draft.chance(0.08):
        draft.add("family_account_given", draft.between(told, 3, 40), **draft.about, told=draft.chance(0.7))


def _regrade(draft: Draft, at: datetime, to: str, why: str, **second: Any) -> None:
    draft.add(
        "harm_regraded",
        at,
        **draft.about,
        axis="physical",
        **{"from": draft.grade},  # type: ignore[arg-type]
        to=to,
        reason=words.REASONS[why],
        by_role=draft.pick(words.SAFETY),
        **second,
    )
    draft.grade = to


def _by(draft: Draft, begin: datetime, days: int) -> datetime:
    """In office hours so many working days after the report, or soon after what had to come before."""
    wanted = draft.office(draft.reported, days)
    return wanted if wanted > begin else draft.office(begin, 1)


def _end_of(draft: Draft, start: datetime) -> datetime:
    """The end of the tenth working day after, or of some day near it where the calendar does not reach."""
    end = draft.calendar.due(instant(start), TEN)
    return london(end) if end is not None else later(start, timedelta(days=14))


def obligation(draft: Draft, duty: str) -> OfObligation:
    """That duty under the contract of the year of the report."""
    year = "SC35_2013" if draft.reported.date() < date(2014, 4, 1) else "SC35_2014"
    return OfObligation(duty, year)


def morning_after(moment: datetime) -> datetime:
    """When what fell due at midnight is seen."""
    return at_time(moment.date() + timedelta(days=1), 7 * 60)
