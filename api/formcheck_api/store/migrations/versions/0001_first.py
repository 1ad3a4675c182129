"""Jobs, idempotency keys and sign-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ACTIVE = sa.text("status IN ('queued', 'running', 'done')")


def upgrade() -> None:
    """Make the tables."""
    _make_jobs()
    _make_keys()
    _make_sign_ins()


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(16)),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("started", sa.Float()),
        sa.Column("finished", sa.Float()),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("worker", sa.String(32)),
        sa.Column("heartbeat", sa.Float()),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_text", sa.Text()),
        sa.Column("clip_name", sa.String(200)),
        sa.Column("work", sa.JSON(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("first_id", sa.String(32)),
        sa.Column("second_id", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(
            ["first_id"], ["jobs.id"], name="fk_jobs_first_id_jobs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["jobs.id"], name="fk_jobs_second_id_jobs", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "uq_jobs_active_fingerprint",
        "jobs",
        ["owner", "fingerprint"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )
    op.create_index("ix_jobs_owner_kind_created", "jobs", ["owner", "kind", "created", "id"])
    op.create_index("ix_jobs_status_created", "jobs", ["status", "created"])


def _make_keys() -> None:
    op.create_table(
        "keys",
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name="pk_keys"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_keys_job_id_jobs", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_keys_job_id", "keys", ["job_id"])


def _make_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("value_hash", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("value_hash", name="pk_sign_ins"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("sign_ins", "keys", "jobs"):
        op.drop_table(table)
