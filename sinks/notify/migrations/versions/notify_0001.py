"""Who was to be told, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
SCHEMA = "notify"


def upgrade() -> None:
    op.create_table(
        "escalations",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("acknowledge_by", sa.BigInteger(), nullable=False),
        sa.Column("act_by", sa.BigInteger(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        schema=SCHEMA,
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("escalation_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("owner_role", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("give_up_at", sa.BigInteger(), nullable=False),
        sa.Column("next_wall", sa.BigInteger(), nullable=False),
        sa.Column("changed_wall", sa.BigInteger(), nullable=False),
        schema=SCHEMA,
    )
    op.create_index(
        "deliveries_of_an_escalation", "deliveries", ["escalation_id", "level", "place"], schema=SCHEMA
    )
    op.create_index("deliveries_of_a_page", "deliveries", ["page", "place"], schema=SCHEMA)
    op.create_index(
        "deliveries_under_way",
        "deliveries",
        ["state", "next_wall"],
        schema=SCHEMA,
        postgresql_where=sa.text("state IN ('planned', 'sending', 'handed_over')"),
    )
    op.create_table(
        "steps",
        sa.Column("event_id", sa.Text(), primary_key=True),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("escalation_id", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        schema=SCHEMA,
    )
    op.create_index(
        "steps_to_record", "steps", ["at"], schema=SCHEMA, postgresql_where=sa.text("NOT recorded")
    )
    op.create_table(
        "offsets",
        sa.Column("partition", sa.Integer(), primary_key=True),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        schema=SCHEMA,
    )


def downgrade() -> None:
    for table in ("offsets", "steps", "deliveries", "escalations"):
        op.drop_table(table, schema=SCHEMA)
