"""The timeline of a case as people read it: its events and what followed from each, in one order."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

_SILENT = (
    "evidence_taken",
    "evidence_withdrawn",
    "delivery_heard",
    "testimony_withdrawn",
    "payment_counted",
)
"""What a rule notes for itself; the event beside it says the same."""


def merged(case: Json) -> list[Json]:
    """From the API's answer for a case: its events and outcomes, by time of recording, each event first.

    An outcome has its reasons under `because`, and `duty`, `patient` and `instrument` of its obligation.
    """
    owed = {obligation["id"]: obligation for obligation in case["obligations"]}
    by_cause: dict[str, list[Json]] = {}
    for said in case["outcomes"]:
        if not _silent(said):
            by_cause.setdefault(said["cause"], []).append(_outcome(said, owed.get(said["subject"])))
    lines: list[Json] = []
    for event in case["timeline"]:
        lines += [{**event, "kind": "event"}, *by_cause.pop(event["event_id"], ())]
    # What a tick or an adoption brought belongs to no event of the case.
    rest = [line for group in by_cause.values() for line in group]
    return _in_order(lines, rest)


def _silent(said: Json) -> bool:
    """A record that was taken is said where the rule says more of it than that."""
    taken = said["type"] == "testimony_taken" and len(said["because"]) == 1
    return taken or said["type"] in _SILENT


def _in_order(lines: Sequence[Json], rest: Sequence[Json]) -> list[Json]:
    """Both are in order already; at one time, the events and what followed from them come first."""
    waiting = sorted(rest, key=lambda line: _when(line["recorded_at"]))
    merged: list[Json] = []
    for line in lines:
        while waiting and _when(waiting[0]["recorded_at"]) < _when(line["recorded_at"]):
            merged.append(waiting.pop(0))
        merged.append(line)
    return [*merged, *waiting]


def _when(text: str) -> str:
    """Sorts whole seconds among those with milliseconds."""
    return text.replace("Z", ".000Z") if "." not in text else text


def _outcome(said: Json, obligation: Json | None) -> Json:
    names = ("duty", "patient", "provider", "instrument", "owner_role")
    about = {name: obligation[name] for name in names} if obligation else {}
    return {**said, **about, "kind": "outcome"}
