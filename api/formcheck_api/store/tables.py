"""The tables: jobs, idempotency keys, sign-ins, codes, shares, notes, what is to be erased, facts.

A job is an analysis or a comparison. Times are seconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    JSON,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ACTIVE = "status IN ('queued', 'running', 'done')"


class Fields(TypeDecorator[dict[str, Any]]):
    """A JSON object; what is none in a damaged row reads as None, so that one row stops nobody."""

    impl = JSON
    cache_ok = True

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], dict[str, Any] | None]:
        """Return what turns the stored text into an object."""
        inner = super().result_processor(dialect, coltype)

        def read(stored: Any) -> dict[str, Any] | None:  # noqa: ANN401
            try:
                value = inner(stored) if inner is not None else stored
            except (ValueError, TypeError, RecursionError):
                return None
            return value if isinstance(value, dict) else None

        return read


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
    `work` and `shown` are None where the row is damaged.
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
    work: Mapped[dict[str, Any] | None] = mapped_column(Fields, nullable=False)
    shown: Mapped[dict[str, Any] | None] = mapped_column(Fields, nullable=False)
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


class Share(Table):
    """A private link: whose it is, the hash of what stands in it, and until when it holds."""

    __tablename__ = "shares"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[float] = mapped_column(Float)
    expires: Mapped[float] = mapped_column(Float)


class Shared(Table):
    """An analysis that a link shows; it goes with either of them."""

    __tablename__ = "shared"

    share_id: Mapped[str] = mapped_column(
        ForeignKey("shares.id", ondelete="CASCADE"), primary_key=True
    )
    job_id: Mapped[str] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Note(Table):
    """What a clinician wrote beside an analysis."""

    __tablename__ = "notes"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    clinician: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)


class Code(Table):
    """A code that signs another device in, once: its hash, whose it is, until when it holds."""

    __tablename__ = "codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    expires: Mapped[float] = mapped_column(Float)


class Erasure(Table):
    """Files of a job that are to go once `due` has passed, because it has no row any more or yet.

    It stands from before a clip is stored until its job has a row, and from a job's deletion until
    nobody can be writing its files any more: a service that dies in between leaves nothing behind.
    """

    __tablename__ = "erasures"

    job_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    due: Mapped[float] = mapped_column(Float)


class Fact(Table):
    """What the database knows of itself: its own id, and how late it is as far as it was told."""

    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
