"""A separation as it passes the door: hidden at each service until that one has confirmed, by every gateway."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import OKPKey

from gateway.app import SERVICE
from gateway.identity import Caller
from gateway.routes.line import Route, reads
from gateway.routes.safety import ROUTES
from gateway.separation.pending import Pending
from gateway.tokens import Hidden, InternalTokens
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.event_type import SERVICES
from kit.events.effects import dispatch
from kit.events.handlers import handled
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from kit.web.identity import Verifier

BY_TYPE = handled(SERVICE.handlers, "projections")
EVERYBODY = (*SERVICES, "gateway")
AT = "2026-11-20T10:00:00+00:00"
KELLY, WAYNE, LEAH, SEPARATION = (UUID(int=each) for each in range(1, 5))
BODY = json.dumps({"protected_person_id": str(KELLY), "separated_person_id": str(WAYNE)}).encode()
READ = reads("/v1/triage/contacts", "triage.contact.read", frozenset({"front_door"}))


class Doors:
    """Two gateways on one database, into which events come as the worker would take them."""

    def __init__(self, store: ServiceDatabase) -> None:
        self.store = store
        self.database = Database(store.url, pool=2)
        self.here, self.there = Pending(), Pending()

    async def hear(self, type_: str, data: dict[str, Any]) -> None:
        told = CATALOGUE[type_].parse(
            json.dumps(
                {
                    "specversion": "1.0",
                    "id": str(uuid4()),
                    "source": f"urn:newstart:{type_.partition('.')[0]}",
                    "type": type_,
                    "subject": str(SEPARATION),
                    "time": AT,
                    "datacontenttype": "application/json",
                    "actor": "system:test",
                    "purpose": "system_operations",
                    "sequence": f"{1:020d}",
                    "correlationid": str(uuid4()),
                    "data": data,
                }
            )
        )
        async with unit_of_work(self.database, "gateway", Cause.system("gateway", "test")) as unit:
            await dispatch(unit, BY_TYPE, [told])

    async def separated(self) -> None:
        """Casefile's own word."""
        two = {"protected_person_id": str(KELLY), "separated_person_id": str(WAYNE)}
        more = {"separation_id": str(SEPARATION), "state": "standing", "people": [], "changed_at": AT}
        await self.hear("casefile.people.separated", {**two, **more})

    async def confirmed(self, service: str) -> None:
        said = {"separation_id": str(SEPARATION), "version": 1, "applied_at": AT}
        await self.hear(f"{service}.separation.applied", said)

    async def look(self) -> None:
        for each in (self.here, self.there):
            await each.look(self.database)


@pytest.fixture
async def doors(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Doors]:
    opened = Doors(database("gateway"))
    yield opened
    await opened.database.close()


def hides(pending: Pending) -> dict[str, set[UUID]]:
    """Whom it hides, by service; services that hide nobody are left out."""
    return {each: set(pending.people(each)) for each in EVERYBODY if pending.people(each)}


async def test_from_the_request_on_they_are_hidden_everywhere_and_then_where_nobody_confirmed(doors: Doors) -> None:
    passing = await doors.here.begin(doors.database, BODY)
    assert passing is not None
    assert hides(doors.here) == {each: {KELLY, WAYNE} for each in EVERYBODY}
    await doors.there.look(doors.database)
    assert hides(doors.there) == hides(doors.here)
    await doors.here.answered(doors.database, passing, 202, f"/v1/casefile/separations/{SEPARATION}")
    # Casefile keeps them back itself since before it answered: there her own workers see her.
    await doors.look()
    for each in (doors.here, doors.there):
        assert set(hides(each)) == {"triage", "risk", "grants", "housing", "gateway"}
    await doors.confirmed("triage")
    await doors.separated()
    await doors.look()
    assert set(hides(doors.there)) == {"risk", "grants", "housing"}
    for service in ("risk", "grants", "housing"):
        await doors.confirmed(service)
    await doors.look()
    assert hides(doors.here) == hides(doors.there) == {}
    assert doors.store.rows("select settled_at from pending_separation")[0]["settled_at"] is not None


