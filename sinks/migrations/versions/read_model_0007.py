"""Escalations are listed with the most urgent first."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("escalations_in_order", "escalations", schema="read")
    op.create_index(
        "escalations_in_order", "escalations", ["urgency", "first_raised_at", "id"], schema="read"
    )


def downgrade() -> None:
    op.drop_index("escalations_in_order", "escalations", schema="read")
    op.create_index("escalations_in_order", "escalations", ["first_raised_at", "id"], schema="read")
