"""A release of never-event figures: a pure function of what was said, the time as at which, and the window.

Three tables (month of occurrence, type with sub-type, organisation by type), what they mean, where the series
breaks, what is missing, and what changed since the release before. As canonical JSON it is the same bytes
whenever and wherever it is made.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal, NamedTuple

import msgspec

from rules.london import at
from rules.publication import cells
from rules.publication.changes import CellChange, Stood, changes
from rules.publication.figures import (
    NOT_KNOWN,
    Common,
    Figure,
    MonthFigure,
    OrganisationFigure,
    TypeFigure,
    common,
)
from rules.publication.ledger import Ledger, Place, ledger
from rules.publication.policy import Cadence, TableName
from rules.publication.terms import Terms
from rules.publication.windows import Window, month_begins
from schemas.event_types import Instant
from schemas.outcome_types import Outcome

Kind = Literal["year_to_date", "revised_year", "chosen_window"]


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A caveat, with where it comes from and how sure that is."""

    id: str
    says: str
    source: str
    confidence: str


class SeriesBreak(msgspec.Struct, frozen=True, kw_only=True):
    """Figures before this day and from it on must not be compared."""

    day: str
    says: str
    source: str
    confidence: str
    within_window: bool


class Gaps(msgspec.Struct, frozen=True, kw_only=True):
    """What is known to be missing or not yet known, as numbers of events that lie in the window, or may.

    Of `cases_not_judged` what was said before still stands in the figures.
    """

    day_not_known: int
    type_not_known: int
    organisation_not_known: int
    cases_not_judged: int
    out_of_scope: int


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """The release whose figures this one takes the place of."""

    id: str
    window_to: str
    as_of: str


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days are inclusive London dates, times RFC 3339 in UTC. No person, no case, no ward, no free text."""

    id: str
    title: str
    kind: Kind
    year: str
    window_from: str
    window_to: str
    cadence: Cadence
    provisional: bool
    as_of: str
    revision: int
    supersedes: str | None
    policy_version: str
    lists_version: str
    lists: tuple[str, ...]
    totals: Figure
    by_month: tuple[MonthFigure, ...]
    by_type: tuple[TypeFigure, ...]
    by_organisation: tuple[OrganisationFigure, ...]
    gaps: Gaps
    caveats: tuple[Text, ...]
    breaks: tuple[SeriesBreak, ...]
    compared: Compared | None
    changes: tuple[CellChange, ...]


class Earlier(NamedTuple):
    """What is needed of the release that a new one supersedes."""

    id: str
    window: Window
    as_of: Instant
    terms: Terms


class Order(NamedTuple):
    """What is to be released."""

    window: Window
    cadence: Cadence
    kind: Kind
    as_of: Instant
    earlier: Earlier | None = None
    revision: int = 1


def release(said: Sequence[Outcome], order: Order, terms: Terms) -> Release:
    """`said`: all that the never-events rule said up to `order.as_of`; what it said later changes nothing."""
    now = ledger(said, order.as_of, terms)
    places = [entry.place for entry in now.within(order.window).values()]
    tables = _Tables(terms, utc(order.as_of), order.window)
    earlier = order.earlier
    moved: tuple[CellChange, ...] = ()
    if earlier is not None:
        recast = ledger(said, earlier.as_of, terms)
        then = Stood(ledger(said, earlier.as_of, earlier.terms), earlier.window, earlier.terms)
        moved = changes(then, recast, Stood(now, order.window, terms))
    by_type = tables.by_type(places, "by_type", detailed=True)
    return Release(
        id=f"{order.window.named}-r{order.revision}",
        title=_title(order, terms),
        kind=order.kind,
        year=_year(order.window, terms),
        window_from=order.window.first.isoformat(),
        window_to=order.window.last.isoformat(),
        cadence=order.cadence,
        provisional=True,  # always: no source says when a year becomes final (caveats.toml)
        as_of=utc(order.as_of),
        revision=order.revision,
        supersedes=earlier.id if earlier else None,
        policy_version=terms.policy.version,
        lists_version=terms.lists.version,
        lists=tuple(sorted({one.list_version for one in by_type if one.list_version})),
        totals=Figure(code="", label=terms.policy.labels.totals, **tables.common(places, "totals")),
        by_month=tables.by_month(places),
        by_type=by_type,
        by_organisation=tables.by_organisation(places),
        gaps=_gaps(places, now, order.window, terms),
        caveats=tuple(
            Text(id=one.id, says=one.says, source=one.source, confidence=one.confidence)
            for one in terms.policy.caveats.values()
        ),
        breaks=_breaks(terms, order.window),
        compared=Compared(id=earlier.id, window_to=earlier.window.last.isoformat(), as_of=utc(earlier.as_of))
        if earlier
        else None,
        changes=moved,
    )


def canonical(made: Release) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8: the same release, the same bytes."""
    return msgspec.json.encode(made, order="sorted")


