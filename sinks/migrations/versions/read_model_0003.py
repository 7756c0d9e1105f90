"""Reviews of claims, markers, updates for families, new facts and payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("because", JSONB(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("suggested_at", sa.BigInteger(), nullable=True),
        sa.Column("suggested_because", JSONB(), nullable=False),
        sa.Column("markers", JSONB(), nullable=False),
        sa.Column("marked_at", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=True),
        sa.Column("claim_opened_at", sa.BigInteger(), nullable=False),
        sa.Column("aware_at", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("finding_at", sa.BigInteger(), nullable=True),
        sa.Column("finding_by", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("trust_share_percent", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reimbursement_status", sa.Text(), nullable=True),
        sa.Column("reimbursement_percent", sa.Integer(), nullable=True),
        sa.Column("reimbursement_at", sa.BigInteger(), nullable=True),
        sa.Column("reimbursement_by", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("reviews_in_order", "reviews", ["opened_at", "id"], schema="read")
    op.create_index("reviews_of_a_case", "reviews", ["case_id"], schema="read")
    op.create_index("reviews_of_a_provider", "reviews", ["provider", "state"], schema="read")
    op.create_table(
        "markers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("because", JSONB(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("patient", sa.Text(), nullable=True),
        sa.Column("earlier", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=True),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("markers_of_a_case", "markers", ["case_id"], schema="read")
    op.create_table(
        "family_updates",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("because", JSONB(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=True),
        sa.Column("told_event_id", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("found_event_id", sa.Text(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("family_updates_of_a_case", "family_updates", ["case_id"], schema="read")
    op.create_index(
        "family_updates_owed",
        "family_updates",
        ["found_at"],
        schema="read",
        postgresql_where=sa.text("state = 'owed'"),
    )
    op.create_table(
        "facts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("because", JSONB(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=True),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("shared_at", sa.BigInteger(), nullable=True),
        sa.Column("alarmed_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index(
        "facts_not_shared",
        "facts",
        ["due_at"],
        schema="read",
        postgresql_where=sa.text("state = 'not_shared'"),
    )
    op.create_index("facts_of_a_case", "facts", ["case_id"], schema="read")
    op.create_table(
        "payments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("because", JSONB(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=True),
        sa.Column("latest_cause", sa.Text(), nullable=False),
        sa.Column("latest_at", sa.BigInteger(), nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("pounds", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("payments_of_a_case", "payments", ["case_id", "claim_id"], schema="read")


def downgrade() -> None:
    op.drop_table("payments", schema="read")
    op.drop_table("facts", schema="read")
    op.drop_table("family_updates", schema="read")
    op.drop_table("markers", schema="read")
    op.drop_table("reviews", schema="read")
