"""Writes of temporary homes."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.errors import Conflict
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.placements import domain, rules
from services.housing.placements.domain import EndReason
from services.housing.placements.models import Placement, TemporaryHome
from services.housing.placements.rows import load_home
from services.housing.placements.shapes import HomeSaid


async def add(unit: UnitOfWork, said: HomeSaid) -> TemporaryHome:
    """A home that we may place into. `Conflict` where one has this reference."""
    _check(said)
    row = TemporaryHome(id=new_id(), version=1, **_values(unit, said))
    await _save(unit, row)
    return row


async def change(unit: UnitOfWork, home_id: UUID, expected: int, said: HomeSaid) -> TemporaryHome:
    """Put a home right, or say until when we have it: not before somebody who is there has left.

    Stays keep what the home was when they were entered: what the law says of a past night does not change.
    """
    row = await load_home(unit, home_id, for_change=True)
    check_version(row.version, expected)
    _check(said)
    if said.until is not None:
        there = select(Placement.id).where(
            Placement.home_id == row.id,
            Placement.end_reason.is_distinct_from(EndReason.RECORDED_BY_MISTAKE),
            or_(Placement.left_on.is_(None), Placement.left_on > said.until),
        )
        if await unit.session.scalar(there.limit(1)) is not None:
            raise Conflict("Somebody stays there past that day: move them first", state="taken", allowed=["moved"])
    for name, value in _values(unit, said).items():
        setattr(row, name, value)
    row.version += 1
    await _save(unit, row)
    return row


def _check(said: HomeSaid) -> None:
    rule = rules.on(rules.standing().bed_and_breakfast, clock.today())
    domain.check_place(said.as_rules_see_it(), rule.private_homes_count)


def _values(unit: UnitOfWork, said: HomeSaid) -> dict[str, Any]:
    values = said.model_dump(exclude={"nightly_cost_pence", "shares"})
    return values | {
        "shares": sorted(set(said.shares)),
        "nightly_cost": said.nightly_cost_pence,
        "changed_by": unit.cause.actor,
        "changed_at": clock.business_now(),
    }


async def _save(unit: UnitOfWork, row: TemporaryHome) -> None:
    try:
        async with unit.session.begin_nested():
            unit.session.add(row)
            await unit.session.flush()
    except IntegrityError as error:
        if "uq_temporary_home_reference" in str(error.orig):
            raise Conflict("Another temporary home has this reference", state="taken", allowed=[]) from error
        raise
    unit.accessed(f"temporary_home/{row.id}")
