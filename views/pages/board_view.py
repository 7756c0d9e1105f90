"""The board as its page shows it: which lists in which order, why not to rely on it, one line to hear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from views.board import Board, Part
from views.pages import times

# Ticks come every 30 s and are settled within a second or two; three missed ones are no accident.
STANDS_STILL_SECONDS = 90


@dataclass(frozen=True)
class List:
    """`law`: whether the times are due times; else they are targets, and nothing is late by them."""

    id: str
    title: str
    none: str
    rows: Sequence[Mapping[str, Any]]
    count: int
    law: bool = True


def lists(found: Board) -> list[List]:
    """What waits for somebody, the latest first."""
    late, due, coming = found.late, found.due_next, found.targets_next
    undecided, passed = found.provisional, found.targets_passed
    return [
        List(
            "late",
            "Late",
            "Nothing recorded is late; what is not known stands below.",
            late.shown,
            late.count,
        ),
        List("due", "Due next", "Nothing with a due time is open.", due.shown, due.count),
        List(
            "coming",
            "Targets next (expectation, not law)",
            "Nothing without a due time in law is open.",
            coming.shown,
            coming.count,
            law=False,
        ),
        List(
            "undecided",
            "Determination needed",
            "No determination is waited for.",
            undecided.shown,
            undecided.count,
            law=False,
        ),
        List(
            "targets",
            "Targets passed (expectation, not law)",
            "No target has passed.",
            passed.shown,
            passed.count,
            law=False,
        ),
    ]


def unclear(found: Board) -> list[tuple[str, str, Part]]:
    """What cannot be said before somebody says something."""
    return [
        ("grade", "Grade of harm needed", found.grade_needed),
        ("provider", "Provider not in the directory", found.provider_needed),
    ]


def warnings(found: Board) -> list[str]:
    """Why this page may not be relied on; empty when nothing is known to be wrong."""
    fresh = found.freshness
    said = list(found.alarms)
    if fresh.settled_at is None:
        said.append("It is not known up to when the data is complete: nothing here can be relied on yet.")
    elif (fresh.behind_seconds or 0) > STANDS_STILL_SECONDS:
        behind = times.long(int((fresh.behind_seconds or 0) * 1000))
        said.append(
            f"The clock or the stream stands still: the data is {behind} behind. "
            "Nothing becomes late on this page while it does."
        )
    return said


def summary(found: Board, shown: Sequence[List]) -> str:
    """One line for who listens to the page: only what waits for somebody."""
    counts = [f"{found.escalations.count} escalated"] if found.escalations.count else []
    if found.to_hear.count:
        overdue = f", {found.to_hear_overdue} of them overdue" if found.to_hear_overdue else ""
        counts.append(f"{found.to_hear.count} to be told to families{overdue}")
    counts += [f"{one.count} {one.title.lower()}" for one in shown]
    counts += [f"{part.count} {title.lower()}" for _, title, part in unclear(found) if part.count]
    if found.quiet.count:
        counts.insert(0, f"{found.quiet.count} gone quiet")
    if found.quarantined.count:
        counts.insert(0, f"{found.quarantined.count} cannot be said")
    return ", ".join(counts)


def owners(found: Board, wanted: Mapping[str, str]) -> list[str]:
    """The owner roles to choose from: those on the board, and the one chosen."""
    roles = {*found.owner_roles, *(one["owner_role"] for one in found.to_hear.shown)}
    return sorted(roles - {""} | ({wanted["owner_role"]} if wanted["owner_role"] else set()))
