"""Reads of medical assessments, for assessors; each on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.medical import rows
from services.housing.medical.models import MedicalAssessment
from services.housing.medical.shapes import AssessmentView, Receipt
from services.housing.register import rows as applications


async def assessment(unit: UnitOfWork, assessment_id: UUID) -> AssessmentView:
    """One of them, whole."""
    query = select(MedicalAssessment).where(MedicalAssessment.id == assessment_id, rows.visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such assessment")
    unit.accessed(f"medical_assessment/{row.id}", [row.person_id])
    return AssessmentView.model_validate(row)


async def waiting(unit: UnitOfWork, state: str, place: Sequence[Any] | None, most: int) -> list[Receipt]:
    """Those in a state, the one received first on top: without what is in them."""
    query = select(MedicalAssessment).where(MedicalAssessment.state == state, rows.visible_to(unit.cause))
    order = (MedicalAssessment.received_on, MedicalAssessment.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("medical_assessments", {each.person_id for each in found})
    return [receipt(each) for each in found]


async def of_application(unit: UnitOfWork, application_id: UUID) -> list[Receipt]:
    """What was sent for an application, and what came of it: all that its officers see."""
    row = await applications.load(unit, application_id)
    query = select(MedicalAssessment).where(MedicalAssessment.application_id == row.id, rows.visible_to(unit.cause))
    order = (MedicalAssessment.received_on, MedicalAssessment.id)
    found = (await unit.session.scalars(query.order_by(*order))).all()
    unit.accessed(f"application/{row.id}", {each.person_id for each in found})
    return [receipt(each) for each in found]


def place_of(shown: Receipt) -> list[Any]:
    """Where an assessment stands in the list."""
    return [shown.received_on.isoformat(), str(shown.id)]


def receipt(row: MedicalAssessment) -> Receipt:
    """An assessment as those see it who may not read it."""
    return Receipt(**{name: getattr(row, name) for name in Receipt.model_fields})
