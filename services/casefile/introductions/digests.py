"""Keyed digests of objectors: without the key nobody can find out whose they are, by trying names either.

The key is NEWSTART_OBJECTION_KEY; outside production the service's own secret will do. Each digest says which key made
it; while a digest of another key is there, the objection behind it cannot be recognised, and `stale` counts them.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from kit.settings import CasefileSettings, Settings
from kit.store.unit import UnitOfWork
from services.casefile.introductions import domain
from services.casefile.introductions.models import OutreachObjection
from services.casefile.people.domain import Details

_key: bytes | None = None


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[None]:
    """While inside, this process knows objectors again. In production it needs a key of its own for that."""
    secret = settings.objection_key if isinstance(settings, CasefileSettings) else None
    if secret is None and settings.environment == "production":
        raise TypeError("casefile needs NEWSTART_OBJECTION_KEY: load CasefileSettings")
    use_key((secret or settings.secret_key).get_secret_value())
    try:
        yield
    finally:
        use_key(None)


def use_key(secret: str | None) -> None:
    """Called once by each process at its start; None forgets it."""
    global _key
    _key = None if secret is None else hmac.digest(secret.encode(), b"objections to outreach", hashlib.sha256)


def _digest(text: str) -> bytes:
    if _key is None:
        raise RuntimeError("the key of objections was not given to this process: see digests.serving")
    return hmac.digest(_key, text.encode(), hashlib.sha256)


def key_id() -> str:
    """Names the present key without telling anything of it."""
    return _digest("the key itself").hex()[:16]


async def keep(unit: UnitOfWork, person_id: UUID, details: Sequence[Details], resident_ids: Sequence[UUID]) -> None:
    """Remember an objector by everything that would tell them; what was kept of them before goes."""
    await drop(unit, person_id)
    rows = {
        _digest(mark.text): {"by_birth": mark.by_birth, "born_known": domain.born_known(each)}
        for each in details
        for mark in domain.marks_of(each)
    }
    rows |= {_digest(f"resident|{each}"): {"by_birth": True, "born_known": True} for each in resident_ids}
    if rows:
        values = [{"digest": key, "person_id": person_id, "key_id": key_id(), **row} for key, row in rows.items()]
        await unit.session.execute(insert(OutreachObjection).values(values).on_conflict_do_nothing())


async def drop(unit: UnitOfWork, person_id: UUID) -> None:
    """They took their objection back."""
    await unit.session.execute(delete(OutreachObjection).where(OutreachObjection.person_id == person_id))


async def objected(unit: UnitOfWork, told: Details, resident_id: UUID) -> bool:
    """Whether whoever is told of objected, under this or another name that we knew them by."""
    wanted = [_digest(mark.text) for mark in domain.marks_of(told)] + [_digest(f"resident|{resident_id}")]
    rows = await unit.session.execute(
        select(OutreachObjection.by_birth, OutreachObjection.born_known).where(OutreachObjection.digest.in_(wanted))
    )
    return any(domain.is_remembered(row.by_birth, row.born_known, told) for row in rows)


async def stale(unit: UnitOfWork) -> int:
    """How many digests the present key cannot recognise."""
    query = select(func.count()).where(OutreachObjection.key_id != key_id())
    return await unit.session.scalar(query) or 0
