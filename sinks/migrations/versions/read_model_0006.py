"""Signals, and patterns over many cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("from_grade", sa.Text(), nullable=True),
        sa.Column("to_grade", sa.Text(), nullable=True),
        sa.Column("crossed", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("working_days_to_due", sa.Integer(), nullable=True),
        sa.Column("days_late", sa.Integer(), nullable=True),
        sa.Column("after_breach", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("because", JSONB(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("signals_in_order", "signals", ["raised_at", "id"], schema="read")
    op.create_index("signals_of_a_case", "signals", ["case_id"], schema="read")
    op.create_index("signals_of_a_provider", "signals", ["provider", "state"], schema="read")
    op.create_table(
        "patterns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("grouped_by", sa.Text(), nullable=False),
        sa.Column("group_ref", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("usual_count", sa.Integer(), nullable=True),
        sa.Column("usual_days", sa.Integer(), nullable=True),
        sa.Column("first_at", sa.BigInteger(), nullable=True),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("newest_case", sa.Text(), nullable=True),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("because", JSONB(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("patterns_in_order", "patterns", ["found_at", "id"], schema="read")
    op.create_index("patterns_of_a_provider", "patterns", ["provider", "state"], schema="read")
    op.create_index(
        "regrades_of_a_provider",
        "case_events",
        ["type", "recorded_at"],
        schema="read",
        postgresql_where=sa.text("type = 'harm_regraded'"),
    )


def downgrade() -> None:
    op.drop_index("regrades_of_a_provider", "case_events", schema="read")
    op.drop_table("patterns", schema="read")
    op.drop_table("signals", schema="read")
