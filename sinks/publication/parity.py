"""The same figures by another road: counted by PostgreSQL from the ledger's outcomes, by its London days."""

from collections import Counter

from sqlalchemy import Connection, text

from rules.publication.cells import Cell, Measure
from rules.publication.checks import Check, figures_of
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
            payload->>'nhs_contract' AS nhs_contract,
            CASE WHEN payload->>'list_version' || '/' || (payload->>'type_no') = ANY(:kinds)
                 THEN payload->>'list_version' || '/' || (payload->>'type_no') ELSE 'not_known' END AS kind,
            payload->>'subtype' AS subtype,
            type = 'never_event_counted'
                OR (type = 'never_event_restated' AND (payload->>'counted')::boolean) AS counted
        FROM latest
        WHERE type <> 'never_event_withdrawn'
    )
    SELECT
        counted,
        CASE WHEN undated THEN 'not_known' ELSE to_char(day, 'YYYY-MM') END AS month,
        CASE WHEN provider_type = ANY(:together) THEN 'together'
             WHEN provider_type = 'not_known' OR organisation !~ '^[A-Z0-9]{3,10}$' THEN 'not_known'
             ELSE organisation END AS organisation,
        kind,
        CASE WHEN coalesce(subtype, '') = '' THEN 'not_known'
             WHEN kind || '/' || subtype = ANY(:subtypes) THEN subtype ELSE 'other' END AS subtype,
        count(*) AS events
    FROM standing
    WHERE day BETWEEN CAST(:first AS date) AND CAST(:last AS date) AND provider_type = ANY(:types)
        AND NOT (CAST(:contract AS boolean) AND nhs_contract IS NOT DISTINCT FROM 'false')
    GROUP BY 1, 2, 3, 4, 5
""")


def parity(connection: Connection, one: Release, terms: Terms) -> Check:
    """Whether every cell of every table is what PostgreSQL counts at the same cut-off."""
    published, counted = Counter(figures_of(one)), _counted(connection, one, terms)
    wrong = sorted(cell for cell in published.keys() | counted.keys() if published[cell] != counted[cell])
    told = (
        f"PostgreSQL counts the same {one.totals.completeness.recorded} events from the ledger as at "
        f"{one.as_of}, by month, by type with sub-type, and by organisation with type."
        if not wrong
        else "PostgreSQL counts otherwise: "
        + "; ".join(
            f"{' '.join(filter(None, cell))}: {published[cell]} published, {counted[cell]} on the ledger"
            for cell in wrong[:5]
        )
        + "."
    )
    return Check(id="same_by_another_road", passed=not wrong, told=told)


def _counted(connection: Connection, one: Release, terms: Terms) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    readings = terms.policy.readings
    asked = {
        "as_of": instant_of(one.as_of),
        "first": one.window_from,
        "last": one.window_to,
        "types": sorted(readings.provider_types),
        "together": sorted(readings.shown_together),
        "contract": readings.needs_nhs_contract,
        **_named_on_the_lists(terms),
    }
    for counted, month, organisation, kind, subtype, events in connection.execute(_COUNT, asked):
        measure: Measure = "meets_definition" if counted else "under_review"
        found[Cell("totals", "", "", measure)] += events
        found[Cell("by_month", month, "", measure)] += events
        found[Cell("by_type", kind, "", measure)] += events
        found[Cell("by_type", kind, subtype, measure)] += events
        found[Cell("by_organisation", organisation, "", measure)] += events
        found[Cell("by_organisation", organisation, kind, measure)] += events
    return found


def _named_on_the_lists(terms: Terms) -> dict[str, list[str]]:
    """`2011/1` and `2011/1/wrong_side`: whatever else an entry holds has no name that may be shown."""
    types = [(f"{held.version}/{type.no}", type) for held in terms.lists.lists for type in held.type]
    subtypes = [f"{kind}/{subtype.code}" for kind, type in types for subtype in type.subtype]
    return {"kinds": [kind for kind, _ in types], "subtypes": subtypes}
