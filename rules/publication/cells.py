"""The cells of the three tables: which of them an event is counted in, and what each is called."""

from typing import Literal, NamedTuple

from rules.publication.figures import NOT_KNOWN
from rules.publication.ledger import TOGETHER, Place
from rules.publication.policy import TableName
from rules.publication.terms import Terms
from rules.publication.windows import month_begins

Measure = Literal["meets_definition", "under_review"]


class Cell(NamedTuple):
    """`row` and `part` are codes; `part`: the sub-type within a type, or the type within an organisation."""

    table: TableName
    row: str
    part: str
    measure: Measure


def cells_of(place: Place) -> frozenset[Cell]:
    measure: Measure = "meets_definition" if place.counted else "under_review"
    kind, organisation = kind_code(place.kind), place.organisation or NOT_KNOWN
    return frozenset(
        (
            Cell("totals", "", "", measure),
            Cell("by_month", place.month or NOT_KNOWN, "", measure),
            Cell("by_type", kind, "", measure),
            Cell("by_type", kind, place.subtype or NOT_KNOWN, measure),
            Cell("by_organisation", organisation, "", measure),
            Cell("by_organisation", organisation, kind, measure),
        )
    )


def kind_code(kind: tuple[str, int] | None) -> str:
    """`2011/1`"""
    return NOT_KNOWN if kind is None else f"{kind[0]}/{kind[1]}"


def kind_label(code: str, terms: Terms) -> str:
    if code == NOT_KNOWN:
        return terms.policy.labels.type_not_known
    version, _, number = code.partition("/")
    return f"{terms.kind_name(version, int(number))} ({version} list, no. {number})"


def subtype_label(kind: str, code: str, terms: Terms) -> str:
    """`kind` is the code of its type."""
    if code == NOT_KNOWN:
        return terms.policy.labels.subtype_not_recorded
    version, _, number = kind.partition("/")
    title = None if kind == NOT_KNOWN else terms.subtype_title((version, int(number)), code)
    return title or terms.policy.labels.subtype_other


def month_label(code: str, terms: Terms) -> str:
    """`April 2014`"""
    if code == NOT_KNOWN:
        return terms.policy.labels.month_not_known
    return f"{month_begins(code):%B %Y}"


def organisation_label(code: str, terms: Terms) -> str:
    labels = terms.policy.labels
    return {NOT_KNOWN: labels.organisation_not_known, TOGETHER: labels.organisations_together}.get(code, code)


def labels(cell: Cell, terms: Terms) -> tuple[str, str]:
    """Of its row and of its part."""
    match cell.table:
        case "by_month":
            return month_label(cell.row, terms), ""
        case "by_type":
            return kind_label(cell.row, terms), subtype_label(cell.row, cell.part, terms) if cell.part else ""
        case "by_organisation":
            return organisation_label(cell.row, terms), kind_label(cell.part, terms) if cell.part else ""
        case "totals":
            return terms.policy.labels.totals, ""
