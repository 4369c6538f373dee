"""Reads of public bodies' referrals. Every one goes on record; those of people kept back do not appear."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_

from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.duty_to_refer.models import DutyToRefer
from services.triage.duty_to_refer.shapes import DutyToReferSummary, DutyToReferView
from services.triage.known.knowing import shown


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which referral."""
    home = DutyToRefer.household_id.expression
    return shown(cause, DutyToRefer.person_id.expression, DutyToRefer.blind_by.expression, home)


async def referral(unit: UnitOfWork, id_: UUID) -> DutyToReferView:
    """One of them, whole."""
    query = select(DutyToRefer).where(DutyToRefer.id == id_, visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such referral")
    unit.accessed(f"duty_to_refer/{row.id}", [row.person_id] if row.person_id else [])
    summary = DutyToReferSummary.model_validate(row).model_dump()
    rest = {name: getattr(row, name) for name in ("reference", "referrer", "consent", "note", "organisation_id")}
    return DutyToReferView.model_validate({**summary, **rest, "person": row.about})


async def referrals(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[DutyToReferSummary]:
    """Up to `most` after `place`, the latest first."""
    query = select(DutyToRefer).where(visible_to(unit.cause))
    order = (DutyToRefer.received_at, DutyToRefer.id)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*(each.desc() for each in order)).limit(most))).all()
    unit.accessed("duties_to_refer", {row.person_id for row in rows if row.person_id})
    return [DutyToReferSummary.model_validate(row) for row in rows]


def place_of(shown: DutyToReferSummary) -> list[Any]:
    """Where a referral stands in the list."""
    return [shown.received_at.isoformat(), str(shown.id)]
