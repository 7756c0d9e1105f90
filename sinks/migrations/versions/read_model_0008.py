"""Links, found without reading every event of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index(
        "links_of_a_case",
        "case_events",
        ["case_id"],
        schema="read",
        postgresql_where=sa.text("type = 'case_linked'"),
    )


def downgrade() -> None:
    op.drop_index("links_of_a_case", "case_events", schema="read")
