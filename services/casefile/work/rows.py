"""Which journeys a caller may reach, and how one is loaded."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from kit.contracts.purposes import PURPOSES, Reach
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.work.models import WorkCheck, WorkJob, WorkJourney


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which journey: who sees inside the person's file, and who goes the way with them."""
    mine = and_(WorkJourney.worker == unit.cause.actor, await about_person(unit, WorkJourney.person_id, Part.FRONT))
    return or_(mine, await about_person(unit, WorkJourney.person_id, Part.INSIDE))


async def shared_with(unit: UnitOfWork) -> ColumnElement[bool]:
    """What a work coach may see of: whoever agreed to share goals with this one, while the journey is open."""
    front = await about_person(unit, WorkJourney.person_id, Part.FRONT)
    return and_(WorkJourney.coach == unit.cause.actor, WorkJourney.state == "open", front)


def reaches_health(unit: UnitOfWork) -> bool:
    """Whether this purpose may reach special category data."""
    purpose = PURPOSES.get(unit.cause.purpose)
    return purpose is not None and purpose.reach is Reach.SPECIAL


async def load(unit: UnitOfWork, journey_id: UUID) -> WorkJourney:
    """A journey, locked for a change; `NotFound` for one the caller may not see."""
    query = select(WorkJourney).where(WorkJourney.id == journey_id, await visible_to(unit)).with_for_update()
    row = (await unit.session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound("We know of no such journey")
    return row


async def jobs_of(unit: UnitOfWork, journey_ids: Sequence[UUID]) -> dict[UUID, list[tuple[WorkJob, list[WorkCheck]]]]:
    """Each journey's jobs, the latest first, with their checks."""
    await unit.session.flush()
    query = select(WorkJob).where(WorkJob.journey_id.in_(journey_ids)).order_by(WorkJob.started_on.desc(), WorkJob.id)
    jobs = (await unit.session.scalars(query)).all()
    found: dict[UUID, list[tuple[WorkJob, list[WorkCheck]]]] = {each: [] for each in journey_ids}
    if not jobs:
        return found
    checks = select(WorkCheck).where(WorkCheck.job_id.in_([job.id for job in jobs])).order_by(WorkCheck.weeks)
    by_job: dict[UUID, list[WorkCheck]] = {}
    for check in await unit.session.scalars(checks):
        by_job.setdefault(check.job_id, []).append(check)
    for job in jobs:
        found[job.journey_id].append((job, by_job.get(job.id, [])))
    return found
