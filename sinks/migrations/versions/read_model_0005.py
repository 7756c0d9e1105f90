"""Releases of never-event figures, and what the log holds for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index(
        "outcomes_for_releases",
        "outcomes",
        ["recorded_at"],
        schema="read",
        postgresql_where=sa.text("rule = 'never_events'"),
    )
    op.create_table(
        "publication_records",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
        schema="read",
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("window_from", sa.Text(), nullable=False),
        sa.Column("window_to", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("checks", JSONB(), nullable=False),
        sa.Column("stopped_because", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_event_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        schema="read",
    )
    op.create_index("releases_in_order", "releases", ["as_of", "id"], schema="read")
    op.create_index(
        "releases_on_the_way",
        "releases",
        ["status"],
        schema="read",
        postgresql_where=sa.text("status IN ('checked', 'signed')"),
    )
    op.create_table(
        "publication_progress",
        sa.Column("only", sa.Integer(), nullable=False),
        sa.Column("looked_up_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("only"),
        schema="read",
    )


def downgrade() -> None:
    op.drop_table("publication_progress", schema="read")
    op.drop_table("releases", schema="read")
    op.drop_table("publication_records", schema="read")
    op.drop_index("outcomes_for_releases", "outcomes", schema="read")
