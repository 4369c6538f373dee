"""Drafts: what someone is typing is kept as they type, theirs alone, until they send it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import NotFound, Stale
from kit.store.tables import draft
from kit.store.unit import UnitOfWork


class Draft(BaseModel):
    """A draft as its owner left it."""

    kind: str
    key: str
    body: dict[str, Any]
    version: int
    updated_at: datetime


async def save(unit: UnitOfWork, kind: str, key: str, body: dict[str, Any], seen: int | None) -> Draft:
    """Keep what is typed. `seen` is the version the page started from: a second tab does not overwrite the first.

    The same words again are kept already: whoever never heard the answer, because the line broke, goes on typing.
    """
    here = (draft.c.owner == unit.cause.actor) & (draft.c.kind == kind) & (draft.c.key == key)
    if seen is not None:
        found = await unit.session.execute(
            update(draft)
            .where(here, draft.c.version == seen)
            .values(body=body, version=draft.c.version + 1, updated_at=clock.now())
            .returning(draft)
        )
    else:
        found = await unit.session.execute(
            insert(draft)
            .values(owner=unit.cause.actor, kind=kind, key=key, body=body, version=1, updated_at=clock.now())
            .on_conflict_do_nothing()
            .returning(draft)
        )
    row = found.one_or_none()
    if row is None:
        kept = (await unit.session.execute(select(draft).where(here))).one_or_none()
        if kept is None:
            raise NotFound("This draft was sent or thrown away: start a new one")
        if kept.body != body:
            raise _changed_elsewhere(kept, seen)
        row = kept
    return Draft.model_validate(row._mapping)


async def load(unit: UnitOfWork, kind: str, key: str) -> Draft:
    """The owner's draft."""
    row = (
        await unit.session.execute(
            select(draft).where(draft.c.owner == unit.cause.actor, draft.c.kind == kind, draft.c.key == key)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("You have no such draft")
    return Draft.model_validate(row._mapping)


async def listed(unit: UnitOfWork, kind: str, after: tuple[datetime, str] | None, most: int) -> list[Draft]:
    """The caller's own drafts of a kind, the last typed first; `after` is the last one's (updated_at, key)."""
    query = select(draft).where(draft.c.owner == unit.cause.actor, draft.c.kind == kind)
    if after is not None:
        query = query.where(tuple_(draft.c.updated_at, draft.c.key) < after)
    ordered = query.order_by(draft.c.updated_at.desc(), draft.c.key.desc()).limit(most)
    return [Draft.model_validate(row._mapping) for row in await unit.session.execute(ordered)]


async def discard(unit: UnitOfWork, kind: str, key: str, seen: int | None = None) -> None:
    """Throw a draft away, or it was sent: in the transaction that keeps what it became.

    With `seen`, the version that was sent, `Stale` when more was typed in another window since: it must not be lost.
    """
    here = (draft.c.owner == unit.cause.actor) & (draft.c.kind == kind) & (draft.c.key == key)
    if seen is not None:
        kept = (await unit.session.execute(select(draft).where(here).with_for_update())).one_or_none()
        if kept is not None and kept.version > seen:
            raise _changed_elsewhere(kept, seen)
    await unit.session.execute(delete(draft).where(here))


def _changed_elsewhere(kept: Any, seen: int | None) -> Stale:
    return Stale(
        "This draft was changed in another window",
        your_version=seen,
        current_version=kept.version,
        current=kept.body,
    )