async def test_who_lives_with_them_is_hidden_with_them(doors: Doors) -> None:
    home, before = str(uuid4()), str(uuid4())
    for id_, places in (
        (KELLY, [(home, None), (before, "2020-01-01")]),
        (LEAH, [(home, None)]),
        (UUID(int=9), [(before, None)]),
    ):
        stored = json.dumps([{"household_id": each, "from": "2019-01-01", "to": to} for each, to in places])
        doors.store.execute(
            "insert into known_person (id, sequence, households, restricted, separated_from, barred_workers)"
            " values (%s, 1, %s, false, '{}', '{}')",
            [id_, stored],
        )
    await doors.here.begin(doors.database, BODY)
    assert doors.here.people("triage") == {KELLY, WAYNE, LEAH}


async def test_what_casefile_refused_hides_nobody(doors: Doors) -> None:
    for status in (404, 409, 422):
        passing = await doors.here.begin(doors.database, BODY)
        assert passing is not None
        await doors.here.answered(doors.database, passing, status, "")
        assert hides(doors.here) == {}
    await doors.look()
    assert hides(doors.there) == {}
    assert await doors.here.begin(doors.database, b'{"protected_person_id": "x"}') is None


async def test_an_answer_that_was_lost_hides_them_until_casefile_has_said_it_on_the_bus(doors: Doors) -> None:
    passing = await doors.here.begin(doors.database, BODY)
    assert passing is not None
    await doors.here.answered(doors.database, passing, 0, "")
    await doors.look()
    assert set(hides(doors.there)) == set(EVERYBODY)
    await doors.separated()
    for service in SERVICES:
        await doors.confirmed(service)
    await doors.look()
    assert hides(doors.here) == {}


async def test_words_that_come_before_the_answer_count(doors: Doors) -> None:
    passing = await doors.here.begin(doors.database, BODY)
    assert passing is not None
    await doors.separated()
    for service in SERVICES:
        await doors.confirmed(service)
    await doors.here.answered(doors.database, passing, 202, f"/v1/casefile/separations/{SEPARATION}")
    await doors.look()
    assert hides(doors.here) == {}


async def test_with_its_database_away_this_gateway_hides_them_by_itself(doors: Doors) -> None:
    nowhere = Database("postgresql+psycopg://nobody:none@127.0.0.1:9/none", pool=1)
    passing = await doors.here.begin(nowhere, BODY)
    assert passing is not None
    await doors.here.answered(nowhere, passing, 202, f"/v1/casefile/separations/{SEPARATION}")
    await doors.here.look(doors.database)
    assert set(hides(doors.here)) >= {"triage", "risk", "grants", "housing"}
    await nowhere.close()


def test_every_token_of_that_moment_says_so_but_for_work_on_separations() -> None:
    key = OKPKey.generate_key("Ed25519", {"kid": "test"})
    pairs: dict[str, Hidden] = {"triage": ((KELLY, WAYNE),), "casefile": ((KELLY, WAYNE),)}
    tokens = InternalTokens(key.as_dict(private=True), pending=lambda service: pairs.get(service, ()))
    caller = Caller("officer", "council", frozenset({"triage_officer"}), "test", 2**40)

    def hidden(route: Route) -> set[frozenset[UUID]]:
        verifier = Verifier({"keys": [key.as_dict(private=False)]}, route.service)
        bearer = tokens.authorization(caller, route, "front_door").removeprefix("Bearer ")
        return set(verifier.verify(bearer).hide)

    assert hidden(READ) == {frozenset({KELLY, WAYNE})}
    pairs["triage"] = ()
    # The one kept for half its life is not used again.
    assert hidden(READ) == set()
    apart = [each for each in ROUTES if each.action.startswith("casefile.separation.")]
    assert len(apart) == 7
    assert all(hidden(each) == set() for each in apart)
