"""The readings of a case can be listed."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("text_reads", "decider_reads", "reporter_reads")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"{table}_of_case", table, ["case_id"], schema="door")


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"{table}_of_case", table, schema="door")
