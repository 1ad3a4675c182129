"""Private links and notes in the database: each function is one step within the caller's session.

What stands in a link is kept as a hash only, so a stolen database opens none.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from formcheck_api.store.tables import Job, Note, Share, Shared


def secret_hash(secret: str) -> str:
    """Return the SHA-256 of a secret; only hashes are stored."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def share(
    session: Session, owner: str, job_ids: Sequence[str], seconds: float
) -> tuple[Share, str]:
    """Make a link to analyses; return it and the secret that opens it, which is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    now_s = time.time()
    session.execute(delete(Share).where(Share.expires < now_s))
    made = Share(
        id=secrets.token_hex(16),
        owner=owner,
        token_hash=secret_hash(secret),
        created=now_s,
        expires=now_s + seconds,
    )
    session.add(made)
    session.flush()
    session.add_all(Shared(share_id=made.id, job_id=job_id) for job_id in dict.fromkeys(job_ids))
    return made, secret


def shares_of(session: Session, owner: str, job_id: str) -> Sequence[Share]:
    """Return the links that show an analysis and still hold, newest first."""
    query = select(Share).join(Shared, Shared.share_id == Share.id)
    query = query.where(Share.owner == owner, Shared.job_id == job_id, Share.expires > time.time())
    return session.scalars(query.order_by(Share.created.desc())).all()


def withdraw(session: Session, owner: str, share_id: str) -> bool:
    """Take a link back; False where the owner has none of that id."""
    gone = delete(Share).where(Share.id == share_id, Share.owner == owner).returning(Share.id)
    return session.scalar(gone) is not None


def opened(session: Session, secret: str) -> tuple[Share, Sequence[Job]] | None:
    """Return the link that a secret opens and its analyses; None where it holds no more."""
    found = session.scalar(select(Share).where(Share.token_hash == secret_hash(secret)))
    if found is None or found.expires < time.time():
        return None
    query = select(Job).join(Shared, Shared.job_id == Job.id).where(Shared.share_id == found.id)
    jobs = session.scalars(query.order_by(Job.id)).all()
    return (found, jobs) if jobs else None


def notes_of(session: Session, job_ids: Sequence[str]) -> list[Note]:
    """Return the notes that stand beside these analyses, in the order of the ids."""
    rows = session.scalars(select(Note).where(Note.job_id.in_(job_ids)))
    return sorted(rows, key=lambda note: job_ids.index(note.job_id))


def note_of(session: Session, job_ids: Sequence[str]) -> Note | None:
    """Return the note that stands beside the first of these analyses that has one."""
    return next(iter(notes_of(session, job_ids)), None)


def write_note(session: Session, job_id: str, clinician: str, text: str) -> None:
    """Put a note beside an analysis; an empty one takes it away."""
    if clinician or text:
        session.merge(Note(job_id=job_id, clinician=clinician, text=text))
    else:
        session.execute(delete(Note).where(Note.job_id == job_id))
