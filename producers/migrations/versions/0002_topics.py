"""The outbox says on which topic a row belongs; the courier keeps how far it has read."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE door.outbox ADD COLUMN topic text NOT NULL DEFAULT 'safety.case-events'")
    op.execute("CREATE TABLE door.courier (partition integer PRIMARY KEY, next_offset bigint NOT NULL)")


def downgrade() -> None:
    op.execute("DROP TABLE door.courier")
    op.execute("ALTER TABLE door.outbox DROP COLUMN topic")
