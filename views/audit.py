"""Counts of the candour audit, pure: how each duty stood in a cohort, at a time.

A duty without a number of days in law is never called late: its target has columns of its own.
Discharge under 20(5) is counted apart and never as met.
"""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from rules.london import in_time, passed
from schemas.event_types import Instant
from sinks.obligation import Obligation

NOTIFIABLE_HARM = ("moderate", "severe", "fatal")

_DAY = 86_400_000
Counts = dict[str, Any]


def rows(owed: Iterable[Obligation], at: Instant | None) -> list[Counts]:
    """One row for each duty, family of instruments (their basis), and whether it has a number of days in law.

    `at`: the time to which the counts hold.
    """
    groups: dict[tuple[str, str, bool], list[Obligation]] = {}
    for obligation in owed:
        key = (obligation.duty, obligation.basis, obligation.due_at is not None)
        groups.setdefault(key, []).append(obligation)
    return [
        {
            "duty": duty,
            "family": family,
            "instruments": sorted({one.instrument for one in group}),
            "number_in_law": numbered,
            **_common(group),
            **(_numbered(group, at) if numbered else _unnumbered(group, at)),
            **(_told(group) if duty == "tell" else {}),
        }
        for (duty, family, numbered), group in sorted(groups.items())
    ]


def _common(group: Sequence[Obligation]) -> Counts:
    def stand(state: str) -> int:
        return sum(one.state == state for one in group)

    return {
        "obligations": len(group),
        "met": stand("met"),
        "discharged": stand("discharged"),
        "provisional": stand("provisional"),
        "stood_down": stand("stood_down"),
        "merged": stand("merged"),
        "disputed": sum(one.disputed for one in group),
    }


def _numbered(group: Sequence[Obligation], at: Instant | None) -> Counts:
    waiting = [one for one in group if one.state in ("open", "breached")]
    late = sum(one.state == "breached" or _gone(one.due_at, at) for one in waiting)
    return {
        "met_late": sum(one.state == "met_late" for one in group),
        "open_in_time": len(waiting) - late,
        "open_late": late,
        "breaches_standing": sum(one.breached_at is not None for one in group),
    }


def _unnumbered(group: Sequence[Obligation], at: Instant | None) -> Counts:
    done = [one for one in group if one.state in ("met", "met_late")]
    aimed = [one for one in done if one.target_at is not None and one.satisfied_at is not None]
    within = sum(in_time(one.satisfied_at or 0, one.target_at or 0) for one in aimed)
    still_open = [one for one in group if one.state in ("open", "breached")]
    undecided = [one for one in group if one.state == "provisional"]
    after = sum(_gone(one.target_at, at) for one in still_open)
    return {
        "within_target": within,
        "after_target": len(aimed) - within,
        "open": len(still_open),
        "open_within_target": sum(one.target_at is not None for one in still_open) - after,
        "open_after_target": after,
        "provisional_after_target": sum(_gone(one.target_at, at) for one in undecided),
    }


def _told(group: Sequence[Obligation]) -> Counts:
    """Elapsed days count from awareness in every case, whatever the due time runs from."""
    days = [
        (one.satisfied_at - one.aware_at) / _DAY
        for one in group
        if one.state in ("met", "met_late") and one.satisfied_at is not None
    ]
    return {
        "told": len(days),
        "median_days_from_awareness_to_told": round(median(days), 1) if days else None,
    }


def _gone(deadline: Instant | None, at: Instant | None) -> bool:
    return deadline is not None and at is not None and passed(at, deadline)
