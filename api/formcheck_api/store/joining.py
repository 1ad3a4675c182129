"""Codes that sign another device in: used once, within minutes, kept as hashes only."""

from __future__ import annotations

import secrets
import time
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from formcheck_api.store.sharing import secret_hash
from formcheck_api.store.tables import Code

HOLDS_S: Final = 300.0


def make_code(session: Session, owner: str) -> tuple[str, float]:
    """Make a code for an owner; return it and until when it holds."""
    code, now_s = secrets.token_urlsafe(24), time.time()
    session.execute(delete(Code).where(Code.expires < now_s))
    session.add(Code(code_hash=secret_hash(code), owner=owner, expires=now_s + HOLDS_S))
    return code, now_s + HOLDS_S


def use_code(session: Session, code: str) -> str | None:
    """Use a code up; return whose it was, None where it was used before, is too old or unknown."""
    gone = delete(Code).where(Code.code_hash == secret_hash(code))
    found = session.execute(gone.returning(Code.owner, Code.expires)).first()
    return found.owner if found is not None and found.expires >= time.time() else None
