"""An adoption says whether a person made it: what a release brings does not replace that."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE door.adoptions ADD COLUMN by_person boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("ALTER TABLE door.adoptions DROP COLUMN by_person")
