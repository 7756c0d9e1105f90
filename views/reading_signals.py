"""Signals and patterns as they are and as they were, and how often each unit grades harm down at all."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from producers.body_types import ORDER
from schemas.event_types import Instant
from sinks import pattern, signal
from sinks.database import one
from sinks.pattern import Pattern
from sinks.signal import Signal
from sinks.tables import case_events, outcomes, patterns, signals
from views.reading import Cursor, outcome_of

URGENCY = {"quiet": 0, "cluster": 1, "repeat_after_alert": 2, "bulk_closing": 3}
"""Silence stands above all that is fine: what is not said cannot be seen elsewhere."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which signals; None and empty mean any."""

    states: tuple[str, ...] = ()
    provider: str | None = None
    signal: str | None = None
    case_id: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        names = ("provider", "signal", "case_id")
        return [signals.c[name] == value for name in names if (value := getattr(self, name)) is not None]


class BaseRate(Struct, frozen=True, kw_only=True):
    """Of one unit (a provider and a role): how many regrades, how many down, and how many of those were asked
    about. No share is shown without the numbers that it is of."""

    unit: str
    provider: str
    role: str
    regrades: int
    down: int
    asked: int
    crossed: int
    near_deadline: int


def page(
    connection: Connection, wanted: Wanted, *, after: Cursor | None, limit: int, as_at: Instant | None
) -> tuple[list[Signal], Cursor | None]:
    """In the order in which they were last raised, and where the next page begins."""
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
    known = signals.c
    conditions = wanted.conditions()
    if as_at is None and wanted.states:
        conditions.append(known.state.in_(wanted.states))
    if after is not None:
        conditions.append(tuple_(known.raised_at, known.id) > tuple_(*after))
    chosen = select(signals).where(*conditions).order_by(known.raised_at, known.id).limit(size)
    return [one(row, Signal) for row in connection.execute(chosen).mappings()]


def _signals_at(connection: Connection, ids: Sequence[str], as_at: Instant) -> Iterable[Signal]:
    standing: dict[str, Signal] = {}
    for outcome in _said(connection, ids, as_at):
        if (after := signal.step(standing.get(outcome.subject), outcome)) is not None:
            standing[outcome.subject] = after
    return standing.values()


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


def base_rates(connection: Connection, provider: str | None, as_at: Instant | None) -> list[BaseRate]:
    """By unit, over all regrades that were not entered by mistake."""
    payload = case_events.c.payload
    of_provider = payload["facts"]["providers"][0]["code"].astext
    role, before, after = (payload[name].astext for name in ("by_role", "from_grade", "to_grade"))
    recorded = [] if as_at is None else [case_events.c.recorded_at <= as_at]
    mistaken = select(payload["retracted_event_id"].astext).where(
        case_events.c.type == "event_retracted", *recorded
    )
    counted = (
        select(of_provider, role, before, after, func.count())
        .where(case_events.c.type == "harm_regraded", case_events.c.event_id.not_in(mistaken), *recorded)
        .group_by(of_provider, role, before, after)
    )
    if provider is not None:
        counted = counted.where(of_provider == provider)
    totals: dict[str, tuple[int, int]] = {}
    for code, by_role, was, became, number in connection.execute(counted):
        unit = f"{code}|{by_role}"
        all_, down = totals.get(unit, (0, 0))
        lower = was != "not_known" and ORDER.index(became) < ORDER.index(was)
        totals[unit] = (all_ + number, down + (number if lower else 0))
    asked = _asked_of(connection, provider, as_at)
    return [
        BaseRate(
            unit=unit,
            provider=unit.partition("|")[0],
            role=unit.partition("|")[2],
            regrades=all_,
            down=down,
            asked=asked.get(unit, (0, 0, 0))[0],
            crossed=asked.get(unit, (0, 0, 0))[1],
            near_deadline=asked.get(unit, (0, 0, 0))[2],
        )
        for unit, (all_, down) in sorted(totals.items())
    ]


def _asked_of(
    connection: Connection, provider: str | None, as_at: Instant | None
) -> dict[str, tuple[int, int, int]]:
    known = signals.c
    conditions = [known.signal == "harm_graded_down", known.state != "withdrawn"]
    conditions += [] if provider is None else [known.provider == provider]
    conditions += [] if as_at is None else [known.raised_at <= as_at]
    chosen = (
        select(
            known.unit,
            func.count(),
            func.count().filter(known.crossed),
            func.count().filter(known.working_days_to_due.is_not(None)),
        )
        .where(*conditions)
        .group_by(known.unit)
    )
    return {unit: (all_, crossed, near) for unit, all_, crossed, near in connection.execute(chosen)}
