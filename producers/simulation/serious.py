"""Escalations taken or left to climb, and what becomes of a serious incident."""

from datetime import datetime, timedelta

from producers.simulation import words
from producers.simulation.candour import due, morning_after, obligation
from producers.simulation.draft import Body, Draft, OfEntry, OfEscalation, OfObligation, later

_AT_ONCE, _NEXT_DAY = 0.62, 0.85
_ACTED = 0.75
_LOOKED_AT = 0.8
_ACTS = (
    "made_safe",
    "staff_moved",
    "investigation_started",
    "referred",
    "service_paused",
    "no_action_needed",
)
_INSIDE = ("head of patient safety", "senior manager on duty", "medical director")
_BOARD = ("medical director", "chief executive", "executive director on call")
SEVERE, NEVER_EVENT, RISK, NEAR_MISS, BREACHED = (
    "death_or_severe_harm",
    "never_event",
    "immediate_danger",
    "serious_near_miss",
    "obligation_breached",
)
"""The triggers as the policy of escalation names them."""


def escalations(draft: Draft) -> None:
    """For each that the report raises: acknowledged at once, after it has climbed, or never."""
    report = draft.report
    if report.get("immediate_risk"):
        _answer(draft, RISK, draft.entered)
    if report.get("never_event_type"):
        _answer(draft, NEVER_EVENT, draft.entered, OfEntry())
    harm = report.get("harm", {}).get("physical")
    if harm in ("severe", "fatal"):
        _answer(draft, SEVERE, draft.entered)
    elif harm != "moderate" and report.get("could_have_been") in ("severe", "fatal"):
        _answer(draft, NEAR_MISS, draft.entered)


def breaches(draft: Draft) -> None:
    """A duty was breached at midnight; somebody looks at that in the morning, or days later."""
    if not draft.provider.nhs_contract:
        return
    for duty, end in (
        ("tell", due(draft) if draft.breached else None),
        ("share_findings", draft.findings_due),
    ):
        if end is not None and draft.chance(_LOOKED_AT):
            _answer(draft, BREACHED, max(morning_after(end), draft.entered), obligation(draft, duty))


def serious_incident(draft: Draft, *, grade: str, begin: datetime) -> None:
    """Declared, reported to StEIS, reviewed, reported on and closed; each of it mostly in time."""
    declared = draft.between(begin, 0, 2)
    level: Body = {"investigation": "comprehensive"} if grade == "grade_2" else {}
    by_role = draft.pick(words.SAFETY)
    draft.add("serious_incident_declared", declared, grade=grade, by_role=by_role, **level)
    if draft.chance(0.94):
        days = draft.random.randint(0, 2) if draft.chance(0.86) else draft.random.randint(3, 9)
        draft.add("steis_reported", draft.office(declared, days), by_role=by_role)
    if draft.chance(0.85):
        draft.add("initial_review_submitted", draft.between(declared, 1, 4), by_role=by_role)
    if draft.chance(0.05):
        at = draft.between(declared, 15, 40)
        reason = words.REASONS["delogged"]
        draft.add("serious_incident_delogged", at, commissioner_agreed=True, reason=reason, by_role=by_role)
        return
    _investigated(draft, declared, by_role, longest=60 if grade == "grade_2" else 45)


def _investigated(draft: Draft, declared: datetime, by_role: str, longest: int) -> None:
    for month in range(1, draft.random.randint(1, 4)):
        draft.add("commissioner_updated", draft.office(declared, month * 20), by_role=by_role)
    if draft.chance(0.12):
        at = draft.between(declared, longest - 12, longest - 3)
        until = draft.office(at, 30)
        reason = words.REASONS["extended"]
        draft.add(
            "investigation_extended", at, extended_to=until.isoformat(), reason=reason, by_role="commissioner"
        )
        longest += 25
    if draft.chance(0.9):
        late = draft.chance(0.25)
        report = draft.between(
            declared, longest + 2 if late else longest - 22, longest + 30 if late else longest
        )
        whole = draft.chance(0.93)
        draft.add(
            "final_report_submitted",
            report,
            root_cause=True,
            lessons=True,
            action_plan=whole,
            by_role=by_role,
        )
        if whole and draft.chance(0.8):
            finished = draft.chance(0.6)
            at = draft.between(report, 8, 25)
            draft.add(
                "serious_incident_closed",
                at,
                actions_finished=finished,
                actions_monitored=not finished,
                by_role="commissioner",
            )


def _answer(
    draft: Draft, trigger: str, raised: datetime, about: OfObligation | OfEntry | None = None
) -> None:
    """Taken in the hours in which it was raised, or the next day by somebody further up, or not at all."""
    toss = draft.random.random()
    if toss >= _NEXT_DAY:
        return
    at_once = toss < _AT_ONCE
    taken = raised if at_once else later(raised, timedelta(hours=draft.random.randint(7, 30)))
    refers = {"escalation_id": OfEscalation(trigger, about)}
    by_role = draft.pick(_INSIDE if at_once else _BOARD)
    draft.add("escalation_acknowledged", None, entered=taken, refers=refers, by_role=by_role)
    if draft.chance(_ACTED):
        draft.add(
            "escalation_acted",
            draft.between(taken, 0, 12),
            refers=refers,
            act=draft.pick(_ACTS),
            reason=words.REASONS["acted"],
            by_role=by_role,
        )
