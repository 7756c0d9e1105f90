"""Signals and patterns in words, from what the JSON API says of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.incident_types import FACTORS, TYPES
from views.pages.chart import Chart, stacked
from views.spelling import spelt

Row = Mapping[str, Any]

SIGNALS = {
    "harm_graded_down": "Harm graded down",
    "evidence_recorded_late": "Evidence recorded late",
    "accounts_differ": "Accounts differ",
    "provider_not_known": "Provider not known",
    "never_event_without_date": "Never event without a date",
    "evidence_without_report": "Evidence without a report",
}
STATES = {"asked": "Asked", "answered": "Answered", "withdrawn": "Withdrawn"}
PATTERNS = {
    "quiet": "Gone quiet",
    "cluster": "Cluster",
    "repeat_after_alert": "Again after an alert was declared complete",
    "bulk_closing": "Many closed at once",
}
SERIES = {
    "asked": ("Down, and asked about", "#ed8b00", "#212b32"),
    "down": ("Down, not asked about", "#aeb7bd", "#212b32"),
    "other": ("Other regrades", "#005eb8", "#ffffff"),
}


def split(patterns: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """What is quiet, and what was found."""
    return (
        [one for one in patterns if one["kind"] == "quiet"],
        [one for one in patterns if one["kind"] != "quiet"],
    )


def group(one: Row) -> str:
    """What the cases have in common. The name of a ward is in the vault; here stands its reference."""
    ref = one["group_ref"]
    match one["grouped_by"]:
        case "ward":
            return f"ward with the reference {ref[:8]}"
        case "incident_type":
            return f"type: {TYPES.get(ref, ref)}"
        case "factor":
            return f"factor: {FACTORS.get(ref, ref)}"
    return "the whole provider"


def unit(row: Row) -> str:
    return named(row["unit"])


def named(unit: str) -> str:
    """`RXX, consultant`"""
    provider, _, role = unit.partition("|")
    known = "provider not known" if provider == "not_known" else provider
    return f"{known}, {spelt(role) or 'role not known'}"


def share(part: int, whole: int) -> str:
    """`3 of 12 (25 %)`: never a share alone."""
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "0 of 0"


def chart(rates: Sequence[Row]) -> Chart | None:
    return stacked([(unit(row), _counts(row)) for row in rates], SERIES)


def days_left(band: Row) -> str:
    """`0 to 3 working days left`"""
    first, last = band["from_days"], band["to_days"]
    if first is None:
        return "nothing due"
    return (
        f"{first} to {last} working days left" if last is not None else f"{first} or more working days left"
    )


def _counts(row: Row) -> dict[str, int]:
    asked = row["asked"]
    return {"asked": asked, "down": row["down"] - asked, "other": row["regrades"] - row["down"]}
