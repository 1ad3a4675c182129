"""The tables: jobs (analyses and comparisons), idempotency keys, and sessions of the page.

Times are seconds since 1970, UTC.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, MetaData, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ACTIVE = "status IN ('queued', 'running', 'done')"


class Table(DeclarativeBase):
    """Base of the tables; constraints have names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Job(Table):
    """One analysis or comparison, from its upload to its deletion.

    `work` is what the worker is told, `fingerprint` a hash of clip, options and version: of equal
    jobs of one owner, only one waits, runs or is done. `worker` names the service that runs it.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "uq_jobs_active_fingerprint",
            "owner",
            "fingerprint",
            unique=True,
            sqlite_where=text(ACTIVE),
            postgresql_where=text(ACTIVE),
        ),
        Index("ix_jobs_owner_kind_created", "owner", "kind", "created", "id"),
        Index("ix_jobs_status_created", "status", "created"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16), default="queued")
    stage: Mapped[str | None] = mapped_column(String(16))
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    created: Mapped[float] = mapped_column(Float)
    started: Mapped[float | None] = mapped_column(Float)
    finished: Mapped[float | None] = mapped_column(Float)
    fingerprint: Mapped[str] = mapped_column(String(64))
    worker: Mapped[str | None] = mapped_column(String(32))
    heartbeat: Mapped[float | None] = mapped_column(Float)
    losses: Mapped[int] = mapped_column(Integer, default=0)
    restarts: Mapped[int] = mapped_column(Integer, default=0)
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_text: Mapped[str | None] = mapped_column(Text)
    clip_name: Mapped[str | None] = mapped_column(String(200))
    work: Mapped[dict[str, Any]] = mapped_column(JSON)
    shown: Mapped[dict[str, Any]] = mapped_column(JSON)
    first_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    second_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))


class Key(Table):
    """An ``Idempotency-Key`` that an owner sent, and the job it stands for."""

    __tablename__ = "keys"

    owner: Mapped[str] = mapped_column(String(200), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)


class SignIn(Table):
    """A signed-in page: hashes of the cookie's value and of the token it was got with."""

    __tablename__ = "sign_ins"

    value_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    token_hash: Mapped[str] = mapped_column(String(64))
    expires: Mapped[float] = mapped_column(Float)
