"""How a share is loaded, whose it may be, where it stands, and how it is shown."""

from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Person
from services.casefile.plans.domain import PlanStatus
from services.casefile.plans.models import Plan
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
    if not await is_theirs(unit, person_id, plan_id):
        raise invalid("/plan_id", "No plan of theirs that still stands.", "their-plan")


async def is_theirs(unit: UnitOfWork, person_id: UUID, plan_id: UUID) -> bool:
    """Whether that is a living plan of that person."""
    whole = await all_ids(unit.session, [person_id])
    query = select(Plan.id).where(Plan.id == plan_id, Plan.person_id.in_(whole), Plan.state != PlanStatus.ENDED)
    return await unit.session.scalar(query) is not None


async def load(unit: UnitOfWork, share_id: UUID, *, for_change: bool = False) -> Share:
    """The row, locked if it is to change; `NotFound`."""
    query = select(Share).where(Share.id == share_id, await visible_to(unit))
    if for_change:
        query = query.with_for_update(of=Share)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such share")
    return row


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
