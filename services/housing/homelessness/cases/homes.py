"""A home from the register begins while a duty is owed: the case says that somebody has to decide.

No duty ends by itself here: whether the home was suitable is an officer's decision (Housing Act 1996 s193(6)(c) and
(7F); ss189B(7)(a) and 195(8)(a) for those before), and the applicant may ask for a review of it. Called by lettings, in
the transaction of the letting; whoever lets learns nothing of the case.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from kit import clock
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows
from services.housing.homelessness.cases.models import HomelessnessCase, HomelessnessDuty

TO_DECIDE: Final = {
    "main": "Housing Act 1996 s193(6)(c) and (7F)",
    "relief": "Housing Act 1996 s189B(7)(a)",
    "prevention": "Housing Act 1996 s195(8)(a)",
}
"""Duties that a suitable home from the register ends, with the rule."""
DECIDE: Final = "They have a home from the register: decide whether it ends"


async def begin(unit: UnitOfWork, person_id: UUID, letting_id: UUID, starts_on: date) -> Sequence[HomelessnessCase]:
    """Open cases of whoever got the home that still have such a duty; each says so from now on."""
    same = [person_id, *await access.same_person(unit, person_id)]
    owed = select(HomelessnessDuty.case_id).where(
        HomelessnessDuty.duty.in_(TO_DECIDE), HomelessnessDuty.ended_on.is_(None)
    )
    found = await _locked(
        unit,
        or_(HomelessnessCase.person_id.in_(same), HomelessnessCase.member_person_ids.overlap(same))
        & HomelessnessCase.closed_on.is_(None)
        & HomelessnessCase.id.in_(owed),
    )
    for row in found:
        _set(unit, row, starts_on, letting_id)
    return found


async def undo(unit: UnitOfWork, letting_id: UUID) -> None:
    """The letting fell through: there is nothing to decide."""
    for row in await _locked(unit, HomelessnessCase.home_letting_id == letting_id):
        _set(unit, row, None, None)


def _set(unit: UnitOfWork, row: HomelessnessCase, starts_on: date | None, letting_id: UUID | None) -> None:
    row.home_from, row.home_letting_id = starts_on, letting_id
    row.version, row.changed_at = row.version + 1, clock.business_now()
    rows.on_record(unit, row)


async def _locked(unit: UnitOfWork, which: ColumnElement[bool]) -> Sequence[HomelessnessCase]:
    query = select(HomelessnessCase).where(which).order_by(HomelessnessCase.id)
    return (await unit.session.scalars(query.with_for_update())).all()
