"""A bar for each month as SVG, drawn here: no script and no style, and a gap where the series breaks."""

from collections.abc import Sequence
from typing import NamedTuple

from rules.publication.figures import MonthFigure

WIDTH, LABEL, BAR, GAP, BREAK, TOP = 900, 200, 24, 10, 34, 34


class Bar(NamedTuple):
    """`broken` has the first day of a new series where one begins with this bar."""

    y: int
    label: str
    met: int
    under_review: int
    width: float
    review_x: float
    review_width: float
    broken: str | None


class Bars(NamedTuple):
    width: int
    height: int
    label: int
    bar: int
    rows: tuple[Bar, ...]


def bars(months: Sequence[MonthFigure]) -> Bars | None:
    """None where all is nought: there is nothing to draw."""
    most = max((month.completeness.recorded for month in months), default=0)
    if not most:
        return None
    scale = (WIDTH - LABEL - 70) / most
    rows, y, series = list[Bar](), TOP, months[0].series
    for month in months:
        broken = month.series if month.series and month.series != series else None
        y += BREAK if broken else 0
        width, review = round(month.count * scale, 1), round(month.under_review * scale, 1)
        review_x = round(LABEL + width, 1)
        rows.append(Bar(y, month.label, month.count, month.under_review, width, review_x, review, broken))
        y, series = y + BAR + GAP, month.series or series
    return Bars(WIDTH, y, LABEL, BAR, tuple(rows))
