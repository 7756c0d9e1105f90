"""The same figures by another road: counted by PostgreSQL from the ledger's outcomes, by its London days."""

from collections import Counter
from typing import NamedTuple

from sqlalchemy import Connection, text

from rules.publication.checks import Check
from rules.publication.figures import NOT_KNOWN
from rules.publication.release import Release, instant_of
from rules.publication.terms import Terms

_COUNT = text("""
    WITH latest AS (
        SELECT DISTINCT ON (subject) type, payload
        FROM read.outcomes
        WHERE rule = 'never_events' AND subject LIKE 'never\\_event:%' AND recorded_at <= :as_of
        ORDER BY subject, revision DESC
    ), standing AS (
        SELECT
            (to_timestamp(
                coalesce((payload->>'occurred_at')::bigint, (payload->>'reported_at')::bigint) / 1000.0
            ) AT TIME ZONE 'Europe/London')::date AS day,
            payload->>'occurred_at' IS NULL AS undated,
            payload->>'provider' AS organisation,
            payload->>'provider_type' AS provider_type,
            type = 'never_event_counted'
                OR (type = 'never_event_restated' AND (payload->>'counted')::boolean) AS counted
        FROM latest
        WHERE type <> 'never_event_withdrawn'
    )
    SELECT
        counted,
        CASE WHEN undated THEN 'not_known' ELSE to_char(day, 'YYYY-MM') END AS month,
        CASE WHEN provider_type = 'not_known' OR organisation !~ '^[A-Z0-9]{3,10}$' THEN 'not_known'
             ELSE organisation END AS organisation,
        count(*) AS events
    FROM standing
    WHERE day BETWEEN CAST(:first AS date) AND CAST(:last AS date) AND provider_type = ANY(:types)
    GROUP BY 1, 2, 3
""")


class Row(NamedTuple):
    """One cell of one table, and whether its events were counted or are under review."""

    table: str
    code: str
    counted: bool


def parity(connection: Connection, one: Release, terms: Terms) -> Check:
    """Whether totals, months and organisations are what PostgreSQL counts at the same cut-off."""
    published, counted = _published(one), _counted(connection, one, terms)
    wrong = sorted(row for row in published.keys() | counted.keys() if published[row] != counted[row])
    told = (
        f"PostgreSQL counts the same {one.totals.completeness.recorded} events from the ledger as at "
        f"{one.as_of}, by month and by organisation."
        if not wrong
        else "PostgreSQL counts otherwise: "
        + "; ".join(
            f"{row.table} {row.code} {'counted' if row.counted else 'under review'}: "
            f"{published[row]} published, {counted[row]} on the ledger"
            for row in wrong[:5]
        )
        + "."
    )
    return Check(id="same_by_another_road", passed=not wrong, told=told)


def _published(one: Release) -> Counter[Row]:
    found: Counter[Row] = Counter()
    tables = {"totals": (one.totals,), "by_month": one.by_month, "by_organisation": one.by_organisation}
    for name, figures in tables.items():
        for figure in figures:
            found[Row(name, figure.code, True)] += figure.count
            found[Row(name, figure.code, False)] += figure.under_review
    return +found


def _counted(connection: Connection, one: Release, terms: Terms) -> Counter[Row]:
    found: Counter[Row] = Counter()
    asked = {"as_of": instant_of(one.as_of), "first": one.window_from, "last": one.window_to}
    types = sorted(terms.policy.readings.provider_types)
    for counted, month, organisation, events in connection.execute(_COUNT, {**asked, "types": types}):
        found[Row("totals", "", counted)] += events
        found[Row("by_month", month or NOT_KNOWN, counted)] += events
        found[Row("by_organisation", organisation or NOT_KNOWN, counted)] += events
    return found
