"""Reads of shares: for whoever made one, and the page itself for whom it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, tuple_

from kit.store.unit import UnitOfWork
from services.casefile.looked import queries as looked_reads
from services.casefile.looked.queries import LookedView
from services.casefile.people.aliases import all_ids
from services.casefile.plans import queries as plan_reads
from services.casefile.plans.shapes import SharedPlan
from services.casefile.shares import rows
from services.casefile.shares.domain import Shows
from services.casefile.shares.models import Share
from services.casefile.shares.rows import ShareView


class PageView(BaseModel):
    """What the page shows; no name of anybody, no service, no address."""

    plan: SharedPlan | None
    looked: LookedView | None


async def page(unit: UnitOfWork, row: Share) -> PageView:
    """What the page shows to whom it is about. A plan that ended since, or is not theirs any more, is not there."""
    plan = looked = None
    if Shows.PLAN in row.shows and row.plan_id is not None and await rows.is_theirs(unit, row.person_id, row.plan_id):
        plan = await plan_reads.shared(unit, row.plan_id)
    if Shows.LOOKED in row.shows:
        looked = await looked_reads.own_view(unit, row.person_id)
    return PageView(plan=plan, looked=looked)


async def view(unit: UnitOfWork, share_id: UUID) -> ShareView:
    """One of them, put on record as read."""
    row = await rows.load(unit, share_id)
    unit.accessed(f"share/{row.id}", [row.person_id])
    return rows.shown(row)


async def of_person(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[ShareView]:
    """What was shared with somebody, under whichever of their ids, the newest first."""
    query = select(Share).where(
        Share.person_id.in_(await all_ids(unit.session, [person_id])), await rows.visible_to(unit)
    )
    if after is not None:
        query = query.where(tuple_(Share.made_at, Share.id) < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    found = (await unit.session.scalars(query.order_by(Share.made_at.desc(), Share.id.desc()).limit(limit))).all()
    unit.accessed("shares", [person_id])
    return [rows.shown(row) for row in found]


def place_of(share: ShareView) -> list[Any]:
    """Where it stands in the list."""
    return [share.made_at.isoformat(), str(share.id)]
