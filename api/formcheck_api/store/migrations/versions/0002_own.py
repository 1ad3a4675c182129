"""What is to be erased, and what the database knows of itself."""

from __future__ import annotations

import time
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables; the database takes the time it is made at as its own."""
    op.create_table(
        "erasures",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("due", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_erasures"),
    )
    facts = op.create_table(
        "facts",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_facts"),
    )
    op.bulk_insert(
        facts,
        [
            {"name": "id", "value": uuid4().hex},
            {"name": "clock", "value": repr(time.time())},
        ],
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("facts", "erasures"):
        op.drop_table(table)
