"""A verdict in plain words: what it is about, what it says, and where on the log it lies."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from views import policy
from views.pages import never_event_words, signals_view, times, words

Json = Mapping[str, Any]

RULES = {
    "candour": "Duty of candour",
    "never_events": "Never events",
    "escalation": "Escalation",
    "indemnity": "Indemnity",
    "signals": "Signals",
}
AGREEMENT = {
    "agrees": "Agrees: the log gives the same today",
    "differs": "Differs: the log gives something else",
    "not_said": "Missing: it follows from the log and was not said",
    "follows_from_nothing": "Stray: it was said and follows from no record",
}
FIELDS = {
    "starts_at": "Counted from",
    "due_at": "Due",
    "target_at": "Target",
    "as_of": "Clock of the log",
    "deadline": "Deadline",
    "aware_at": "Aware",
    "reported_at": "Reported",
    "due_days": "Working days",
    "target_days": "Target, working days",
    "satisfied_at": "Done",
}
# What a code means depends on what it is said of: no gate is not "no harm".
_CODES: Mapping[str, Mapping[str, str]] = {
    "gate": never_event_words.GATES,
    "payment": never_event_words.PAYMENTS,
    "waits_for": never_event_words.WAITS,
    "decision": words.DECISIONS,
    "finding": words.FINDINGS,
}
_ABOUT = ("patient", "provider")


def title(verdict: Json) -> str:
    """`Obligation opened: tell the patient or relevant person (p1, RXX)`"""
    about = verdict["about"]
    of = about.get("duty") or about.get("trigger") or about.get("clock") or about.get("signal")
    whom = ", ".join(str(about[name]) for name in _ABOUT if about.get(name))
    return (
        words.of(verdict["type"])
        + (f": {_lower(words.of(of))}" if of else "")
        + (f" ({whom})" if whom else "")
    )


def rule(name: str) -> str:
    return RULES.get(name, words.of(name))


def agreement(verdict: Json) -> str:
    return AGREEMENT[verdict["agreement"]]


def cause(verdict: Json) -> str:
    """`Reported by clinician, dated 20 Dec 2013, 09:00 GMT` or `The clock of the log reached …`"""
    found = verdict["cause"]
    if found.get("type") == "clock_tick":
        return f"The clock of the log reached {times.exactly(found['at'])}"
    if not found.get("type"):
        return "No record of this case"
    return _recorded(found)


def evidence(one: Json) -> str:
    """`Relevant person notified by consultant, dated …` or `Verdict 4: obligation breached, said …`"""
    if one["at"] is None:
        told = "A record that this case does not have"
    elif one["verdict"] is None:
        told = _recorded(one)
    else:
        told = f"Verdict {one['verdict']}: {_lower(words.of(one['type']))}, said {times.when(one['at'])}"
    return told + ("" if one["counts"] else " – does not count")


def _recorded(one: Json) -> str:
    by = f" by {words.role(one['by_role'])}" if one.get("by_role") else ""
    dates = f"dated {times.when(one['at'])}, recorded {times.when(one['recorded_at'])}"
    return f"{words.of(one['type'])}{by}, {dates}"


def figures(verdict: Json) -> list[tuple[str, str]]:
    """What the verdict says in figures, each with its name."""
    return [
        (FIELDS.get(name, words.of(name)), figure(name, value))
        for name, value in verdict["says"].items()
        if not isinstance(value, dict | list | tuple)
    ]


def figure(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and "T" in value and value[:4].isdigit():
        return times.exactly(value)
    if name == "unit":
        return signals_view.named(value)
    if name in _CODES and value in _CODES[name]:
        return _CODES[name][value]
    return words.of(value) if isinstance(value, str) else str(value)


def place(where: Json | None) -> str:
    """`safety.case-events, partition 7, offset 42`"""
    if where is None or where.get("offset") is None:
        return "nowhere on the log"
    return f"{where['topic']}, partition {where['partition']}, offset {where['offset']}"


def law(clause: Json) -> list[str]:
    """The clause with what has to stand beside it: status, days, source, and what is unconfirmed."""
    days = (
        f"from {_day(clause['valid_from'])} to {_day(clause['valid_to'])}"
        if clause["valid_from"]
        else "no dates"
    )
    status = words.of(clause["status"]) if clause["status"] else "Reading"
    basis = f", {words.BASES.get(clause['basis'], clause['basis'])}" if clause["basis"] else ""
    doubt = "" if clause["confirmed"] else " Figures are unconfirmed."
    lines = [
        f"{clause['instrument'] or clause['article']} ({status.lower()}{basis}, {days})",
        f"Source: {clause['source']}. Confidence: {clause['confidence']}.{doubt}",
    ]
    return [*lines, clause["note"]] if clause["note"] else lines


def _day(text: str | None) -> str:
    return "no end known" if text is None else policy.in_words(date.fromisoformat(text))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
