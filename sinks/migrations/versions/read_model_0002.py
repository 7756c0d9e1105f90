"""Escalations, and the times of serious incidents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "escalations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("informed", JSONB(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_raised_at", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledge_by", sa.BigInteger(), nullable=False),
        sa.Column("act_by", sa.BigInteger(), nullable=False),
        sa.Column("climbs", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by_role", sa.Text(), nullable=True),
        sa.Column("overdue_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("deliveries", JSONB(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("calendar_version", sa.Text(), nullable=True),
        sa.Column("raised_because", JSONB(), nullable=False),
        sa.Column("latest_because", JSONB(), nullable=False),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index(
        "escalations_for_the_board",
        "escalations",
        ["urgency", "acknowledge_by"],
        schema="read",
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index("escalations_in_order", "escalations", ["first_raised_at", "id"], schema="read")
    op.create_index("escalations_of_a_case", "escalations", ["case_id"], schema="read")
    op.create_index("escalations_of_a_provider", "escalations", ["provider", "state"], schema="read")
    op.create_table(
        "serious_clocks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_type", sa.Text(), nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("earlier_due_at", sa.BigInteger(), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("satisfied_at", sa.BigInteger(), nullable=True),
        sa.Column("missed_at", sa.BigInteger(), nullable=True),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("calendar_version", sa.Text(), nullable=True),
        sa.Column("started_because", JSONB(), nullable=False),
        sa.Column("latest_because", JSONB(), nullable=False),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("serious_clocks_by_due_time", "serious_clocks", ["state", "due_at"], schema="read")
    op.create_index("serious_clocks_of_a_case", "serious_clocks", ["case_id"], schema="read")


def downgrade() -> None:
    op.drop_table("serious_clocks", schema="read")
    op.drop_table("escalations", schema="read")
