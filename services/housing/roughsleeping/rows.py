"""Which people on the street a caller may reach, and how things are loaded."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.housing.roughsleeping.domain import HOLDS
from services.housing.roughsleeping.models import BedOffer, NightBed, NightCount, SevereWeather, Sighting, StreetStay
from services.housing.tables import Base

Row = TypeVar("Row", bound=Base)


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which person: not one who is kept back from the caller."""
    return ~access.kept_back(cause, StreetStay.person_id.expression)


async def stay(unit: UnitOfWork, stay_id: UUID, *, for_change: bool = False) -> StreetStay:
    """A person's way, locked if it is to change."""
    query = select(StreetStay).where(StreetStay.id == stay_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update(of=StreetStay)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of nobody on the street by that id")
    unit.accessed(f"street_stay/{row.id}", [row.person_id] if row.person_id else [])
    return row


async def sighting(unit: UnitOfWork, id_: UUID) -> Sighting:
    """A sighting, locked."""
    return await _one(unit, Sighting, id_, "sighting")


async def bed(unit: UnitOfWork, id_: UUID) -> NightBed:
    """A place with beds, locked: who asks for its last bed at once comes one after the other."""
    return await _one(unit, NightBed, id_, "place with beds")


async def offer(unit: UnitOfWork, bed_id: UUID, offer_id: UUID) -> BedOffer:
    """A bed held for somebody whom the caller may see, locked."""
    row = await unit.session.get(BedOffer, offer_id, with_for_update=True)
    if row is None or row.bed_id != bed_id:
        raise NotFound("We know of no such offer")
    await stay(unit, row.stay_id)
    return row


async def weather(unit: UnitOfWork, id_: UUID) -> SevereWeather:
    """A time of severe weather, locked."""
    return await _one(unit, SevereWeather, id_, "severe weather")


async def count(unit: UnitOfWork, id_: UUID) -> NightCount:
    """A count, locked."""
    return await _one(unit, NightCount, id_, "count")


async def severe_weather(unit: UnitOfWork) -> bool:
    """Whether the protocol stands now."""
    return await unit.session.scalar(select(SevereWeather.id).where(SevereWeather.standing)) is not None


async def held(unit: UnitOfWork, bed_id: UUID, night: object) -> int:
    """How many beds of a place are held on a night."""
    query = select(func.count()).select_from(BedOffer)
    found = query.where(BedOffer.bed_id == bed_id, BedOffer.night == night, BedOffer.state.in_(HOLDS))
    return await unit.session.scalar(found) or 0


async def _one(unit: UnitOfWork, model: type[Row], id_: UUID, what: str) -> Row:
    row = await unit.session.get(model, id_, with_for_update=True)
    if row is None:
        raise NotFound(f"We know of no such {what}")
    return row
