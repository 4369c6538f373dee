"""Lettings put together: doors, alarms, and what belongs to the moment in which a tenancy begins, ends or falls."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from fastapi import APIRouter

from kit.store.unit import UnitOfWork
from services.housing.decants import commands as decants
from services.housing.homelessness.cases import homes as homelessness
from services.housing.lettings.adverts import api as adverts
from services.housing.lettings.adverts import commands as closing
from services.housing.lettings.bids import api as bids
from services.housing.lettings.models import Letting
from services.housing.lettings.offers import api as offers
from services.housing.lettings.own import api as own
from services.housing.lettings.results import api as results
from services.housing.lettings.shortlists import api as shortlists
from services.housing.lettings.shortlists import commands as telling
from services.housing.lettings.tenancies import api as tenancies
from services.housing.lettings.tenancies import commands as letting
from services.housing.placements import commands as placements
from services.housing.register import commands as register
from services.housing.rents import commands as rents
from services.housing.returns.core import api as core
from services.housing.returns.core import commands as core_logs

ROUTERS: tuple[APIRouter, ...] = (
    adverts.router,
    bids.router,
    shortlists.router,
    offers.router,
    tenancies.router,
    results.router,
    own.router,
    core.router,
)
TIMERS: Mapping[str, Callable[[UnitOfWork, UUID], Awaitable[None]]] = {
    closing.CLOSE: closing.close_when_due,
    telling.TELL: telling.tell_bidders,
}


async def _begin(unit: UnitOfWork, row: Letting) -> None:
    # First, while the home and the application still say what they said before.
    await core_logs.open_log(unit, row)
    await register.housed(unit, row.application_id, row.id, row.starts_on)
    if row.household_id is not None:
        await placements.end_for_letting(unit, row.household_id, row.id, row.starts_on)
    await homelessness.begin(unit, row.person_id, row.id, row.starts_on)
    await decants.follow_letting(unit, row.person_id, row.household_id, row.home_id, row.id, row.starts_on)
    await rents.follow_letting(unit, row.id, row.home_id, row.person_id)


async def _finish(unit: UnitOfWork, row: Letting) -> None:
    if row.ends_on is not None:
        await rents.end_for_home(unit, row.home_id, row.ends_on)


async def _fall(unit: UnitOfWork, row: Letting) -> None:
    await register.not_housed(unit, row.application_id)
    await placements.undo_letting(unit, row.id)
    await homelessness.undo(unit, row.id)
    await decants.undo_letting(unit, row.id)
    await rents.undo_letting(unit, row.id)


letting.AFTER_START.append(_begin)
letting.AFTER_END.append(_finish)
letting.AFTER_FALL.append(_fall)
