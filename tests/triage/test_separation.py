"""What triage does when casefile says that two people are kept apart: at once, in any order, any number of times."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.events.effects import dispatch
from kit.events.handlers import KINDS, handled
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from tests.triage.desk import Desk, opened, types

HIS, HERS = "his-officer", "her-specialist"
AT = "2026-11-20T10:00:00+00:00"


class Town:
    """Triage, into which casefile's words come as its worker would take them."""

    def __init__(self, store: ServiceDatabase, desk: Desk) -> None:
        self.store = store
        self.database = Database(store.url, pool=2)
        self.his, self.hers = desk.other(worker=HIS), desk.other(worker=HERS)
        self.kelly, self.wayne, self.separation = uuid4(), uuid4(), uuid4()

    async def hear(self, type_: str, data: dict[str, Any], sequence: int) -> None:
        told = CATALOGUE[type_].parse(
            json.dumps(
                {
                    "specversion": "1.0",
                    "id": str(uuid4()),
                    "source": "urn:newstart:casefile",
                    "type": type_,
                    "subject": str(self.separation),
                    "time": AT,
                    "datacontenttype": "application/json",
                    "actor": HERS,
                    "purpose": "domestic_abuse",
                    "sequence": f"{sequence:020d}",
                    "correlationid": str(uuid4()),
                    "data": data,
                }
            )
        )
        for kind in KINDS:
            async with unit_of_work(self.database, "triage", Cause.system("triage", "test")) as unit:
                await dispatch(unit, handled(SERVICE.handlers, kind), [told])

    async def separated(self, sequence: int = 1, barred: tuple[str, ...] = (HIS,), state: str = "standing") -> None:
        people = [
            _person(self.kelly, sequence + 1, [self.wayne] if barred else [], [*barred, str(self.wayne)]),
            _person(self.wayne, sequence + 1, [self.kelly] if barred else [], []),
        ]
        data = {
            "separation_id": str(self.separation),
            "protected_person_id": str(self.kelly),
            "separated_person_id": str(self.wayne),
            "state": state,
            "people": people,
            "changed_at": AT,
        }
        event = "separated" if state == "standing" else "rejoined"
        await self.hear(f"casefile.people.{event}", data, sequence)


def _person(id_: UUID, sequence: int, apart: list[UUID], barred: list[str]) -> dict[str, Any]:
    return {
        "person_id": str(id_),
        "sequence": sequence,
        "separated_from": [str(each) for each in apart],
        "barred_workers": barred,
        "changed_at": AT,
    }


@pytest.fixture
async def town(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Town]:
    """Two desks, hers and his."""
    store = database("triage")
    async with opened(store) as desk:
        made = Town(store, desk)
        yield made
        await made.database.close()


async def test_it_keeps_her_back_and_says_so_in_one(town: Town) -> None:
    body = {"channel": "walk_in", "person_id": str(town.kelly), "needs": [{"domain": "housing"}]}
    contact = (await town.hers.post("/v1/triage/contacts", body)).json()["id"]
    assert (await town.his.get(f"/v1/triage/contacts/{contact}")).status_code == 200
    await town.separated()
    strangers = await town.his.get(f"/v1/triage/contacts/{uuid4()}")
    theirs = await town.his.get(f"/v1/triage/contacts/{contact}")
    assert (theirs.status_code, theirs.json()["detail"]) == (404, strangers.json()["detail"])
    assert (await town.hers.get(f"/v1/triage/contacts/{contact}")).status_code == 200
    assert "separation.applied" in types(town.store)


async def test_a_replay_and_an_older_word_change_nothing(town: Town) -> None:
    await town.separated(sequence=2)
    await town.separated(sequence=1, barred=())
    old = {"person_id": str(town.kelly), "changed_at": AT}
    await town.hear("casefile.person.changed", old, 1)
    await town.separated(sequence=2)
    (row,) = town.store.rows("select barred_workers, separated_from from known_person where id = %s", [town.kelly])
    assert row["barred_workers"] == [HIS, str(town.wayne)]
    assert row["separated_from"] == [town.wayne]


async def test_a_lifted_one_keeps_nobody_back(town: Town) -> None:
    await town.separated()
    await town.separated(sequence=2, barred=(), state="lifted")
    (row,) = town.store.rows("select separated_from from known_person where id = %s", [town.kelly])
    assert row["separated_from"] == []


async def test_what_he_knows_of_her_ends(town: Town) -> None:
    """Her word on the telephone, and his mother who might speak for her; her advocate stays."""
    until = (clock.today() + timedelta(days=300)).isoformat()
    for capacity, more in (
        ("themself", {"word": "red kettle"}),
        ("family", {"name": "Wayne's mother", "proof": "spoken_consent", "expires_on": until}),
        ("advocate", {"name": "Joy", "proof": "advocacy_instruction", "expires_on": until}),
    ):
        body = {"person_id": str(town.kelly), "capacity": capacity, **more}
        made = await town.hers.post("/v1/triage/speakers", body)
        assert made.status_code == 201, made.text
    call = {"person_id": str(town.kelly), "word": "red kettle"}
    assert (await town.hers.post("/v1/triage/speakers/checks", call)).json()["confirmed"] is True
    await town.separated()
    assert (await town.hers.post("/v1/triage/speakers/checks", call)).json()["confirmed"] is False
    standing = town.store.rows("select capacity from speaker where state = 'standing'")
    assert [each["capacity"] for each in standing] == ["advocate"]
