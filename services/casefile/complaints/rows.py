"""Which complaints a caller may reach."""

from uuid import UUID

from sqlalchemy import ColumnElement, any_, exists, literal, or_, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.complaints.models import Complaint
from services.casefile.people.models import Person
from services.casefile.people.visibility import visible_to as people_visible_to


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which complaint: never one about oneself, nor of somebody kept back from one.

    Who took it in sees it, whoever it is about: else a 404 would tell that the person is restricted.
    """
    known = select(Person.id).where(Person.id == Complaint.person_id)
    shown = exists(known.where(await people_visible_to(unit)).correlate(Complaint))
    nobody = ~exists(known.correlate(Complaint))
    about_me = literal(unit.cause.actor) == any_(Complaint.about_workers)
    return ~about_me & or_(shown, nobody, Complaint.received_by == unit.cause.actor)


async def load(unit: UnitOfWork, complaint_id: UUID, expected: int) -> Complaint:
    """One complaint, locked."""
    query = select(Complaint).where(Complaint.id == complaint_id, await visible_to(unit)).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such complaint")
    check_version(row.version, expected)
    return row
