"""Which releases fall due at one time: the year to date, and each closed year whose figures have moved."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from rules.publication.release import Earlier, Order, Release, release
from rules.publication.succession import Made, Signature, newest, taken
from rules.publication.terms import Terms
from rules.publication.windows import Planned, Window, closed_years
from schemas.outcome_types import Outcome


class _OfYear(NamedTuple):
    """What came before in one financial year.

    `seen`: what the next release is compared with. `latest`: the last draft that no check has stopped.
    """

    seen: Made | None
    latest: Made | None
    revisions: int

    @property
    def waits(self) -> Made | None:
        """The last draft, where it is public or a director can still make it so."""
        seen = self.seen.id if self.seen else None
        return self.latest if self.latest and seen in (self.latest.id, self.latest.supersedes) else None


def due(
    said: Sequence[Outcome],
    plan: Planned,
    made: Iterable[Made],
    signatures: Iterable[Signature],
    terms: Terms,
) -> Iterator[Release]:
    """The releases to draft for this time, given those drafted and signed before it.

    Each year has one row of revisions, each superseding the one that the public saw last. A late report for
    a closed year goes to that year's revised total, never to the current year's.
    """
    before = [one for one in made if one.as_of < plan.as_of]
    signed = taken(before, (each for each in signatures if each.at < plan.as_of))
    of_this_year = _of_year(before, signed.keys(), plan.window, terms)
    yield release(said, _order(plan, plan.window, of_this_year, terms), terms)
    for year in closed_years(terms.policy, plan.window):
        of_year = _of_year(before, signed.keys(), year, terms)
        revised = release(said, _order(plan, year, of_year, terms), terms)
        if _is_wanted(said, revised, plan, year, of_year, terms):
            yield revised


def _is_wanted(
    said: Sequence[Outcome], revised: Release, plan: Planned, year: Window, of_year: _OfYear, terms: Terms
) -> bool:
    """Whether figures have moved since the last draft, or there is none that can become public."""
    waits = of_year.waits
    if waits is not None and waits != of_year.seen:
        return bool(release(said, _order(plan, year, of_year._replace(seen=waits), terms), terms).changes)
    if of_year.seen is None:
        return bool(revised.totals.completeness.recorded)
    return bool(revised.changes)


def _of_year(before: Sequence[Made], signed: Container[str], window: Window, terms: Terms) -> _OfYear:
    drafted = [one for one in before if one.window.first == window.first]
    standing = [one for one in drafted if not one.stopped]
    last = max((one.revision for one in drafted), default=0)
    if not terms.policy.follows_signed:
        latest = max(standing, key=lambda one: one.revision, default=None)
        return _OfYear(latest, latest, last)
    return _OfYear(newest(one for one in standing if one.id in signed), newest(standing), last)


def _order(plan: Planned, window: Window, of_year: _OfYear, terms: Terms) -> Order:
    seen = of_year.seen
    return Order(
        window=window,
        cadence=plan.cadence,
        kind="year_to_date" if window == plan.window else "revised_year",
        as_of=plan.as_of,
        earlier=None if seen is None else _earlier(seen, terms),
        revision=of_year.revisions + 1,
    )


def _earlier(seen: Made, terms: Terms) -> Earlier:
    """By a policy without `succession` what was released earlier is counted by its own terms."""
    counted_by = seen.terms if terms.policy.follows_signed else terms
    return Earlier(seen.id, seen.window, seen.as_of, counted_by)
