"""A small service built from the kit, for tests that need a real one.

Its api keeps *things* and announces each as a household of casefile's. Its other half, under housing's name, counts
the effects that events have there. Databases are made from the shared tables and these; nothing here is a real service.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI, HTTPException, Query, Request, Response
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Text, create_engine, insert, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.contracts.casefile.people import HouseholdState, PersonState
from kit.contracts.envelope import Event
from kit.errors import Conflict, Forbidden
from kit.events.handlers import Handlers, NotYet
from kit.events.topology import Durable, declare, durables
from kit.ids import new_id
from kit.service import Service
from kit.settings import Settings
from kit.store import foundation, jobs, timers
from kit.store.db import Database, metadata
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.web.app import build_app
from kit.web.identity import mint
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, check_version, set_etag
from kit.web.routing import Unit, UnitRoute, may

MAKER, COUNTER = "casefile", "housing"
FORMED, REGISTERED = "casefile.household.formed", "casefile.person.registered"
KEY = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)
PUBLIC_KEYS = {"keys": [KEY.as_dict(private=False)]}
SECRET = "a secret of the tests, long enough to be taken"


class Base(DeclarativeBase):
    metadata = metadata()


class Thing(Base):
    __tablename__ = "thing"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    version: Mapped[int]


class Effect(Base):
    """One row each time an event takes effect: nothing but the inbox keeps it from being two."""

    __tablename__ = "effect"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event_id: Mapped[UUID]
    note: Mapped[str] = mapped_column(Text)


# A commit that fails for some names, after every statement of the request has succeeded.
_DOOM = """
    create function refuse_doomed() returns trigger language plpgsql as
    $$ begin if new.name like 'doomed%' then raise exception 'not %', new.name; end if; return null; end $$;
    create constraint trigger doom after insert on thing deferrable initially deferred
    for each row execute function refuse_doomed()
"""


def make_tables(url: str) -> None:
    """The shared tables and ours."""
    engine = create_engine(url)
    with engine.begin() as connection:
        foundation.create_all(connection)
        Base.metadata.create_all(connection)
        connection.execute(text(_DOOM))
    engine.dispose()


# The api ---------------------------------------------------------------------------------------------------

router = APIRouter(route_class=UnitRoute, prefix="/things")


class NewThing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=300)
    size: int = Field(0, ge=0)


class ThingView(BaseModel):
    id: UUID
    name: str
    version: int


def announce(unit: UnitOfWork, household_id: UUID, sequence: int = 1) -> UUID:
    state = HouseholdState(household_id=household_id, changed_at=datetime.now(UTC))
    return unit.emit(FORMED, state, aggregate_id=household_id, sequence=sequence)


@router.post("", status_code=201, **may("casefile.thing.make", keyed=True, refusals=(409,)))
async def make_thing(unit: Unit, request: Request, response: Response, body: NewThing) -> ThingView:
    thing_id = new_id()
    await unit.session.execute(insert(Thing).values(id=thing_id, name=body.name, version=1))
    announce(unit, thing_id)
    unit.accessed(f"thing/{thing_id}", [thing_id])
    if body.name.startswith("refused"):
        raise Conflict("We do not take this one")
    if body.name.startswith("forbidden"):
        raise Forbidden("You may not make this one")
    if body.name.startswith("answered"):
        response.status_code = 400
    if body.name.startswith(("slow", "dawdling")):
        await asyncio.sleep(0.3 if body.name.startswith("slow") else 3)
    response.headers["Location"] = f"{request.url.path}/{thing_id}"
    set_etag(response, 1)
    return ThingView(id=thing_id, name=body.name, version=1)


@router.get("", **may("casefile.thing.read"))
async def list_things(unit: Unit, paging: Paging) -> Page[ThingView]:
    query = select(Thing).order_by(Thing.id).limit(paging.limit + 1)
    if paging.place is not None:
        (last,) = paging.place
        query = query.where(Thing.id > UUID(last))
    found = [ThingView(id=each.id, name=each.name, version=each.version) for each in await unit.session.scalars(query)]
    return paging.page(found, lambda thing: [thing.id])


@router.get("/names", **may("casefile.thing.read"))
async def list_names(unit: Unit, paging: Paging) -> Page[str]:
    name, number = paging.place if paging.place is not None else ("a name", 0)
    return paging.page([name] * (paging.limit + 1), lambda name: [name, number + 1])


@router.patch("/{thing_id}", **may("casefile.thing.change", refusals=(404, 412, 428)))
async def change_thing(unit: Unit, response: Response, thing_id: UUID, body: NewThing, expected: Expected) -> ThingView:
    thing = (await unit.session.scalars(select(Thing).where(Thing.id == thing_id).with_for_update())).one()
    check_version(thing.version, expected, {"name": thing.name})
    thing.name, thing.version = body.name, thing.version + 1
    announce(unit, thing_id, thing.version)
    set_etag(response, thing.version)
    return ThingView(id=thing.id, name=thing.name, version=thing.version)


@router.get("/break/{how}", **may("casefile.thing.read"))
async def break_it(unit: Unit, how: str, status: Annotated[int, Query()] = 0) -> None:
    if how == "status":
        raise HTTPException(status, "the words of the library")
    if how == "fault":
        raise KeyError("Ada Lovelace, 12 December 1815")
    if how == "constraint":
        await unit.session.execute(text("insert into effect (number, event_id, note) values (1, null, 'Ada')"))
    if how == "statement":
        await unit.session.execute(text("set local statement_timeout = 10"))
        await unit.session.execute(text("select pg_sleep(1)"))


@router.post("/raw", status_code=201, **may("casefile.thing.make", streamed=True))
async def count_bytes(request: Request, unit: Unit) -> int:
    size = 0
    async for piece in request.stream():
        size += len(piece)
    return size


@router.post("/jobs/{kind}", status_code=202, **may("casefile.thing.make"))
async def begin_job(unit: Unit, kind: str, request: Request) -> UUID:
    return await jobs.start(unit, kind, await request.json())


# What events and alarms do ----------------------------------------------------------------------------------

handlers = Handlers()


@handlers.reaction(FORMED)
async def count_effect(unit: UnitOfWork, event: Event[Any]) -> None:
    await unit.session.execute(insert(Effect).values(event_id=event.id, note="formed"))


@handlers.projection(REGISTERED)
async def keep_person(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    from kit.events.access import know_people

    await know_people(unit, events)


def service(name: str = MAKER, **changes: Any) -> Service:
    """The api's half by default; `counter()` is the other."""
    parts: dict[str, Any] = {"summary": "A service of the tests", "metadata": Base.metadata, "routers": (router,)}
    return Service(name=name, **{**parts, **changes})


