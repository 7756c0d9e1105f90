"""The read model: PostgreSQL schema `read`, written from the log alone and lost without harm.

Times are whole milliseconds since 1970-01-01T00:00:00Z, as on the log. `seq` numbers what the board shows,
events and outcomes together, in the order of their commit here; a rebuild gives new, higher numbers.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "read"

metadata = MetaData(schema=SCHEMA)
board_seq = Sequence("board_seq", metadata=metadata)


def _moment(name: str, *, nullable: bool = True) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _seq() -> Column[int]:
    return Column("seq", BigInteger, server_default=sql(f"nextval('{SCHEMA}.board_seq')"), nullable=False)


case_events = Table(
    "case_events",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    _moment("at", nullable=False),
    _moment("recorded_at", nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    _seq(),
    Index("case_events_of_a_case", "case_id", "offset"),
    Index("case_events_for_the_board", "seq"),
    Index("regrades_of_a_provider", "type", "recorded_at", postgresql_where=sql("type = 'harm_regraded'")),
    Index("links_of_a_case", "case_id", postgresql_where=sql("type = 'case_linked'")),
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("providers", JSONB, nullable=False),
    Column("patients", JSONB, nullable=False),
    Column("harm", Text, nullable=False),
    Column("potential", Text, nullable=False),
    Column("flags", Integer, nullable=False),
    _moment("reported_at", nullable=False),
    _moment("aware_at", nullable=False),
    Column("aware_assumed", Boolean, nullable=False),
    _moment("occurred_at"),
    _moment("recorded_at", nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Index("cases_of_a_provider", "provider", "reported_at"),
    Index("cases_by_report", "reported_at"),
    Index("cases_waiting_for_a_grade", "recorded_at", postgresql_where=sql("harm = 'not_known'")),
)
"""The facts of each case by its latest event."""

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("case_id", Text),
    Column("subject", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    _moment("recorded_at", nullable=False),
    Column("cause", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("source_offset", BigInteger),
    Column("part", Text),
    _seq(),
    Index("outcomes_of_a_subject", "subject", "revision"),
    Index("outcomes_of_a_case", "case_id", "offset"),
    Index("outcomes_for_the_board", "seq"),
    Index("outcomes_for_releases", "recorded_at", postgresql_where=sql("rule = 'never_events'")),
)
"""Everything a rule said, for ever; no row is changed."""

obligations = Table(
    "obligations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("patient", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("provider_type", Text, nullable=False),
    Column("duty", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("threshold", Text, nullable=False),
    Column("harm", Text, nullable=False),
    Column("owner_role", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("relation_why", Text),
    Column("state", Text, nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("warned", Boolean, nullable=False),
    _moment("opened_at", nullable=False),
    _moment("reported_at", nullable=False),
    _moment("aware_at", nullable=False),
    Column("aware_assumed", Boolean, nullable=False),
    _moment("starts_at", nullable=False),
    *map(_moment, ("due_at", "target_at", "earlier_due_at", "earlier_target_at")),
    *map(_moment, ("satisfied_at", "discharged_at", "breached_at", "target_passed_at")),
    Column("merged_into", Text),
    Column("policy_version", Text),
    Column("calendar_version", Text),
    Column("opened_because", JSONB, nullable=False),
    Column("latest_because", JSONB, nullable=False),
    Column("latest_cause", Text, nullable=False),
    _moment("latest_at", nullable=False),
    Column("revisions", Integer, nullable=False),
    Index("obligations_in_order", "opened_at", "id"),
    Index("obligations_by_due_time", "state", "due_at"),
    Index("obligations_of_a_case", "case_id"),
    Index("obligations_of_a_provider", "provider", "state"),
)
"""Each obligation as it stands: the fold of its outcomes (`sinks.obligation`)."""

escalations = Table(
    "escalations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("about", Text),
    Column("urgency", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("owner_role", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("informed", JSONB, nullable=False),
    Column("provider", Text, nullable=False),
    Column("provider_type", Text, nullable=False),
    Column("state", Text, nullable=False),
    *(_moment(name, nullable=False) for name in ("first_raised_at", "raised_at", "acknowledge_by", "act_by")),
    Column("climbs", Integer, nullable=False),
    _moment("acknowledged_at"),
    Column("acknowledged_by_role", Text),
    *map(_moment, ("overdue_at", "closed_at")),
    Column("how", Text),
    Column("act", Text),
    Column("deliveries", JSONB, nullable=False),
    Column("policy_version", Text),
    Column("calendar_version", Text),
    Column("raised_because", JSONB, nullable=False),
    Column("latest_because", JSONB, nullable=False),
    Column("latest_cause", Text, nullable=False),
    _moment("latest_at", nullable=False),
    Column("revisions", Integer, nullable=False),
    Index("escalations_in_order", "urgency", "first_raised_at", "id"),
    Index(
        "escalations_for_the_board",
        "urgency",
        "acknowledge_by",
        postgresql_where=sql("state <> 'closed'"),
    ),
    Index("escalations_of_a_case", "case_id"),
    Index("escalations_of_a_provider", "provider", "state"),
)
"""Each escalation as it stands: the fold of its outcomes (`sinks.escalation`)."""

serious_clocks = Table(
    "serious_clocks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("framework", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("provider_type", Text, nullable=False),
    Column("owner_role", Text, nullable=False),
    Column("state", Text, nullable=False),
    _moment("starts_at", nullable=False),
    *map(_moment, ("due_at", "earlier_due_at")),
    Column("extended", Boolean, nullable=False),
    *map(_moment, ("satisfied_at", "missed_at")),
    Column("policy_version", Text),
    Column("calendar_version", Text),
    Column("started_because", JSONB, nullable=False),
    Column("latest_because", JSONB, nullable=False),
    Column("latest_cause", Text, nullable=False),
    _moment("latest_at", nullable=False),
    Column("revisions", Integer, nullable=False),
    Index("serious_clocks_of_a_case", "case_id"),
    Index("serious_clocks_by_due_time", "state", "due_at"),
)
"""Each time set by a serious-incident framework as it stands."""


def _spoken_of() -> tuple[Column[Any], ...]:
    """What every row of the indemnity rule has (`sinks.indemnity.Row`)."""
    return (
        Column("id", Text, primary_key=True),
        Column("case_id", Text, nullable=False),
        _moment("opened_at", nullable=False),
        Column("because", JSONB, nullable=False),
        Column("policy_version", Text),
        Column("latest_cause", Text, nullable=False),
        _moment("latest_at", nullable=False),
        Column("revisions", Integer, nullable=False),
    )


reviews = Table(
    "reviews",
    metadata,
    *_spoken_of(),
    Column("claim_id", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("basis", Text, nullable=False),
    _moment("suggested_at"),
    Column("suggested_because", JSONB, nullable=False),
    Column("markers", JSONB, nullable=False),
    *map(_moment, ("marked_at", "occurred_at")),
    *(_moment(name, nullable=False) for name in ("claim_opened_at", "aware_at", "reported_at")),
    Column("withdrawn_why", Text),
    Column("finding", Text),
    _moment("finding_at"),
    Column("finding_by", Text),
    Column("decision", Text),
    Column("trust_share_percent", Integer),
    _moment("decided_at"),
    Column("decided_by", Text),
    Column("reimbursement_status", Text),
    Column("reimbursement_percent", Integer),
    _moment("reimbursement_at"),
    Column("reimbursement_by", Text),
    Column("state", Text, nullable=False),
    Index("reviews_in_order", "opened_at", "id"),
    Index("reviews_of_a_case", "case_id"),
    Index("reviews_of_a_provider", "provider", "state"),
)
"""Each review of a claim as it stands: the fold of its outcomes (`sinks.indemnity`)."""

markers = Table(
    "markers",
    metadata,
    *_spoken_of(),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    _moment("at", nullable=False),
    *(Column(name, Text) for name in ("provider", "patient", "earlier", "evidence", "correction")),
    Column("standing", Boolean, nullable=False),
    Index("markers_of_a_case", "case_id"),
)
"""Evidence on incidents, whether a claim ever joins or not."""

family_updates = Table(
    "family_updates",
    metadata,
    *_spoken_of(),
    Column("patient", Text),
    Column("told_event_id", Text, nullable=False),
    _moment("told_at", nullable=False),
    Column("found_event_id", Text, nullable=False),
    _moment("found_at", nullable=False),
    Column("evidence", Text, nullable=False),
    Column("correction", Text, nullable=False),
    _moment("given_at"),
    Column("state", Text, nullable=False),
    Index("family_updates_of_a_case", "case_id"),
    Index("family_updates_owed", "found_at", postgresql_where=sql("state = 'owed'")),
)
"""Families that must hear that what was called unavoidable was found avoidable."""

facts = Table(
    "facts",
    metadata,
    *_spoken_of(),
    Column("event_id", Text, nullable=False),
    Column("patient", Text),
    _moment("known_at", nullable=False),
    _moment("due_at", nullable=False),
    *map(_moment, ("shared_at", "alarmed_at")),
    Column("state", Text, nullable=False),
    Index("facts_of_a_case", "case_id"),
    Index("facts_not_shared", "due_at", postgresql_where=sql("state = 'not_shared'")),
)
"""New material facts, and whether the family heard of them."""

payments = Table(
    "payments",
    metadata,
    *_spoken_of(),
    Column("claim_id", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("pounds", BigInteger, nullable=False),
    _moment("paid_at", nullable=False),
    Column("standing", Boolean, nullable=False),
    Index("payments_of_a_case", "case_id", "claim_id"),
)
"""What patients were paid; no review bears on it."""

never_events = Table(
    "never_events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    _moment("opened_at", nullable=False),
    *(Column(name, Text, nullable=False) for name in ("state", "by", "provider", "provider_type")),
    Column("list_version", Text, nullable=False),
    Column("type_no", Integer),
    Column("subtype", Text),
    _moment("occurred_at"),
    Column("occurred_on", Text),
    _moment("reported_at", nullable=False),
    *(Column(name, Text, nullable=False) for name in ("gate", "payment")),
    *(Column(name, Text) for name in ("waits_for", "why")),
    *map(_moment, ("confirmed_at", "counted_at")),
    Column("restated", Integer, nullable=False),
    Column("because", JSONB, nullable=False),
    Column("policy_version", Text),
    Column("latest_cause", Text, nullable=False),
    _moment("latest_at", nullable=False),
    Column("revisions", Integer, nullable=False),
    Index("never_events_in_order", "opened_at", "id"),
    Index("never_events_of_a_case", "case_id"),
    Index("never_events_under_review", "opened_at", "id", postgresql_where=sql("state = 'proposed'")),
)
"""Each entry of the ledger of never events as it stands: the fold of its outcomes (`sinks.never_event`)."""

signals = Table(
    "signals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("signal", "question", "about", "provider", "unit")),
    _moment("at", nullable=False),
    *(Column(name, Text) for name in ("from_grade", "to_grade")),
    Column("crossed", Boolean, nullable=False),
    _moment("due_at"),
    *(Column(name, Integer) for name in ("working_days_to_due", "days_late")),
    Column("after_breach", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    _moment("raised_at", nullable=False),
    _moment("ended_at"),
    Column("because", JSONB, nullable=False),
    Column("policy_version", Text),
    Column("latest_cause", Text, nullable=False),
    _moment("latest_at", nullable=False),
    Column("revisions", Integer, nullable=False),
    Index("signals_in_order", "raised_at", "id"),
    Index("signals_of_a_case", "case_id"),
    Index("signals_of_a_provider", "provider", "state"),
)
"""Each question about a case as it stands (`sinks.signal`)."""

patterns = Table(
    "patterns",
    metadata,
    Column("id", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("kind", "provider", "grouped_by", "group_ref")),
    Column("alert_id", Text),
    Column("state", Text, nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("count", "window_days")),
    *(Column(name, Integer) for name in ("usual_count", "usual_days")),
    _moment("first_at"),
    _moment("last_at", nullable=False),
    Column("newest_case", Text),
    _moment("found_at", nullable=False),
    _moment("over_at"),
    Column("because", JSONB, nullable=False),
    Column("policy_version", Text),
    Column("latest_cause", Text, nullable=False),
    _moment("latest_at", nullable=False),
    Column("revisions", Integer, nullable=False),
    Index("patterns_in_order", "found_at", "id"),
    Index("patterns_of_a_provider", "provider", "state"),
)
"""Each pattern over many cases, and each silence, as it stands (`sinks.pattern`)."""

quarantines = Table(
    "quarantines",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("error", Text, nullable=False),
    Column("source_offset", BigInteger, nullable=False),
    _moment("recorded_at", nullable=False),
)
"""Cases about which a rule cannot say anything until they are released."""

offsets = Table(
    "offsets",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)
"""How far each topic was written here: in the same transaction as the rows."""

progress = Table(
    "progress",
    metadata,
    Column("partition", Integer, primary_key=True),
    Column("engine_offset", BigInteger, nullable=False),
    _moment("heard_as_of"),
    Column("heard_offset", BigInteger),
    _moment("settled_as_of"),
)
"""Per partition: everything before `engine_offset` was decided and the decisions stand here; the newest tick
heard, and the newest one that is settled."""

publication_records = Table(
    "publication_records",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    _moment("recorded_at", nullable=False),
    Column("payload", JSONB, nullable=False),
)
"""What the log holds for publication: policies adopted for it, and releases signed."""

releases = Table(
    "releases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("window_from", Text, nullable=False),
    Column("window_to", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    _moment("as_of", nullable=False),
    Column("revision", Integer, nullable=False),
    Column("supersedes", Text),
    Column("content", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("checks", JSONB, nullable=False),
    Column("stopped_because", Text),
    _moment("signed_at"),
    Column("signed_by", Text),
    Column("signed_event_id", Text),
    Index("releases_in_order", "as_of", "id"),
    Index("releases_on_the_way", "status", postgresql_where=sql("status IN ('checked', 'signed')")),
)
"""Releases of never-event figures, each as it was drafted (`content`, canonical JSON); days: YYYY-MM-DD."""

publication_progress = Table(
    "publication_progress",
    metadata,
    Column("only", Integer, primary_key=True),
    _moment("looked_up_to", nullable=False),
)
"""One row: everything that fell due up to then has been drafted."""

alarms = Table(
    "alarms",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("text", Text, nullable=False),
    _moment("raised_at", nullable=False),
    _moment("cleared_at"),
    Index("alarms_standing_once", "kind", "about", unique=True, postgresql_where=sql("cleared_at IS NULL")),
)
"""What a person must look at. Not from the log: a rebuild leaves it alone."""

watch = Table(
    "watch",
    metadata,
    Column("partition", Integer, primary_key=True),
    _moment("measured_at", nullable=False),
    _moment("tick_age_ms"),
    _moment("engine_age_ms"),
    Column("engine_behind", BigInteger),
    Column("sink_behind", BigInteger),
    _moment("outbox_age_ms"),
)
"""What the watchdog measured last. Not from the log."""

DERIVED = (
    case_events,
    cases,
    outcomes,
    obligations,
    escalations,
    serious_clocks,
    reviews,
    markers,
    family_updates,
    facts,
    payments,
    never_events,
    signals,
    patterns,
    quarantines,
    offsets,
    progress,
    publication_records,
    releases,
    publication_progress,
)
"""What a rebuild empties and restores."""
