"""Reads of shares: for whoever made one, and the page itself for whom it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.looked import queries as looked_reads
from services.casefile.looked.queries import LookedView
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Person
from services.casefile.plans import queries as plan_reads
from services.casefile.plans.domain import PlanStatus
from services.casefile.plans.models import Plan
from services.casefile.plans.shapes import SharedPlan
from services.casefile.shares import domain
from services.casefile.shares.domain import Shows, Standing
from services.casefile.shares.models import Share


class ShareView(BaseModel):
    """A page shared with somebody. Neither its address nor its word is in it: nobody has them but that person."""

    id: UUID
    version: int
    person_id: UUID
    shows: list[Shows]
    plan_id: UUID | None
    way: str | None = Field(description="sms or email; null: the address was shown face to face")
    standing: Standing
    until: UtcDatetime
    made_by: str
    made_at: UtcDatetime
    opened_at: UtcDatetime | None
    withdrawn_at: UtcDatetime | None
    allowed: list[str]


class PageView(BaseModel):
    """What the page shows; no name of anybody, no service, no address."""

    plan: SharedPlan | None
    looked: LookedView | None


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """Shares are inside the file of whom they are for."""
    return await about_person(unit, Share.person_id, Part.INSIDE)


async def check_person(unit: UnitOfWork, person_id: UUID) -> None:
    """`NotFound` unless the caller may see inside this person's file."""
    inside = await about_person(unit, Person.id, Part.INSIDE)
    if await unit.session.scalar(select(Person.id).where(Person.id == person_id, inside)) is None:
        raise NotFound("We know of no such person")


async def check_plan(unit: UnitOfWork, person_id: UUID, plan_id: UUID) -> None:
    """`Invalid` unless that is a living plan of this person: one person's page never shows another's."""
    if not await _is_theirs(unit, person_id, plan_id):
        raise invalid("/plan_id", "No plan of theirs that still stands.", "their-plan")


async def _is_theirs(unit: UnitOfWork, person_id: UUID, plan_id: UUID) -> bool:
    whole = await all_ids(unit.session, [person_id])
    query = select(Plan.id).where(Plan.id == plan_id, Plan.person_id.in_(whole), Plan.state != PlanStatus.ENDED)
    return await unit.session.scalar(query) is not None


async def page(unit: UnitOfWork, row: Share) -> PageView:
    """What the page shows to whom it is about. A plan that ended since, or is not theirs any more, is not there."""
    plan = looked = None
    if Shows.PLAN in row.shows and row.plan_id is not None and await _is_theirs(unit, row.person_id, row.plan_id):
        plan = await plan_reads.shared(unit, row.plan_id)
    if Shows.LOOKED in row.shows:
        looked = await looked_reads.own_view(unit, row.person_id)
    return PageView(plan=plan, looked=looked)


async def load(unit: UnitOfWork, share_id: UUID, *, for_change: bool = False) -> Share:
    """The row, locked if it is to change; `NotFound`."""
    query = select(Share).where(Share.id == share_id, await visible_to(unit))
    if for_change:
        query = query.with_for_update(of=Share)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such share")
    return row


async def view(unit: UnitOfWork, share_id: UUID) -> ShareView:
    """One of them, put on record as read."""
    row = await load(unit, share_id)
    unit.accessed(f"share/{row.id}", [row.person_id])
    return shown(row)


async def of_person(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[ShareView]:
    """What was shared with somebody, under whichever of their ids, the newest first."""
    query = select(Share).where(Share.person_id.in_(await all_ids(unit.session, [person_id])), await visible_to(unit))
    if after is not None:
        query = query.where(tuple_(Share.made_at, Share.id) < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    rows = (await unit.session.scalars(query.order_by(Share.made_at.desc(), Share.id.desc()).limit(limit))).all()
    unit.accessed("shares", [person_id])
    return [shown(row) for row in rows]


def standing_of(row: Share) -> Standing:
    """Where it stands now."""
    return domain.standing(
        opened=row.opened_at is not None,
        withdrawn=row.withdrawn_at is not None,
        until=row.until,
        now=clock.business_now(),
    )


def shown(row: Share) -> ShareView:
    """The share as its maker sees it."""
    columns = {name: getattr(row, name) for name in ShareView.model_fields if name not in ("standing", "allowed")}
    standing = standing_of(row)
    return ShareView.model_validate({**columns, "standing": standing, "allowed": domain.allowed_from(standing)})


def place_of(share: ShareView) -> list[Any]:
    """Where it stands in the list."""
    return [share.made_at.isoformat(), str(share.id)]
