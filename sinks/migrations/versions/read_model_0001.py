"""The read model at its beginning."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("board_seq", schema="read")))
    op.create_table(
        "alarms",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index(
        "alarms_standing_once",
        "alarms",
        ["kind", "about"],
        unique=True,
        schema="read",
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "case_events",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column(
            "seq", sa.BigInteger(), server_default=sa.text("nextval('read.board_seq')"), nullable=False
        ),
        sa.PrimaryKeyConstraint("event_id"),
        schema="read",
    )
    op.create_index("case_events_for_the_board", "case_events", ["seq"], schema="read")
    op.create_index("case_events_of_a_case", "case_events", ["case_id", "offset"], schema="read")
    op.create_table(
        "cases",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("providers", JSONB(), nullable=False),
        sa.Column("patients", JSONB(), nullable=False),
        sa.Column("harm", sa.Text(), nullable=False),
        sa.Column("potential", sa.Text(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.Column("aware_at", sa.BigInteger(), nullable=False),
        sa.Column("aware_assumed", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
        schema="read",
    )
    op.create_index("cases_by_report", "cases", ["reported_at"], schema="read")
    op.create_index("cases_of_a_provider", "cases", ["provider", "reported_at"], schema="read")
    op.create_index(
        "cases_waiting_for_a_grade",
        "cases",
        ["recorded_at"],
        schema="read",
        postgresql_where=sa.text("harm = 'not_known'"),
    )
    op.create_table(
        "obligations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_type", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Text(), nullable=False),
        sa.Column("harm", sa.Text(), nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("relation_why", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.Column("aware_at", sa.BigInteger(), nullable=False),
        sa.Column("aware_assumed", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("target_at", sa.BigInteger(), nullable=True),
        sa.Column("earlier_due_at", sa.BigInteger(), nullable=True),
        sa.Column("earlier_target_at", sa.BigInteger(), nullable=True),
        sa.Column("satisfied_at", sa.BigInteger(), nullable=True),
        sa.Column("discharged_at", sa.BigInteger(), nullable=True),
        sa.Column("breached_at", sa.BigInteger(), nullable=True),
        sa.Column("target_passed_at", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("calendar_version", sa.Text(), nullable=True),
        sa.Column("opened_because", JSONB(), nullable=False),
        sa.Column("latest_because", JSONB(), nullable=False),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("obligations_by_due_time", "obligations", ["state", "due_at"], schema="read")
    op.create_index("obligations_in_order", "obligations", ["opened_at", "id"], schema="read")
    op.create_index("obligations_of_a_case", "obligations", ["case_id"], schema="read")
    op.create_index("obligations_of_a_provider", "obligations", ["provider", "state"], schema="read")
    op.create_table(
        "offsets",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition"),
        schema="read",
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("source_offset", sa.BigInteger(), nullable=True),
        sa.Column("part", sa.Text(), nullable=True),
        sa.Column(
            "seq", sa.BigInteger(), server_default=sa.text("nextval('read.board_seq')"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("outcomes_for_the_board", "outcomes", ["seq"], schema="read")
    op.create_index("outcomes_of_a_case", "outcomes", ["case_id", "offset"], schema="read")
    op.create_index("outcomes_of_a_subject", "outcomes", ["subject", "revision"], schema="read")
    op.create_table(
        "progress",
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("engine_offset", sa.BigInteger(), nullable=False),
        sa.Column("heard_as_of", sa.BigInteger(), nullable=True),
        sa.Column("heard_offset", sa.BigInteger(), nullable=True),
        sa.Column("settled_as_of", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("partition"),
        schema="read",
    )
    op.create_table(
        "quarantines",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("source_offset", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "rule"),
        schema="read",
    )
    op.create_table(
        "watch",
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        sa.Column("tick_age_ms", sa.BigInteger(), nullable=True),
        sa.Column("engine_age_ms", sa.BigInteger(), nullable=True),
        sa.Column("engine_behind", sa.BigInteger(), nullable=True),
        sa.Column("sink_behind", sa.BigInteger(), nullable=True),
        sa.Column("outbox_age_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("partition"),
        schema="read",
    )


def downgrade() -> None:
    op.drop_table("watch", schema="read")
    op.drop_table("quarantines", schema="read")
    op.drop_table("progress", schema="read")
    op.drop_table("outcomes", schema="read")
    op.drop_table("offsets", schema="read")
    op.drop_table("obligations", schema="read")
    op.drop_table("cases", schema="read")
    op.drop_table("case_events", schema="read")
    op.drop_table("alarms", schema="read")
    op.execute(sa.schema.DropSequence(sa.Sequence("board_seq", schema="read")))
