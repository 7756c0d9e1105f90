"""The tables of a release as CSV, a file for each, and as Frictionless describes them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rules.publication.figures import Figure
from rules.publication.release import Release

_KEY = ("code", "label")
_NUMBERS = ("count", "under_review", "recorded")
_MEANING = ("numerator", "as_of", "provisional", "caveats")
_CHANGES = (
    "table", "row", "label", "part", "part_label", "measure", "before", "after", "reason", "says", "change",
)  # fmt: skip
COLUMNS: dict[str, tuple[str, ...]] = {
    "by_month": ("month", "label", *_NUMBERS, "series", *_MEANING),
    "by_type": ("type", "label", "subtype", "subtype_label", *_NUMBERS, *_MEANING),
    "by_organisation": ("organisation", "type", "type_label", *_NUMBERS, *_MEANING),
    "changes": _CHANGES,
    "caveats": ("id", "says", "source", "confidence"),
}
"""Of each file, in order. A row without sub-type (or type) is the total over all of them."""

_INTEGERS = {*_NUMBERS, "before", "after", "change"}
TITLES = {
    "by_month": "Never events by month of occurrence",
    "by_type": "Never events by type, with sub-type",
    "by_organisation": "Never events by organisation and type",
    "changes": "What changed since the release that this one supersedes",
    "caveats": "What the figures mean and do not mean",
}


def csv_files(one: Release) -> dict[str, bytes]:
    """By file name; RFC 4180, UTF-8."""
    rows: dict[str, Iterable[Sequence[Any]]] = {
        "by_month": ((m.code, m.label, *_numbers(m), m.series, *_meaning(one, m)) for m in one.by_month),
        "by_type": _by_type(one),
        "by_organisation": _by_organisation(one),
        "changes": _changes(one),
        "caveats": ((text.id, text.says, text.source, text.confidence) for text in one.caveats),
    }
    return {f"{name}.csv": _csv(COLUMNS[name], rows[name]) for name in COLUMNS}


def table_schema(name: str) -> dict[str, Any]:
    """Table Schema of one file."""
    kinds = {"provisional": "boolean", "as_of": "datetime"} | dict.fromkeys(_INTEGERS, "integer")
    return {"fields": [{"name": each, "type": kinds.get(each, "string")} for each in COLUMNS[name]]}


def _by_type(one: Release) -> Iterator[Sequence[Any]]:
    for kind in one.by_type:
        yield kind.code, kind.label, "", "", *_numbers(kind), *_meaning(one, kind)
        for sub in kind.subtypes:
            yield kind.code, kind.label, sub.code, sub.label, *_numbers(sub), *_meaning(one, sub)


def _by_organisation(one: Release) -> Iterator[Sequence[Any]]:
    for each in one.by_organisation:
        yield each.label, "", "", *_numbers(each), *_meaning(one, each)
        for kind in each.types:
            yield each.label, kind.code, kind.label, *_numbers(kind), *_meaning(one, kind)


def _changes(one: Release) -> Iterator[Sequence[Any]]:
    for each in one.changes:
        cell = (each.table, each.row, each.label, each.part, each.part_label, each.measure)
        for why in each.because:
            yield *cell, each.before, each.after, why.reason, why.says, why.change


def _numbers(figure: Figure) -> tuple[int, int, int]:
    return figure.count, figure.under_review, figure.completeness.recorded


def _meaning(one: Release, figure: Figure) -> tuple[str, str, str, str]:
    return figure.numerator, figure.as_of, str(one.provisional).lower(), " ".join(figure.caveats)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
