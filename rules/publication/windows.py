"""Which windows are released, and as at when: inclusive London days, cumulative for the financial year."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rules.london import first_second
from rules.publication.policy import Cadence, Policy, months_after
from schemas.event_types import Instant


@dataclass(frozen=True)
class Window:
    """Both days are included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def months(self) -> tuple[str, ...]:
        """`2014-04`, in order; a month that the window cuts stands too."""
        found, end = [], months_after(self.first, 0)
        while end < self.last:
            found.append(end.isoformat()[:7])
            end = months_after(end, 1)
        return (*found, end.isoformat()[:7])

    @property
    def named(self) -> str:
        return f"{self.first.isoformat()}-to-{self.last.isoformat()}"


@dataclass(frozen=True)
class Planned:
    """A release to be drafted as at `as_of`: the first second, in London, of the day it falls due."""

    window: Window
    cadence: Cadence
    as_of: Instant


def month_begins(month: str) -> date:
    """The first day of `2014-04`."""
    return date.fromisoformat(f"{month}-01")


def planned(policy: Policy, after: Instant, up_to: Instant) -> Iterator[Planned]:
    """The regular releases that fall due from the first time up to the second, both included, in order."""
    for pace in policy.cadence:
        end = pace.first_window_end
        while pace.last_window_end is None or end <= pace.last_window_end:
            drafted_on = end + timedelta(days=pace.lag_days)
            if end == pace.first_window_end and pace.first_draft_on is not None:
                drafted_on = pace.first_draft_on
            as_of = first_second(drafted_on)
            if as_of > up_to:
                return
            if as_of >= after:
                yield Planned(Window(policy.year_of(end), end), pace.id, as_of)
            end = months_after(end, pace.every_months)


def closed_years(policy: Policy, window: Window) -> Iterator[Window]:
    """The whole years that were released before the window's own began, oldest first."""
    begins = policy.year_of(policy.cadence[0].first_window_end)
    while begins < window.first:
        following = begins.replace(year=begins.year + 1)
        yield Window(begins, following - timedelta(days=1))
        begins = following


@dataclass(frozen=True)
class Adopted:
    """A policy that holds from when it was recorded."""

    policy: Policy
    recorded_at: Instant


def policy_at(adopted: Sequence[Adopted], as_of: Instant) -> Policy | None:
    """The policy by which a release as at this time was drafted; None before the first was adopted."""
    return next((one.policy for one in reversed(adopted) if one.recorded_at <= as_of), None)


def timetable(adopted: Sequence[Adopted], up_to: Instant) -> Iterator[tuple[Planned, Policy]]:
    """The regular releases due by now, in order, by the policy in force then; each window is drafted once.

    Nothing is drafted for a day before the first policy was adopted: the log did not hold that time. What a
    later policy would have had earlier is drafted when that policy comes: of each year the longest window,
    and none that ends no later than one that was drafted. Windows are cumulative, so no month is dropped.
    """
    drafted: set[Window] = set()
    spans = [*(one.recorded_at for one in adopted[1:]), up_to + 1]
    for one, end in zip(adopted, spans, strict=True):
        due = planned(one.policy, adopted[0].recorded_at, min(end - 1, up_to))
        plans = [replace(plan, as_of=max(plan.as_of, one.recorded_at)) for plan in due]
        if one.policy.follows_signed:
            plans = list({(plan.as_of, plan.window.first): plan for plan in plans}.values())
        for plan in plans:
            if not _is_drafted(plan.window, drafted, one.policy):
                drafted.add(plan.window)
                yield plan, one.policy


def _is_drafted(window: Window, drafted: Set[Window], policy: Policy) -> bool:
    if not policy.follows_signed:
        return window in drafted
    return any(one.first == window.first and one.last >= window.last for one in drafted)
