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
PROVIDERS = {
    "cases": "Cases",
    "moderate_or_worse": "Moderate harm or worse",
    "never_opened": "Patients, a duty never opened",
    "obligations": "Obligations",
    "told": "Told",
    "written": "Written to",
    "met_late": "Met late",
    "open": "Open",
    "open_late": "Open, late",
    "provisional": "Determination needed",
    "discharged": "Discharged",
    "harm_not_known": "Harm not known",
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


def named(row: Row) -> str:
    """`Eastmere Hospitals NHS Trust (RXX)`"""
    if not row["provider"]:
        return "No provider named"
    return f"{row['name']} ({row['provider']})" if row["name"] else f"{row['provider']}, not in the directory"


def silence(row: Row) -> list[str]:
    """Where it may be too quiet to be believed."""
    wards = row["wards_gone_quiet"]
    said = ["Gone quiet"] if row["gone_quiet"] else []
    return said + ([f"{wards} {'ward' if wards == 1 else 'wards'} gone quiet"] if wards else [])


TOTALS = (
    "result",
    "cases",
    "moderate_or_worse",
    "harm_not_known",
    "never_opened_though_moderate_or_worse",
    "never_opened_cases_in_all",
    "never_opened_cases_listed",
)
QUESTION = ("provider", "from", "to", "as_at", "counted_at", "settled")
ABOUT = ("provider", "name", "type", "scheme_member", "in_directory")
SILENCE = ("result", "gone_quiet", "wards_gone_quiet")


def as_csv(answer: Row) -> str:
    """Four tables, an empty line between them: the question, the totals and what they mean; every count of
    every duty; every provider; the cases in which a duty was never opened, as many as are listed.
    """
    columns = list(dict.fromkeys((*NUMBERED, *UNNUMBERED, "told", "median_days_from_awareness_to_told")))
    said = ("provider", "from", "to", "counted_at", "settled")
    asked = [answer[part] for part in said]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([name, answer[name]] for name in (*QUESTION, *TOTALS, "caveat"))
    writer.writerow([])
    writer.writerow([*said, "duty", "family", "instruments", "number_in_law", *columns])
    for row in answer["duties"]:
        about = [row["duty"], row["family"], " ".join(row["instruments"]), row["number_in_law"]]
        writer.writerow([*asked, *about, *(row.get(column, "") for column in columns)])
    writer.writerow([])
    listed = (*ABOUT, *SILENCE, *PROVIDERS)
    writer.writerow(listed)
    writer.writerows([row[name] for name in listed] for row in answer["providers"])
    writer.writerow([])
    writer.writerow(["never_opened_case"])
    writer.writerows([case_id] for case_id in answer["never_opened_cases"])
    return text.getvalue()
