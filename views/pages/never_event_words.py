"""What the ledger of never events is called on the pages."""

from typing import Any

from views.pages import times

STATES = {"proposed": "Under review", "counted": "Counted", "withdrawn": "Withdrawn"}
COLOURS = {"proposed": "yellow", "counted": "blue", "withdrawn": "grey"}
WAITS = {
    "decision": "The safety team to confirm or reject it",
    "type": "A confirmation that names a type of the list in force",
    "day": "The day on which it occurred",
    "grade": "The grade of harm",
}
WHY = {
    "rejected": "the safety team found that it is none",
    "retracted": "what it rested on was entered by mistake",
    "merged": "a duplicate: it is counted under the other case",
    "gate_not_met": "the harm does not reach what the type asks for",
    "not_on_the_list": "the list in force on its day does not include it",
}
GATES = {
    "none": "no grade of harm is asked for",
    "met": "reached",
    "not_met": "not reached",
    "not_known": "not known yet",
}
PAYMENTS = {
    "recoverable": "The commissioner can recover the cost",
    "none": "No rule on payment",
    "never": "Nothing is recovered",
    "not_known": "Not known while the day is not known",
}
BY = {
    "reporter": "the reporter",
    "rule": "a rule, from a duplicate of this case or a type of another list",
    "safety_team": "the safety team",
}


def type_of(one: dict[str, Any]) -> str:
    """`1. Wrong site surgery`, or that nobody could say."""
    if one.get("type_no") is None:
        return "Type not known yet"
    named = one.get("type") or "a type that this release does not name"
    return f"{one['type_no']}. {named}"


def list_of(one: dict[str, Any]) -> str:
    """The list by its year."""
    return f"list of {one['list_version']}" if one["list_version"] != "none" else "no list was in force"


def waits(one: dict[str, Any]) -> str:
    """For whom or what it waits, or why it was withdrawn."""
    if one["state"] == "withdrawn":
        return WHY.get(str(one["withdrawn_why"]), str(one["withdrawn_why"]))
    return WAITS.get(one["waits_for"] or "", "")


def day(one: dict[str, Any]) -> str:
    """The London day of occurrence."""
    return times.when(one["occurred_at"]) if one.get("occurred_at") else "not known"
