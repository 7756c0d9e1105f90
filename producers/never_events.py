"""What the door checks of a confirmed never event: the list in force on the day, its type and sub-type.

The rule judges by the same adopted policy; here a mistake is caught while the person who made it looks on.
"""

from datetime import date

from sqlalchemy import Connection, select

from producers import adopted
from producers.facts import CaseState
from producers.never_event_bodies import NeverEventConfirmedBody
from producers.refusals import Refused, wrong
from producers.tables import events
from producers.visit import OpenCase, Visit
from rules.london import day_of
from rules.never_events.policy import NeverEventList, Policy, Type, parse

_CONFIRMED = "never_event_confirmed"
_REJECT = "If it is none, record never_event_rejected with the reason."


def adopted_policy(connection: Connection) -> Policy:
    """The policy on never events that was adopted last."""
    return parse(adopted.newest(connection, "never_events"))


def day_of_occurrence(state: CaseState) -> tuple[date, bool]:
    """The London day, and whether it is known; else it is the day of the report."""
    occurred_at = state.facts.occurred_at
    return day_of(state.facts.reported_at if occurred_at is None else occurred_at), occurred_at is not None


def check_confirmed(visit: Visit, case: OpenCase, body: NeverEventConfirmedBody) -> None:
    """Raises `Refused` that names the list in force where this one is not, or why it cannot be counted."""
    if case.duplicate_of is not None:
        mend = "Confirm it there, so that one incident is counted once."
        raise wrong("", f"is a duplicate of {case.duplicate_of}.", mend)
    day, known = day_of_occurrence(case.state)
    in_force = adopted_policy(visit.connection).list_on(day)
    if in_force is None:
        detail = f"is {body.list_version}, but on {_words(day)} no list of never events was in force."
        raise wrong("/list_version", detail, "Correct when it occurred by an enrichment, or reject it.")
    if body.list_version != in_force.version:
        raise _wrong_list(body.list_version, in_force, day, known)
    type = in_force.type_of(body.type_no)
    if type is None:
        listed = "; ".join(f"{one.no} {one.name}" for one in in_force.type if not one.suspended)
        raise wrong("/type_no", f"is {body.type_no}; the list of {in_force.version} has {listed}.", _REJECT)
    _check_counts(type, body.subtype, in_force, day)


def stood_as_one(visit: Visit, case: OpenCase) -> bool:
    """Whether a never event was proposed or confirmed in it, so that a link must not lose it."""
    if case.state.flagged("never_event_proposed"):
        return True
    visit.write()  # so that what came in this same transaction is found
    mine = (events.c.case_id == case.case_id) & events.c.retracted_by.is_(None)
    confirmed = select(events.c.event_id).where(mine, events.c.type == _CONFIRMED).limit(1)
    return visit.connection.execute(confirmed).first() is not None


def _check_counts(type: Type, code: str | None, in_force: NeverEventList, day: date) -> None:
    if type.suspended:
        detail = f"is {type.no}, {type.name}, which the list of {in_force.version} suspends: it never counts."
        raise wrong("/type_no", detail, _REJECT)
    if code is None:
        return
    subtype = type.subtype_of(code)
    if subtype is None:
        counting = [one.code for one in type.subtype if one.counts_on(day)]
        there = f"has {', '.join(counting)}" if counting else "has none"
        detail = f"is no sub-type that type {type.no} of the list of {in_force.version} has; it {there}."
        raise wrong("/subtype", detail, "Leave it out if none fits.")
    if not subtype.counts_on(day):
        listed = f"{type.name} of the list of {in_force.version}"
        detail = f"is {code}, which {listed} did not include on {_words(day)}."
        raise wrong("/subtype", detail, _REJECT)


def _wrong_list(told: str, in_force: NeverEventList, day: date, known: bool) -> Refused:
    whose = "it occurred" if known else "it was reported; when it occurred is not known"
    detail = (
        f"is {told}, but the list in force on {_words(day)}, when {whose}, is that of {in_force.version}."
    )
    mend = f"Send list_version {in_force.version} with a type of that list, or correct when it occurred."
    return wrong("/list_version", detail, mend)


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
