"""Writes of shared pages' doors: hear of one from casefile, try a word at it, bind it to the device that opened it.

A page opens to link and word, once: for a quarter of an hour, on the device that gave the word first. After five words
that opened nothing it opens to nobody any more. Looking at the address counts for nothing and changes nothing.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gateway.links.shared_models import SharedPage
from kit import chosen_word, clock
from kit.contracts.casefile.papers import SharedPage as Told
from kit.contracts.envelope import Event, Sealed
from kit.events import sealed
from kit.store.unit import UnitOfWork

MOST_WRONG: Final = 5
SITTING: Final = timedelta(minutes=15)
"""How long the device that opened it may read, the word given again each time. A bad line costs nobody their page."""
_HASHING_AT_ONCE: Final = 4
_NOBODYS_SALT: Final = secrets.token_bytes(chosen_word.SALT_BYTES)
_NOBODYS_WORD: Final = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that may be shown now. `device` is the cookie to set, `first` whether this opened it."""

    id: UUID
    device: str
    first: bool


async def hear(unit: UnitOfWork, event: Event[Sealed]) -> None:
    """A page may be opened, or no more. A newer address of one that nobody opened begins with five tries again."""
    inside = sealed.open_sealed(unit, event)
    assert isinstance(inside, Told)
    values = {
        "id": inside.share_id,
        "version": inside.version,
        "person_id": inside.person_id,
        "state": inside.state,
        "token_digest": bytes.fromhex(inside.token_digest),
        "word_salt": bytes.fromhex(inside.word_salt),
        "word_digest": bytes.fromhex(inside.word_digest),
        "until": inside.until,
        "wrong": 0,
    }
    statement = insert(SharedPage).values(values)
    await unit.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in values if name != "id"},
            where=(SharedPage.version < statement.excluded.version) & SharedPage.opened_at.is_(None),
        )
    )


class Words:
    """Compares words, slowly, beside the loop and not more than a few at once."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_HASHING_AT_ONCE)

    async def right(self, word: str, row: SharedPage | None) -> bool:
        """Whether this is the page's word; as slow for a page that there is not."""
        salt, kept = (row.word_salt, row.word_digest) if row else (_NOBODYS_SALT, _NOBODYS_WORD)
        async with self._free:
            return await asyncio.to_thread(chosen_word.same, word, salt, kept) and row is not None


async def find(unit: UnitOfWork, token: str) -> SharedPage | None:
    """The door behind an address; nothing is written."""
    return await unit.session.scalar(select(SharedPage).where(SharedPage.token_digest == _digest(token)))


async def attempt(unit: UnitOfWork, token: str, device: str, *, right: bool) -> Opened | None:
    """Count a try, or open the page. Tries at the same time come one after the other: none slips through uncounted."""
    row = await unit.session.scalar(
        select(SharedPage).where(SharedPage.token_digest == _digest(token)).with_for_update()
    )
    if row is None:
        return None
    now = clock.now()
    if not right or not _opens(row, device, now):
        row.wrong = min(row.wrong + 1, MOST_WRONG)
        unit.accessed(f"shared_page/{row.id}", [row.person_id], outcome="refused")
        return None
    unit.accessed(f"shared_page/{row.id}", [row.person_id])
    if row.opened_at is not None:
        return Opened(row.id, device, first=False)
    fresh = secrets.token_urlsafe(32)
    row.device_digest, row.opened_at = _digest(fresh), now
    return Opened(row.id, fresh, first=True)


async def give_back(unit: UnitOfWork, page_id: UUID) -> None:
    """It could not be shown after all: nobody has seen it, and it may be opened still."""
    row = await unit.session.get(SharedPage, page_id, with_for_update=True)
    if row is not None:
        row.device_digest = row.opened_at = None


def _opens(row: SharedPage, device: str, now: datetime) -> bool:
    if row.state != "open" or row.wrong >= MOST_WRONG:
        return False
    if row.opened_at is not None:
        same = row.device_digest is not None and secrets.compare_digest(row.device_digest, _digest(device))
        return same and now < row.opened_at + SITTING
    return clock.business_now() < row.until


def _digest(secret: str) -> bytes:
    # 160 random bits and more: a plain hash of them cannot be turned round.
    return hashlib.sha256(secret.encode()).digest()