def counter(*groups: Handlers) -> Service:
    """Housing's half: counts effects, or does what `groups` say."""
    return service(COUNTER, routers=(), handlers=groups or (handlers,))


def settings(database_url: str, nats_url: str | None = None, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "environment": "test",
        "database_url": database_url,
        "nats_url": nats_url,
        "secret_key": SECRET,
        "internal_public_keys": json.dumps(PUBLIC_KEYS),
        "drain_seconds": 5,
    }
    return Settings(**{**values, **changes})


def token(action: str, *, subject: str = "ada", audience: str = MAKER, key: OKPKey = KEY, **changes: Any) -> str:
    claims: dict[str, Any] = {"organisation": "lbbd", "roles": ["officer"], "purpose": "front_door"}
    return mint(key, audience=audience, subject=subject, action=action, **{**claims, **changes})


def signed(action: str, **changes: Any) -> dict[str, str]:
    """The header of a request that the gateway let through."""
    return {"Authorization": f"Bearer {token(action, **changes)}"}


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The app in this process, with its database, and a client of it."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://casefile") as client:
            yield client


def app_on(database_url: str, **changes: Any) -> FastAPI:
    return build_app(service(**changes), settings(database_url))


# Events -----------------------------------------------------------------------------------------------------

CAUSE = Cause("ada", "front_door", "casefile.thing.make")


async def emit_formed(database: Database, *households: UUID, sequence: int = 1) -> list[UUID]:
    """Commits one event for each household, in one transaction; their ids."""
    async with unit_of_work(database, MAKER, CAUSE) as unit:
        return [announce(unit, household, sequence) for household in households]


async def emit_registered(database: Database, person_id: UUID, sequence: int = 1, **changes: Any) -> UUID:
    async with unit_of_work(database, MAKER, CAUSE) as unit:
        state = PersonState(person_id=person_id, changed_at=datetime.now(UTC), **changes)
        return unit.emit(REGISTERED, state, aggregate_id=person_id, sequence=sequence)


def wanted(of: Service) -> list[Durable]:
    from kit.events.handlers import KINDS, handled

    return durables(of.name, {kind: handled(of.handlers, kind) for kind in KINDS})


async def lay_out(topology_url: str, *services: Service) -> None:
    """Streams and durables, as the topology job declares them."""
    from kit.events.bus import Bus

    bus = await Bus.connect(topology_url, "topology")
    try:
        await declare(bus, [durable for each in services for durable in wanted(each)])
    finally:
        await bus.close()


async def until(holds: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
    """Waits until it holds; fails the test otherwise."""
    end = asyncio.get_running_loop().time() + seconds
    while not holds():
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        await asyncio.sleep(0.02)


__all__ = ["NotYet", "timers"]
