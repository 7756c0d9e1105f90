"""The candour audit as tables, charts and CSV, from what the JSON API counted."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from views.pages import words
from views.pages.chart import Chart, stacked

Row = Mapping[str, Any]

NUMBERED = {
    "obligations": "Obligations",
    "met": "Met in time",
    "met_late": "Met late",
    "open_in_time": "Open, in time",
    "open_late": "Open, late",
    "open_without_date": "Open, beyond the calendar",
    "discharged": "Discharged",
    "provisional": "Determination needed",
    "stood_down": "Stood down",
    "merged": "Merged",
    "disputed": "Disputed",
    "breaches_standing": "Breaches standing",
    "never_opened": "Never opened though moderate or worse",
}
UNNUMBERED = {
    "obligations": "Obligations",
    "met": "Done",
    "within_target": "Done within target",
    "after_target": "Done after target",
    "open": "Open",
    "open_within_target": "Open within target",
    "open_after_target": "Open after target",
    "discharged": "Discharged",
    "provisional": "Determination needed",
    "provisional_after_target": "Determination needed, after target",
    "stood_down": "Stood down",
    "merged": "Merged",
    "disputed": "Disputed",
    "never_opened": "Never opened though moderate or worse",
}
# Name, fill and ink of each segment; neighbours differ in lightness as well as in hue.
NUMBERED_SERIES = {
    "open_late": ("Open, late", "#d5281b", "#ffffff"),
    "met_late": ("Met late", "#ed8b00", "#212b32"),
    "provisional": ("Determination needed", "#ffeb3b", "#212b32"),
    "open_in_time": ("Open, in time", "#005eb8", "#ffffff"),
    "open_without_date": ("Open, beyond the calendar", "#00a499", "#212b32"),
    "met": ("Met in time", "#007f3b", "#ffffff"),
    "discharged": ("Discharged", "#aeb7bd", "#212b32"),
    "stood_down": ("Stood down", "#4c6272", "#ffffff"),
    "merged": ("Merged", "#d8dde0", "#212b32"),
}
UNNUMBERED_SERIES = {
    "provisional": ("Determination needed", "#ffeb3b", "#212b32"),
    "open": ("Open", "#005eb8", "#ffffff"),
    "after_target": ("Done after target", "#fff9c4", "#212b32"),
    "within_target": ("Done within target", "#007f3b", "#ffffff"),
    "without_target": ("Done, no target", "#00a499", "#212b32"),
    "discharged": ("Discharged", "#aeb7bd", "#212b32"),
    "stood_down": ("Stood down", "#4c6272", "#ffffff"),
    "merged": ("Merged", "#d8dde0", "#212b32"),
}


def split(duties: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Those with a number of days in law, and those without: they share no column that says "late"."""
    return [one for one in duties if one["number_in_law"]], [
        one for one in duties if not one["number_in_law"]
    ]


def name(row: Row) -> str:
    return f"{words.of(row['duty'])} ({row['family']})"


def chart(rows: Sequence[Row]) -> Chart | None:
    """A bar for each duty; None when there is nothing to draw."""
    numbered = bool(rows) and rows[0]["number_in_law"]
    series = NUMBERED_SERIES if numbered else UNNUMBERED_SERIES
    return stacked([(_short(row), _counts(row)) for row in rows], series)


def _short(row: Row) -> str:
    return f"{words.of(row['duty']).removesuffix(' the patient or relevant person')} ({row['family']})"


def _counts(row: Row) -> dict[str, int]:
    counts = {key: value for key, value in row.items() if isinstance(value, int)}
    aimed = counts.get("within_target", 0) + counts.get("after_target", 0)
    return counts | {"without_target": counts.get("met", 0) + counts.get("met_late", 0) - aimed}


def as_csv(answer: Row) -> str:
    """Every count of every duty, a line for each, with the question and the time to which it holds."""
    columns = list(dict.fromkeys((*NUMBERED, *UNNUMBERED, "told", "median_days_from_awareness_to_told")))
    said = ("provider", "from", "to", "counted_at", "settled")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*said, "duty", "family", "instruments", "number_in_law", *columns])
    for row in answer.get("duties") or ():
        question = [answer.get(part) for part in said]
        about = [row["duty"], row["family"], " ".join(row["instruments"]), row["number_in_law"]]
        writer.writerow([*question, *about, *(row.get(column, "") for column in columns)])
    return text.getvalue()
