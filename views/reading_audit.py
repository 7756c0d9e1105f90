"""The candour audit: the cases reported at a provider in a period, and how each duty stood in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, convert
from sqlalchemy import Connection, Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from producers.tables import providers
from rules.candour.policy import default_content, parse
from rules.london import day_of
from schemas.event_types import Instant, Patient, Provider
from sinks.database import one
from sinks.obligation import Obligation
from sinks.tables import case_events, cases, obligations, outcomes
from views.audit import Listed, Member, Policies
from views.reading import fold_at, load
from views.reading_facts import with_facts
from views.reading_policy import FIRST_PARTITION

_IDS_AT_ONCE = 2000


class Cohort(Struct, frozen=True, kw_only=True):
    """`obligations`: those owed in its cases (by the provider, where one was named)."""

    cases: Sequence[Member]
    obligations: Sequence[Obligation]
    policies: Policies


def cohort(
    connection: Connection,
    provider: str | None,
    since: Instant | None,
    until: Instant | None,
    as_at: Instant | None,
) -> Cohort:
    """Cases with `since` <= reported_at < `until`, with the facts and duties as they are, or as they were."""
    members = _now(connection, provider, since, until) if as_at is None else []
    if as_at is not None:
        members = _then(connection, provider, since, until, as_at)
    owed = list(_owed(connection, [member.case_id for member in members], provider, as_at))
    return Cohort(cases=members, obligations=owed, policies=_policies(connection, as_at))


def directory(
    connection: Connection, provider: str | None, since: Instant | None, until: Instant | None
) -> list[Listed]:
    """Who was in the directory on a day (London) of the period, by the newest such entry; at least the one
    asked for.

    The directory keeps no history of its own corrections: it is read as it is now, also as at a time.
    """
    table = providers.c
    inside = [] if provider is None else [table.code == provider]
    if since is not None:
        inside.append(table.valid_to.is_(None) | (table.valid_to >= day_of(since).isoformat()))
    if until is not None:
        inside.append(table.valid_from <= day_of(until - 1).isoformat())
    newest = (
        select(table.code.label("provider"), table.name, table.type, table.scheme_member)
        .ext(distinct_on(table.code))
        .where(*inside)
        .order_by(table.code, table.valid_from.desc())
    )
    found = [one(row, Listed) for row in connection.execute(newest).mappings()]
    return found or ([] if provider is None else [Listed(provider=provider)])


def _now(
    connection: Connection, provider: str | None, since: Instant | None, until: Instant | None
) -> list[Member]:
    table = cases.c
    chosen = select(cases).order_by(table.reported_at, table.case_id)
    if since is not None:
        chosen = chosen.where(table.reported_at >= since)
    if until is not None:
        chosen = chosen.where(table.reported_at < until)
    if provider is not None:
        chosen = chosen.where(table.providers.contains([{"code": provider}]))
    return [
        _member(row["case_id"], row["harm"], row, provider) for row in connection.execute(chosen).mappings()
    ]


def _then(
    connection: Connection, provider: str | None, since: Instant | None, until: Instant | None, as_at: Instant
) -> list[Member]:
    """By the latest event of each case that had been recorded by then."""
    rows = connection.execute(_latest(as_at))
    return [
        _member(row.case_id, row.payload["harm"], row.payload["facts"], provider)
        for row in rows
        if _belongs(row.payload["facts"], provider, since, until)
    ]


def _latest(as_at: Instant) -> Select[Any]:
    events = case_events.c
    return (
        select(events.case_id, events.payload)
        .ext(distinct_on(events.case_id))
        .where(events.recorded_at <= as_at)
        .order_by(events.case_id, events.offset.desc())
        .execution_options(yield_per=500)
    )


def _belongs(
    facts: Mapping[str, Any], provider: str | None, since: Instant | None, until: Instant | None
) -> bool:
    reported_at = facts["reported_at"]
    return (
        (since is None or reported_at >= since)
        and (until is None or reported_at < until)
        and (provider is None or any(each["code"] == provider for each in facts["providers"]))
    )


def _owed(
    connection: Connection, case_ids: Sequence[str], provider: str | None, as_at: Instant | None
) -> Iterable[Obligation]:
    for start in range(0, len(case_ids), _IDS_AT_ONCE):
        some = list(case_ids[start : start + _IDS_AT_ONCE])
        mine = [obligations.c.case_id == func.any(some)]
        if provider is not None:
            mine.append(obligations.c.provider == provider)
        found = load(connection.execute(select(obligations).where(*mine)).mappings())
        if as_at is not None:
            found = [*fold_at(connection, [each.id for each in found], as_at).values()]
        yield from with_facts(connection, found, as_at)


def _member(case_id: str, harm: str, facts: Mapping[Any, Any], provider: str | None) -> Member:
    return Member(
        case_id=case_id,
        kind=facts["kind"],
        harm=harm,
        reported_at=facts["reported_at"],
        aware_at=facts["aware_at"],
        providers=tuple(
            convert(each, Provider) for each in facts["providers"] if provider in (None, each["code"])
        ),
        patients=convert(facts["patients"], tuple[Patient, ...]),
    )


def _policies(connection: Connection, as_at: Instant | None) -> Policies:
    """What the candour rule had taken by then; before the first, what this release would have it take."""
    mine = [outcomes.c.subject == FIRST_PARTITION, outcomes.c.type == "policy_taken"]
    mine += [outcomes.c.rule == "candour"] + ([] if as_at is None else [outcomes.c.recorded_at <= as_at])
    taken = connection.scalars(select(outcomes.c.payload).where(*mine).order_by(outcomes.c.revision))
    contents = [payload["content"] for payload in taken] or [default_content()[1]]
    return Policies(*map(parse, contents))
