"""The smallest services the kit can make: what is measured is the kit, not anybody's rules.

They stand in casefile's and grants' place because the gateway's table, the catalogue and the bus's rights know those:
every check is the real one.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import JSON, Date, Identity, Text, create_engine, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.types import ASGIApp

from kit import clock
from kit.contracts.casefile.people import HouseholdState, Member
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.ids import new_id
from kit.service import Service
from kit.settings import Settings, load
from kit.store import access, foundation
from kit.store.access import KnownHousehold
from kit.store.db import metadata
from kit.store.unit import UnitOfWork
from kit.web.app import build_app
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may

FORMED = "casefile.household.formed"
HOUSEHOLD = UUID("0193a5b0-0000-7000-8000-000000000001")


class Base(DeclarativeBase):
    metadata = metadata()


class HouseholdRow(Base):
    """What the write path saves."""

    __tablename__ = "bench_household"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    formed_on: Mapped[date] = mapped_column(Date)
    member_ids: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)


class EffectRow(Base):
    """What an event leaves behind in the service that consumes it. Nothing here keeps a second one out."""

    __tablename__ = "bench_effect"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    event_id: Mapped[UUID]
    members: Mapped[int]


HOUSEHOLDS, EFFECTS = Base.metadata.tables["bench_household"], Base.metadata.tables["bench_effect"]


class NewHousehold(BaseModel):
    kind: str
    formed_on: date
    member_ids: list[UUID]
    note: str = ""


class HouseholdView(NewHousehold):
    id: UUID
    version: int


class KnownAnswer(BaseModel):
    question: str
    value: str
    source: str
    on: date


router = APIRouter(route_class=UnitRoute, tags=["bench"])


@router.get("/known", **may("casefile.known.read"))
async def read_known(unit: Unit, person_id: UUID) -> list[KnownAnswer]:
    """The lightest route there can be: a guarded answer of 300 bytes that needs no row."""
    day = date(2026, 4, 1)
    return [
        KnownAnswer(question=code, value="yes", source=f"contact/{person_id}", on=day)
        for code in ("tenancy", "benefits")
    ]


@router.get("/households/{household_id}", **may("casefile.household.read", refusals=(404,)))
async def read_household(unit: Unit, household_id: UUID) -> KnownHousehold:
    """A record as every service shows it: two selects, and the reader goes on record."""
    return await access.household(unit, household_id)


@router.post("/households", status_code=201, **may("casefile.household.form", keyed=True))
async def form_household(unit: Unit, response: Response, body: NewHousehold) -> HouseholdView:
    """Saves a row, announces it, puts the writer on record; the kit keeps the answer under its key."""
    row = HouseholdRow(id=new_id(), **row_of(body))
    unit.session.add(row)
    unit.emit(FORMED, state(row.id, body.member_ids, body.formed_on), aggregate_id=row.id, sequence=1)
    unit.accessed(f"household/{row.id}", body.member_ids)
    response.headers["Location"] = f"/v1/casefile/households/{row.id}"
    set_etag(response, 1)
    return HouseholdView(id=row.id, version=1, **body.model_dump())


def row_of(body: NewHousehold) -> dict[str, Any]:
    """The columns of a new household."""
    return {**body.model_dump(), "member_ids": [str(each) for each in body.member_ids]}


def state(household_id: UUID, member_ids: Sequence[UUID], since: date) -> HouseholdState:
    """The event's data."""
    members = tuple(Member(from_=since, person_id=each) for each in member_ids)
    return HouseholdState(household_id=household_id, members=members, changed_at=clock.now())


def member_ids(count: int) -> list[UUID]:
    """Ids of so many people."""
    return [uuid5(HOUSEHOLD, str(number)) for number in range(count)]


effects = Handlers()


@effects.batched_reaction(FORMED)
async def take_effect(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """One row for each event."""
    rows = [{"event_id": event.id, "members": len(event.data.members)} for event in events]
    await unit.session.execute(insert(EFFECTS), rows)


PRODUCER = Service("casefile", "The service that is measured", Base.metadata, routers=(router,))
CONSUMER = Service("grants", "The service that hears of it", Base.metadata, handlers=(effects,))


def make_tables(url: str) -> None:
    """The kit's tables and ours, in an empty database."""
    engine = create_engine(url)
    with engine.begin() as connection:
        foundation.create_all(connection)
        Base.metadata.create_all(connection, [HOUSEHOLDS, EFFECTS])
    engine.dispose()


def producer() -> ASGIApp:
    """The producer's api, from the environment."""
    return build_app(PRODUCER, load(Settings))