def read(content: bytes) -> Release:
    """Raises `msgspec.ValidationError` for what is no release, and what `Figure` raises."""
    return msgspec.json.decode(content, type=Release)


def fingerprint(content: bytes) -> str:
    """What a director signs: the SHA-256 of the canonical JSON, in hexadecimal."""
    return sha256(content).hexdigest()


def utc(when: Instant) -> str:
    """`2014-08-27T23:00:00Z`"""
    return at(when).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def instant_of(text: str) -> Instant:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


class _Tables:
    """The rows of the tables, each in the order of its codes."""

    def __init__(self, terms: Terms, as_of: str, window: Window) -> None:
        self._terms, self._as_of, self._window = terms, as_of, window

    def common(self, places: Sequence[Place], table: TableName) -> Common:
        counted = sum(place.counted for place in places)
        return common(counted, len(places) - counted, self._as_of, self._terms.policy.caveats_of(table))

    def by_month(self, places: Sequence[Place]) -> tuple[MonthFigure, ...]:
        """A row for each month of the window, nought or not; one more where a day is not known."""
        rows = {month: list[Place]() for month in self._window.months()}
        rows |= _grouped(places, lambda place: place.month or NOT_KNOWN)
        return tuple(
            MonthFigure(
                code=month,
                label=cells.month_label(month, self._terms),
                series="" if month == NOT_KNOWN else self._terms.series_of(month_begins(month)),
                **self.common(rows[month], "by_month"),
            )
            for month in sorted(rows)
        )

    def by_type(self, places: Sequence[Place], table: TableName, *, detailed: bool) -> tuple[TypeFigure, ...]:
        rows = _grouped(places, lambda place: cells.kind_code(place.kind))
        return tuple(
            TypeFigure(
                code=code,
                label=cells.kind_label(code, self._terms),
                list_version=None if code == NOT_KNOWN else code.partition("/")[0],
                type_no=None if code == NOT_KNOWN else _number(code),
                subtypes=self._subtypes(code, rows[code], table) if detailed else (),
                **self.common(rows[code], table),
            )
            for code in sorted(rows, key=lambda one: (one == NOT_KNOWN, one.partition("/")[0], _number(one)))
        )

    def _subtypes(self, kind: str, places: Sequence[Place], table: TableName) -> tuple[Figure, ...]:
        rows = _grouped(places, lambda place: place.subtype or NOT_KNOWN)
        return tuple(
            Figure(
                code=code,
                label=cells.subtype_label(kind, code, self._terms),
                **self.common(rows[code], table),
            )
            for code in sorted(rows, key=lambda code: (code == NOT_KNOWN, code))
        )

    def by_organisation(self, places: Sequence[Place]) -> tuple[OrganisationFigure, ...]:
        rows = _grouped(places, lambda place: place.organisation or NOT_KNOWN)
        return tuple(
            OrganisationFigure(
                code=code,
                label=cells.organisation_label(code, self._terms),
                types=self.by_type(rows[code], "by_organisation", detailed=False),
                **self.common(rows[code], "by_organisation"),
            )
            for code in sorted(rows, key=lambda code: (code == NOT_KNOWN, code))
        )


def _grouped(places: Iterable[Place], key: Callable[[Place], str]) -> dict[str, list[Place]]:
    rows: dict[str, list[Place]] = {}
    for place in places:
        rows.setdefault(key(place), []).append(place)
    return rows


def _number(code: str) -> int:
    return int(code.rpartition("/")[2]) if code != NOT_KNOWN else 0


def _gaps(places: Sequence[Place], now: Ledger, window: Window, terms: Terms) -> Gaps:
    of_window = terms.policy.readings.gaps == "of_the_window"
    return Gaps(
        day_not_known=sum(not place.month for place in places),
        type_not_known=sum(place.kind is None for place in places),
        organisation_not_known=sum(not place.organisation for place in places),
        cases_not_judged=now.unclear(window) if of_window else len(now.not_judged),
        out_of_scope=now.outside(window) if of_window else len(now.out_of_scope),
    )


def _breaks(terms: Terms, window: Window) -> tuple[SeriesBreak, ...]:
    """Those up to the end of the window: what comes later says nothing about it."""
    return tuple(
        SeriesBreak(
            day=one.on.isoformat(),
            says=one.title,
            source=one.source,
            confidence=one.confidence,
            within_window=one.on in window and one.on != window.first,
        )
        for one in terms.lists.breaks
        if one.on <= window.last
    )


def _title(order: Order, terms: Terms) -> str:
    readings = terms.policy.readings
    wanted = readings.title_revised if order.kind == "revised_year" else readings.title
    first, last = (f"{day.day} {day:%B %Y}" for day in (order.window.first, order.window.last))
    return wanted.format(first=first, last=last)


def _year(window: Window, terms: Terms) -> str:
    """`2014/15`; for a longer window `2013/14 to 2014/15`."""
    years = sorted({terms.policy.year_of(window.first).year, terms.policy.year_of(window.last).year})
    return " to ".join(f"{year}/{(year + 1) % 100:02d}" for year in years)
