"""Writes about households: form one, join one, leave one."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from kit import clock
from kit.errors import invalid
from kit.store.unit import UnitOfWork
from services.casefile.people import commands as people
from services.casefile.people import membership
from services.casefile.people.models import Household


async def form(unit: UnitOfWork, person_ids: Sequence[UUID], since: date, *, moving: bool) -> Household:
    """A household of people known to us; `moving` ends their places elsewhere."""
    _check_day(since, "/since")
    ordered = sorted(set(person_ids))
    rows = [await people.load(unit, each) for each in ordered]
    for person in rows:
        people.check_stands(person)
    if moving:
        await membership.lock(unit, (), ordered)
    household = await membership.form(unit, [], since)
    for person in rows:
        await membership.join(unit, household, person, since, moving=moving)
    unit.accessed(f"household/{household.id}", ordered)
    return household


async def join(unit: UnitOfWork, household_id: UUID, person_id: UUID, since: date, *, moving: bool) -> Household:
    """Someone joins a household."""
    _check_day(since, "/since")
    person = await people.load(unit, person_id)
    people.check_stands(person)
    household = (await membership.lock(unit, [household_id], [person_id] if moving else ()))[household_id]
    await membership.join(unit, household, person, since, moving=moving)
    unit.accessed(f"household/{household.id}", [person.id])
    return household


async def leave(unit: UnitOfWork, household_id: UUID, person_id: UUID, until: date) -> Household:
    """Someone leaves a household; `until` is the first day they no longer belong."""
    _check_day(until, "/until")
    person = await people.load(unit, person_id)
    people.check_met(person)
    household = await membership.load(unit, household_id)
    await membership.leave(unit, household, person, until)
    unit.accessed(f"household/{household.id}", [person.id])
    return household


def _check_day(day: date, pointer: str) -> None:
    if day > clock.today():
        raise invalid(pointer, "A change of household is recorded when it has happened.", "not-in-the-future")
