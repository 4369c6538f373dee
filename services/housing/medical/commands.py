"""Writes of medical assessments. The register hears the outcome, and what the home must be like; never why."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from kit import clock
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.housing.medical import rows
from services.housing.medical.models import MedicalAssessment
from services.housing.medical.shapes import Finding, NewForm
from services.housing.register import commands as register
from services.housing.register import rows as applications
from services.housing.register.models import Member
from services.housing.register.states import ENDED

_SEVERITY = ("a_medical", "b_medical", "no_medical")


async def send(unit: UnitOfWork, application_id: UUID, new: NewForm) -> MedicalAssessment:
    """What somebody of an application says of their health and their home; an assessor reads it, nobody else."""
    row = await applications.load(unit, application_id, for_change=True)
    if row.state in ENDED:
        raise Conflict("This application has ended", state=row.state, allowed=[])
    if new.person_id not in row.person_ids:
        raise invalid("/person_id", "Nobody of this application.", "of-this-application")
    now = clock.business_now()
    received_on = new.received_on or now.date()
    if received_on > now.date():
        raise invalid("/received_on", "This day has not come yet.", "not-in-future")
    form = MedicalAssessment(
        id=new_id(),
        version=1,
        application_id=row.id,
        person_id=new.person_id,
        state="received",
        received_on=received_on,
        form=new.form,
        sent_by=unit.cause.actor,
        sent_at=now,
        own_room=False,
        extra_rooms=[],
        changed_at=now,
    )
    unit.session.add(form)
    await unit.session.flush()
    unit.accessed(f"medical_assessment/{form.id}", [form.person_id])
    return form


async def assess(unit: UnitOfWork, assessment_id: UUID, expected: int, found: Finding) -> MedicalAssessment:
    """An assessor decides; the register weighs the application again with what came of it."""
    form = await rows.load(unit, assessment_id, expected)
    if form.state != "received":
        raise Conflict(f"It is {form.state} already", state=form.state, allowed=[])
    now = clock.business_now()
    form.state, form.outcome = "assessed", found.outcome
    form.access_needed, form.highest_floor = found.access_needed, found.highest_floor
    form.own_room, form.extra_rooms = found.own_room, sorted(set(found.extra_rooms))
    form.findings, form.assessed_by, form.assessed_on = found.findings, unit.cause.actor, now.date()
    form.version, form.changed_at = form.version + 1, now
    await unit.session.flush()
    unit.accessed(f"medical_assessment/{form.id}", [form.person_id])
    await _tell_register(unit, form, now.date())
    return form


async def _tell_register(unit: UnitOfWork, form: MedicalAssessment, today: date) -> None:
    """The latest outcome of each person counts; of several people, the most severe."""
    row = await applications.load(unit, form.application_id, for_change=True)
    latest: dict[UUID, MedicalAssessment] = {}
    query = select(MedicalAssessment).where(
        MedicalAssessment.application_id == row.id, MedicalAssessment.state == "assessed"
    )
    for each in await unit.session.scalars(query.order_by(MedicalAssessment.assessed_on, MedicalAssessment.sent_at)):
        latest[each.person_id] = each
    for person_id, each in latest.items():
        theirs = (Member.application_id == row.id) & (Member.person_id == person_id)
        await unit.session.execute(update(Member).where(theirs).values(own_room="health" if each.own_room else None))
    floors = [each.highest_floor for each in latest.values() if each.highest_floor is not None]
    row.access_needed = rows.best_access([each.access_needed for each in latest.values()])
    row.highest_floor = min(floors, default=None)
    said: dict[str, Any] = {
        "medical": min((each.outcome or "no_medical" for each in latest.values()), key=_SEVERITY.index),
        "extra_rooms": sorted({room for each in latest.values() for room in each.extra_rooms}),
        "own_rooms": sum(each.own_room for each in latest.values()),
        "access": row.access_needed,
        "highest_floor": row.highest_floor,
    }
    await register.note(unit, row, said, "medical")
