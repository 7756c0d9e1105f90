"""Signals and patterns as they are and as they were, and how often each unit grades harm down at all."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, FromClause, Table, func, select, true, tuple_

from rules.london import day_of
from rules.signals.state import State
from schemas.event_types import Grade, Instant
from schemas.signal_types import DutiesNoted
from sinks import pattern, signal
from sinks.database import one
from sinks.pattern import Pattern
from sinks.signal import Signal
from sinks.tables import case_events, outcomes, patterns, signals
from views.reading import Cursor, outcome_of
from views.reading_policy import FIRST_PARTITION

URGENCY = {"quiet": 0, "cluster": 1, "repeat_after_alert": 2, "bulk_closing": 3}
"""Silence stands above all that is fine: what is not said cannot be seen elsewhere."""

RAISES = ("signal_raised", "question_raised")
Band = tuple[int | None, int | None]
"""First and last number of working days left; the last one is open."""
NOTHING_DUE: Band = (None, None)


class Wanted(Struct, frozen=True, kw_only=True):
    """Which signals; None and empty mean any."""

    states: tuple[str, ...] = ()
    provider: str | None = None
    signal: str | None = None
    case_id: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        names = ("provider", "signal", "case_id")
        return [signals.c[name] == value for name in names if (value := getattr(self, name)) is not None]


class Rate(Struct, frozen=True, kw_only=True):
    """How many regrades, how many of them down, and how many of those are asked about."""

    regrades: int
    down: int
    asked: int


class DaysLeft(Rate, frozen=True, kw_only=True):
    """The same of regrades with so many working days left to the next due time of their case, as it stood
    before the regrade; both are None where nothing was due, or not any more."""

    from_days: int | None
    to_days: int | None


class BaseRate(Rate, frozen=True, kw_only=True):
    """Of one unit: a provider and a role. No share is shown without the numbers that it is of."""

    unit: str
    provider: str
    role: str
    crossed: int
    by_days_left: tuple[DaysLeft, ...]


def page(
    connection: Connection, wanted: Wanted, *, after: Cursor | None, limit: int, as_at: Instant | None
) -> tuple[list[Signal], Cursor | None]:
    """In the order in which they were last raised, now or by then; and where the next page begins."""
    found: list[Signal] = []
    while len(found) <= limit:
        size = limit + 1 if as_at is None else max(limit + 1, 200)
        candidates = _candidates(connection, wanted, after, size, as_at)
        if as_at is None:
            found += candidates
        else:
            then = _signals_at(connection, [each.id for each in candidates], as_at)
            found += [each for each in then if not wanted.states or each.state in wanted.states]
        if len(candidates) < size:
            break
        after = (candidates[-1].raised_at, candidates[-1].id)
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], (last.raised_at, last.id)


def _candidates(
    connection: Connection, wanted: Wanted, after: Cursor | None, size: int, as_at: Instant | None
) -> list[Signal]:
    """As they stand, but with the raising of then: what was answered may have been asked again since."""
    known, conditions = signals.c, wanted.conditions()
    chosen = select(signals)
    raised_at: ColumnElement[int] = known.raised_at
    if as_at is None:
        conditions += [known.state.in_(wanted.states)] if wanted.states else []
    else:
        then = _raised_then(as_at)
        raised_at = then.c.raised_at
        others = (column for column in known if column is not known.raised_at)
        chosen = select(*others, raised_at).join(then, true())
    if after is not None:
        conditions.append(tuple_(raised_at, known.id) > tuple_(*after))
    found = chosen.where(*conditions).order_by(raised_at, known.id).limit(size)
    return [one(row, Signal) for row in connection.execute(found).mappings()]


def _raised_then(as_at: Instant) -> FromClause:
    """No row for one that was not yet raised."""
    said = outcomes.c
    mine = (said.subject == signals.c.id) & said.type.in_(RAISES)
    return (
        select(said.recorded_at.label("raised_at"))
        .where(mine, said.recorded_at <= as_at)
        .order_by(said.revision.desc())
        .limit(1)
        .lateral("then")
    )


def _signals_at(connection: Connection, ids: Sequence[str], as_at: Instant) -> list[Signal]:
    """In their order; those not yet raised are left out."""
    standing: dict[str, Signal] = {}
    for outcome in _said(connection, ids, as_at):
        if (after := signal.step(standing.get(outcome.subject), outcome)) is not None:
            standing[outcome.subject] = after
    return [standing[id] for id in ids if id in standing]


def standing_patterns(
    connection: Connection, provider: str | None, as_at: Instant | None, *, also_over: bool = False
) -> list[Pattern]:
    """Those that stand: the quiet first, then the newest found."""
    mine = [] if provider is None else [patterns.c.provider == provider]
    if as_at is None:
        states = [] if also_over else [patterns.c.state == "standing"]
        rows = connection.execute(select(patterns).where(*mine, *states)).mappings()
        found = [one(row, Pattern) for row in rows]
    else:
        ids = list(connection.scalars(select(patterns.c.id).where(*mine)))
        then: dict[str, Pattern] = {}
        for outcome in _said(connection, ids, as_at):
            if (after := pattern.step(then.get(outcome.subject), outcome)) is not None:
                then[outcome.subject] = after
        found = [each for each in then.values() if also_over or each.state == "standing"]
    return sorted(found, key=lambda each: (URGENCY.get(each.kind, 9), each.provider, -each.found_at, each.id))


def gone_quiet(connection: Connection, provider: str | None, as_at: Instant | None) -> dict[str, list[str]]:
    """By provider what has gone quiet there: `provider` for the whole of it, `ward` for each of its wards."""
    found: dict[str, list[str]] = {}
    for each in standing_patterns(connection, provider, as_at):
        if each.kind == "quiet":
            found.setdefault(each.provider, []).append(each.grouped_by)
    return found


def _said(connection: Connection, subjects: Sequence[str], as_at: Instant) -> Iterable[Any]:
    mine = (outcomes.c.subject == func.any(list(subjects))) & (outcomes.c.recorded_at <= as_at)
    chosen = (
        select(outcomes.c.type, outcomes.c.payload)
        .where(mine)
        .order_by(outcomes.c.subject, outcomes.c.revision)
    )
    for kind, payload in connection.execute(chosen):
        if (outcome := outcome_of(kind, payload)) is not None:
            yield outcome


class _Regrade(NamedTuple):
    event_id: str
    provider: str
    role: str
    before: Grade
    after: Grade
    recorded_at: Instant
    duties: dict[str, Any] | None  # what was noted of them last

    def down(self, law: State) -> bool:
        return law.policy is not None and law.policy.graded_down.lowers(self.before, self.after)

    def days_left(self, law: State) -> int | None:
        """Working days to the next due time, counted as the rule counts them."""
        noted = outcome_of("duties_noted", self.duties) if self.duties else None
        ahead = [one.due_at for one in noted.duties] if isinstance(noted, DutiesNoted) else []
        ahead = [due_at for due_at in ahead if due_at >= self.recorded_at]
        if not ahead or law.calendar is None:
            return None
        return law.calendar.between(day_of(self.recorded_at), day_of(min(ahead)))


def base_rates(connection: Connection, provider: str | None, as_at: Instant | None) -> list[BaseRate]:
    """By unit, over all regrades that were not entered by mistake."""
    law = _law(connection, as_at)
    asked = _asked_about(connection, provider, as_at)
    bands = _bands(law)
    units: dict[tuple[str, str], dict[Band, list[_Regrade]]] = {}
    for each in _regrades(connection, provider, as_at):
        by_band = units.setdefault((each.provider, each.role), {band: [] for band in bands})
        by_band[_band(bands, each.days_left(law))].append(each)
    return [
        _rate(code, role, by_band, asked, law)
        for (code, role), by_band in sorted(units.items(), key=itemgetter(0))
    ]


def _rate(
    code: str, role: str, by_band: dict[Band, list[_Regrade]], asked: dict[str, Signal], law: State
) -> BaseRate:
    whole = list(chain.from_iterable(by_band.values()))
    return BaseRate(
        unit=f"{code}|{role}",
        provider=code,
        role=role,
        **_counts(whole, asked, law),
        crossed=sum(asked[one.event_id].crossed for one in whole if one.event_id in asked),
        by_days_left=tuple(
            DaysLeft(from_days=first, to_days=last, **_counts(within, asked, law))
            for (first, last), within in by_band.items()
        ),
    )


def _counts(regrades: Sequence[_Regrade], asked: dict[str, Signal], law: State) -> dict[str, int]:
    return {
        "regrades": len(regrades),
        "down": sum(one.down(law) for one in regrades),
        "asked": sum(one.event_id in asked for one in regrades),
    }


def _bands(law: State) -> list[Band]:
    """Of the adopted policy, the nearest first; then that of regrades after which nothing was due."""
    ends = law.policy.graded_down.band_ends_working_days if law.policy else ()
    return [*zip((0, *(end + 1 for end in ends)), (*ends, None), strict=True), NOTHING_DUE]


def _band(bands: Sequence[Band], days_left: int | None) -> Band:
    if days_left is None:
        return NOTHING_DUE
    return next(band for band in bands if band[1] is None or days_left <= band[1])


def _law(connection: Connection, as_at: Instant | None) -> State:
    """The policy and the calendar that the rule had by then; one partition tells for all."""
    law = State()
    mine = (outcomes.c.subject == FIRST_PARTITION) & (outcomes.c.rule == law.rule) & _by(outcomes, as_at)
    chosen = select(outcomes.c.type, outcomes.c.payload).where(mine).order_by(outcomes.c.revision)
    for kind, payload in connection.execute(chosen):
        if (outcome := outcome_of(kind, payload)) is not None:
            law.hear(outcome)
    return law


def _regrades(connection: Connection, provider: str | None, as_at: Instant | None) -> Iterator[_Regrade]:
    events, said = case_events, outcomes
    payload = events.c.payload
    mistaken = select(payload["retracted_event_id"].astext).where(
        events.c.type == "event_retracted", _by(events, as_at)
    )
    noted = (
        select(said.c.payload)
        .where(
            said.c.subject == "case:" + events.c.case_id,
            said.c.type == "duties_noted",
            said.c.source_offset < events.c.offset,
        )
        .order_by(said.c.revision.desc())
        .limit(1)
        .correlate(events)
        .scalar_subquery()
    )
    of_provider = func.coalesce(payload["provider"].astext, payload["facts"]["providers"][0]["code"].astext)
    grades = (payload[name].astext for name in ("by_role", "from_grade", "to_grade"))
    chosen = select(events.c.event_id, of_provider, *grades, events.c.recorded_at, noted).where(
        events.c.type == "harm_regraded", events.c.event_id.not_in(mistaken), _by(events, as_at)
    )
    if provider is not None:
        chosen = chosen.where(of_provider == provider)
    return map(_Regrade._make, connection.execute(chosen))


def _asked_about(connection: Connection, provider: str | None, as_at: Instant | None) -> dict[str, Signal]:
    """The standing questions about harm graded down, by the regrade that each is about."""
    wanted = Wanted(signal="harm_graded_down", provider=provider).conditions()
    known: Iterable[Signal] = [
        one(row, Signal) for row in connection.execute(select(signals).where(*wanted)).mappings()
    ]
    if as_at is not None:
        known = _signals_at(connection, [each.id for each in known], as_at)
    return {each.about: each for each in known if each.state != "withdrawn"}


def _by(table: Table, as_at: Instant | None) -> ColumnElement[bool]:
    """Recorded up to then."""
    return true() if as_at is None else table.c.recorded_at <= as_at
