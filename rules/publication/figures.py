"""Figures that cannot be made without what they mean: caveats, numerator, completeness, and as at when."""

from typing import Literal, TypedDict

import msgspec

Numerator = Literal["never events that meet the definition"]
NUMERATOR: Numerator = "never events that meet the definition"
NOT_KNOWN = "not_known"
"""The code of what is not known."""


class CaveatMissing(ValueError):
    """A figure was about to be made without a word on what it means and does not mean."""


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """How many of those recorded had been reviewed. What was never reported is in neither number."""

    recorded: int
    reviewed: int


class Figure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cell. `count` is the numerator; there is no denominator, for nobody knows it.

    `code` names the row for programs, `label` for people; `as_of` is RFC 3339 in UTC; `caveats` are ids.
    Raises `CaveatMissing`, and `ValueError` where the numbers do not make up their total.
    """

    code: str
    label: str
    count: int
    numerator: Numerator
    under_review: int
    completeness: Completeness
    as_of: str
    caveats: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.caveats or not all(self.caveats):
            raise CaveatMissing(f"{self.label}: a figure needs the id of a caveat")
        if not self.as_of:
            raise CaveatMissing(f"{self.label}: a figure needs the time as at which it holds")
        recorded = self.count + self.under_review
        complete = Completeness(recorded=recorded, reviewed=self.count)
        if min(self.count, self.under_review) < 0 or self.completeness != complete:
            raise ValueError(f"{self.label}: {self.count} and {self.under_review} do not make up its total")


class MonthFigure(Figure, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`series`: the first day of the stretch between two breaks; figures of two series never compare."""

    series: str


class TypeFigure(Figure, frozen=True, kw_only=True, forbid_unknown_fields=True):
    list_version: str | None
    type_no: int | None
    subtypes: tuple[Figure, ...]


class OrganisationFigure(Figure, frozen=True, kw_only=True, forbid_unknown_fields=True):
    types: tuple[TypeFigure, ...]


class Common(TypedDict):
    """What every figure has, but for its code and label."""

    count: int
    numerator: Numerator
    under_review: int
    completeness: Completeness
    as_of: str
    caveats: tuple[str, ...]


def common(counted: int, under_review: int, as_of: str, caveats: tuple[str, ...]) -> Common:
    return {
        "count": counted,
        "numerator": NUMERATOR,
        "under_review": under_review,
        "completeness": Completeness(recorded=counted + under_review, reviewed=counted),
        "as_of": as_of,
        "caveats": caveats,
    }
