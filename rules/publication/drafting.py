"""Which releases fall due at one time: the year to date, and each closed year whose figures have moved."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rules.publication.release import Earlier, Order, Release, release
from rules.publication.terms import Terms
from rules.publication.windows import Planned, Window, closed_years
from schemas.event_types import Instant
from schemas.outcome_types import Outcome


class Made(NamedTuple):
    """A release that was drafted before. One that was stopped by a check is superseded by nothing."""

    id: str
    window: Window
    as_of: Instant
    revision: int
    stopped: bool


def due(said: Sequence[Outcome], plan: Planned, made: Iterable[Made], terms: Terms) -> Iterator[Release]:
    """The releases to draft for this time, given those drafted for earlier times.

    Each year has one row of revisions, each superseding the one before. A late report for a closed year
    goes to that year's revised total, never to the current year's.
    """
    before = [one for one in made if one.as_of < plan.as_of]
    yield release(said, _order(plan, plan.window, before), terms)
    for year in closed_years(terms.policy, plan.window):
        order = _order(plan, year, before)
        revised = release(said, order, terms)
        if revised.changes or (order.earlier is None and revised.totals.completeness.recorded):
            yield revised


def _order(plan: Planned, window: Window, before: Sequence[Made]) -> Order:
    of_year = [one for one in before if one.window.first == window.first]
    standing = [one for one in of_year if not one.stopped]
    latest = max(standing, key=lambda one: one.revision, default=None)
    return Order(
        window=window,
        cadence=plan.cadence,
        kind="year_to_date" if window == plan.window else "revised_year",
        as_of=plan.as_of,
        earlier=None if latest is None else Earlier(latest.id, latest.window, latest.as_of),
        revision=max((one.revision for one in of_year), default=0) + 1,
    )
