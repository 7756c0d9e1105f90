"""Which never event it is: the choices of the list in force on its day."""

from dataclasses import replace
from datetime import date
from typing import Any

from rules.london import day_of
from rules.never_events.policy import NeverEventList
from views.never_events import list_of_the_day
from views.pages import times
from views.pages.fields import Choice, Errors, Field
from views.pages.follow_up_forms import Form

CONFIRMED, ENRICHED = "never_event_confirmed", "enriched"
WHICH = "never_event"
NOT_SURE_WHICH = Choice("not_sure", "Not sure which")
_REPORT_HINT = "Only if you know. The safety team looks it up, and decides."


def which_on_report(day: date) -> Field | None:
    """For a report: the types of the list in force on this London day; None where there was no list."""
    in_force = list_of_the_day(day)
    if in_force is None:
        return None
    label = "If it might be, which one?"
    return Field("never_event_which", label, "select", hint=_REPORT_HINT, choices=_types(in_force))


def with_choices(asked: Form, case: dict[str, Any]) -> Form:
    """The form with the types and sub-types of the list in force when it occurred, where it asks for them."""
    if asked.type not in (CONFIRMED, ENRICHED):
        return asked
    day, known = day_of_case(case)
    in_force = list_of_the_day(day)
    if asked.type == ENRICHED:
        listed = _types(in_force) if in_force else ()
        return _choosing(asked, {"never_event_type": (NOT_SURE_WHICH, *listed)})
    when = f"{day.day} {day:%B %Y}"
    whose = "the day it occurred" if known else "the day of the report; when it occurred is not known yet"
    if in_force is None:
        lead = f"On {when}, {whose}, no list of never events was in force: it cannot be confirmed."
        return replace(asked, lead=lead, fields=asked.fields)
    lead = f"{asked.lead} In force on {when}, {whose}: {in_force.title}."
    return _choosing(
        replace(asked, lead=lead), {WHICH: _types(in_force), "subtype": _subtypes(in_force, day)}
    )


def _choosing(asked: Form, offered: dict[str, tuple[Choice, ...]]) -> Form:
    """With these choices by field; without a field that has none."""
    fields = tuple(
        replace(field, choices=offered[field.name]) if field.name in offered else field
        for field in asked.fields
        if offered.get(field.name, True)
    )
    return replace(asked, fields=fields)


def body(asked: Form, found: dict[str, Any]) -> dict[str, Any]:
    """As the JSON API takes it: the list and the number of the type apart."""
    if asked.type != CONFIRMED or WHICH not in found:
        return found
    version, _, number = found.pop(WHICH).partition("/")
    return {**found, "list_version": version, "type_no": int(number) if number.isdecimal() else 0}


def errors(asked: Form, found: Errors) -> Errors:
    """What the door says of list or type stands at the one question that asks for both."""
    if asked.type != CONFIRMED:
        return found
    return {WHICH if name in ("list_version", "type_no") else name: text for name, text in found.items()}


def day_of_case(case: dict[str, Any]) -> tuple[date, bool]:
    """The London day of occurrence, and whether it is known; else that of the report."""
    occurred_at = case.get("occurred_at")
    return day_of(times.read(occurred_at or case["reported_at"])), bool(occurred_at)


def _types(in_force: NeverEventList) -> tuple[Choice, ...]:
    return tuple(
        Choice(f"{in_force.version}/{one.no}", f"{one.no}. {one.name}")
        for one in in_force.type
        if not one.suspended
    )


def _subtypes(in_force: NeverEventList, day: date) -> tuple[Choice, ...]:
    return tuple(
        Choice(subtype.code, f"{type.no}. {type.name}: {subtype.title}")
        for type in in_force.type
        for subtype in type.subtype
        if subtype.counts_on(day)
    )
