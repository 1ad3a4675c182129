"""Private links, the analyses they show, and notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "shares",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.UniqueConstraint("token_hash", name="uq_shares_token_hash"),
    )
    op.create_index("ix_shares_owner", "shares", ["owner"])
    op.create_table(
        "shared",
        sa.Column("share_id", sa.String(32), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("share_id", "job_id", name="pk_shared"),
        sa.ForeignKeyConstraint(
            ["share_id"], ["shares.id"], name="fk_shared_share_id_shares", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_shared_job_id_jobs", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_shared_job_id", "shared", ["job_id"])
    op.create_table(
        "notes",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("clinician", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_notes"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_notes_job_id_jobs", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("notes", "shared", "shares"):
        op.drop_table(table)
