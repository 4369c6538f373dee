"""Which warnings a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.warnings.models import MeetingWarning

SENIOR = frozenset({"manager", "safeguarding_lead"})


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which warning.

    One that stands is for everybody who may meet them; one proposed, refused or removed is for the inside and for
    who proposed it, and a proposed one also for those who decide on it, or nobody could.
    """
    front = await about_person(unit, MeetingWarning.person_id, Part.FRONT)
    inside = await about_person(unit, MeetingWarning.person_id, Part.INSIDE)
    shown = [MeetingWarning.state == "standing", inside, MeetingWarning.proposed_by == unit.cause.actor]
    if SENIOR & set(unit.cause.roles):
        shown.append(MeetingWarning.state == "proposed")
    return front & or_(*shown)


async def load(unit: UnitOfWork, warning_id: UUID, expected: int) -> MeetingWarning:
    """The warning, locked; `NotFound` also for one that may not be shown, `Stale` when it has moved on."""
    query = select(MeetingWarning).where(MeetingWarning.id == warning_id, await visible_to(unit))
    row = (await unit.session.scalars(query.with_for_update(of=MeetingWarning))).one_or_none()
    if row is None:
        raise NotFound("We know of no such warning")
    check_version(row.version, expected)
    return row
