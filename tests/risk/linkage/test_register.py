"""The case file's register in the vault: who is known, who became one, who is unlisted; and introductions."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import OKPKey

from kit.contracts.casefile.people import Identities, Identity
from kit.contracts.casefile.registers import IntroductionState
from kit.contracts.risk import Introduction
from kit.contracts.triage.outreach import ObjectionState
from kit.events import sealed
from kit.events.handlers import handled
from kit.events.inbox import Inbox
from kit.store.unit import Cause, unit_of_work
from services.risk.linkage import handlers, introductions, ledger, register
from services.risk.linkage.whole import run
from services.risk.vault import door, pseudonyms
from tests.risk.linkage.ground import Risk, person
from tests.risk.linkage.test_few import link_few
from tests.risk.linkage.test_whole import load
from tests.service_doors import Delivery

NOW = datetime(2026, 1, 10, tzinfo=UTC)
HOME = {"address": "12 Longbridge Road, Barking", "postcode": "IG11 8TF", "uprn": "100012"}


def ada(person_id: UUID, version: int = 1, **more: Any) -> Identity:
    """Adaeze Okonkwo as the register has her."""
    values: dict[str, Any] = {
        "person_id": person_id,
        "version": version,
        "given": "Adaeze",
        "family": "Okonkwo",
        "born": "1984-03-07",
        "lines": ("12 Longbridge Road", "Barking"),
        "postcode": "IG11 8TF",
        "uprn": "100012",
        "ward": "E05014053",
        "changed_at": NOW,
    }
    return Identity.model_validate({**values, **more})


async def hear(risk: Risk, *people: Identity) -> None:
    async with risk.unit("casefile") as unit:
        await register.hear(unit, people)


def registered(risk: Risk) -> dict[str, UUID | None]:
    """For each record that is no register's: whom the case file knows its resident as."""
    rows = risk.vault.rows(
        "select reference, person_id from record join record_resident using (record_id) join resident"
        " using (resident_id) where source <> 'casefile'"
    )
    return {row["reference"]: row["person_id"] for row in rows}


async def test_the_register_names_a_resident(risk: Risk) -> None:
    await risk.place(person("R-1", "Adaeze", "Okonkwo", "1984-03-07", **HOME))
    assert registered(risk) == {"R-1": None}
    who = uuid4()
    await hear(risk, ada(who, 2))
    assert registered(risk) == {"R-1": who}
    (home,) = risk.stored.rows("select ward, registered from home")
    assert home == {"ward": "E05014053", "registered": True}
    # The same again, or something older, changes nothing.
    before = risk.vault.rows("select * from assertion order by id")
    await hear(risk, ada(who, 2))
    await hear(risk, ada(who, 1, given="Ada"))
    assert risk.vault.rows("select * from assertion order by id") == before
    assert risk.vault.rows("select given from record where source = 'casefile'") == [{"given": "Adaeze"}]


async def test_who_registers_while_everything_is_linked_is_found_among_the_extracts_after_it(risk: Risk) -> None:
    """The run began without her, and before it no record has keys by which she would find her own."""
    load(risk.vault, [person("R-1", "Adaeze", "Okonkwo", "1984-03-07", **HOME)])
    who, loop = uuid4(), asyncio.get_running_loop()

    def say(done: int, total: int | None = None, message: str = "") -> None:
        if message == "compared":
            asyncio.run_coroutine_threadsafe(hear(risk, ada(who)), loop).result(30)

    await asyncio.to_thread(run, risk.vault.dsn, risk.stored.dsn, say)
    assert registered(risk) == {"R-1": None}
    assert await link_few(risk) == 1
    assert registered(risk) == {"R-1": who}


async def test_who_is_merged_there_is_one_here_and_apart_again_after_an_unmerge(risk: Risk) -> None:
    one, other = uuid4(), uuid4()
    await hear(risk, ada(one), ada(other, given="Tunde", family="Bakare", born="1970-01-09", uprn=None, lines=()))
    held = risk.residents()
    assert held[str(one)] != held[str(other)]
    await hear(risk, ada(other, 2, given="Tunde", family="Bakare", born="1970-01-09", merged_into=one))
    held = risk.residents()
    assert held[str(one)] == held[str(other)]
    assert risk.vault.rows("select person_id from resident where resident_id = %s", [held[str(one)]]) == [
        {"person_id": one}
    ]
    await hear(risk, ada(other, 3, given="Tunde", family="Bakare", born="1970-01-09"))
    again = risk.residents()
    assert again[str(one)] != again[str(other)]
    people = risk.vault.rows("select person_id from resident where person_id is not null")
    assert {row["person_id"] for row in people} == {one, other}


async def test_two_people_of_the_register_never_become_one_here_but_somebody_is_asked(risk: Risk) -> None:
    one, other = uuid4(), uuid4()
    await hear(risk, ada(one))
    await risk.place(person("R-1", "Adaeze", "Okonkwo", "1984-03-07", **HOME))
    await hear(risk, ada(other))
    held = risk.residents()
    assert held[str(one)] != held[str(other)]
    assert held["R-1"] == held[str(one)]
    (item,) = risk.vault.rows("select why from review_item where why = 'two_registered'")
    assert item == {"why": "two_registered"}


@pytest.mark.full
async def test_who_is_unlisted_leaves_no_trace_of_what_they_said(risk: Risk) -> None:
    who = uuid4()
    await hear(risk, ada(who))
    await risk.place(person("R-1", "Adaeze", "Okonkwo", "1984-03-07", **HOME))
    resident = risk.residents()["R-1"]
    await hear(risk, Identity(person_id=who, version=2, changed_at=NOW))
    assert registered(risk) == {"R-1": None}
    assert risk.residents() == {"R-1": resident}
    assert risk.vault.rows("select 1 from record where source = 'casefile'") == []
    assert risk.stored.rows("""select 1 from placed where source = 'casefile'""") == []
    assert risk.stored.rows("select registered from home") == [{"registered": False}]
    # Late news of the version before brings nothing back.
    await hear(risk, ada(who))
    assert risk.vault.rows("select 1 from record where source = 'casefile'") == []
    await hear(risk, ada(who, 3))
    assert registered(risk) == {"R-1": who}


async def test_an_import_is_linked_by_a_run(risk: Risk) -> None:
    people = [ada(uuid4(), given=f"Given{n}", born=f"19{60 + n % 30}-03-0{1 + n % 9}") for n in range(30)]
    await hear(risk, *people)
    assert len(risk.vault.rows("select 1 from record")) == 30
    assert risk.residents() == {}
    assert risk.stored.rows("select kind, state from job") == [{"kind": "refresh", "state": "queued"}]


def keys() -> dict[str, OKPKey]:
    return {name: OKPKey.generate_key("X25519", private=True) for name in ("casefile", "risk")}


def use(made: dict[str, OKPKey]) -> None:
    for name, key in made.items():
        private = {"keys": [key.as_dict(private=True)]}
        public = {other: each.as_dict(private=False) for other, each in made.items()}
        sealed.use_keys(name, private, public)


async def test_it_hears_the_register_sealed(risk: Risk) -> None:
    use(keys())
    who = uuid4()
    async with unit_of_work(risk.database, "casefile", Cause("worker-1", "universal_support", "x")) as unit:
        sealed.seal(
            unit,
            "risk",
            "casefile.identity.changed",
            Identities(people=(ada(who),)),
            aggregate_id=who,
            sequence=1,
        )
    (row,) = risk.stored.rows("select envelope from outbox")
    by_type = handled([handlers.handlers], "reactions")
    delivery = Delivery(row["envelope"].encode(), "newstart.vault.risk.casefile")
    await Inbox(risk.database, "risk", "reactions", by_type).take([delivery])  # type: ignore[list-item]  # a stand-in
    assert delivery.fate == "taken"
    assert [row["person_id"] for row in risk.vault.rows("select person_id from resident")] == [who]
    audit = risk.stored.rows("select actor, action from audit_entry where action like 'risk.%%' order by id")
    assert {"actor": "worker-1", "action": "risk.vault.hear_register"} in audit
    assert "Okonkwo" not in json.dumps(risk.stored.rows("select * from outbox"), default=str)


async def introduced(risk: Risk, *residents: UUID) -> list[UUID]:
    async with risk.unit("worker-1", "outreach") as unit:
        return await introductions.introduce(unit, residents)


@pytest.fixture
def opened_introductions() -> Any:
    """Keys with which the test can open what risk seals for casefile."""
    made = keys()
    use(made)
    return made


async def test_an_introduction_tells_casefile_who_somebody_is_and_nobody_else(
    risk: Risk, opened_introductions: Any
) -> None:
    await risk.place(
        person("R-1", "Adaeze", "Okonkwo", "1984-03-07", phone="+442079460000", household_reference="R-1", **HOME),
        person("S-1", "Chidi", "Okonkwo", "2015-05-02", source="school_census", **HOME),
        person("D-1", "Efe", "Obi", "1990-05-02", source="domestic_abuse", **{**HOME, "uprn": "77"}),
    )
    held = risk.residents()
    by_pseudonym = {pseudonyms.of_resident(each): each for each in held.values()}
    told = await introduced(risk, *by_pseudonym)
    assert told == [held["R-1"]], "a child, or somebody of whom only an abuse record tells, is not introduced"
    (row,) = risk.stored.rows("select event_id, type, envelope, aggregate_id from outbox")
    assert row["type"] == "risk.resident.introduced"
    assert "Okonkwo" not in row["envelope"]
    ring = sealed._RINGS["casefile"]
    header = sealed._header(row["event_id"], row["type"], row["aggregate_id"])
    inside = Introduction.model_validate_json(ring.decrypt(json.loads(row["envelope"])["data"]["jwe"], header))
    assert (inside.given, inside.phone, inside.uprn) == ("Adaeze", "+442079460000", "100012")
    assert inside.resident_id == held["R-1"]

    person_id, household = uuid4(), uuid4()
    for outcome, known, home in (("introduced", person_id, False), ("known", person_id, True)):
        async with risk.unit("casefile") as unit:
            state = IntroductionState(
                resident_id=held["R-1"], person_id=person_id, household_id=household, outcome=outcome, introduced_at=NOW
            )
            await register.answered(unit, state)
        assert risk.vault.rows(
            "select person_id, introduced_into from resident where resident_id = %s", [held["R-1"]]
        ) == [{"person_id": known, "introduced_into": household}]
        assert risk.stored.rows("select registered from home where adults = 1 and children = 1") == [
            {"registered": home}
        ]
    assert await introduced(risk, held["R-1"]) == [], "casefile knows them now"


@pytest.mark.full
@pytest.mark.parametrize(
    "why", ["objected", "told lately", "registered", "erased there", "no contact source", "no home"]
)
async def test_who_is_not_introduced(risk: Risk, opened_introductions: Any, why: str) -> None:
    source = "domestic_abuse" if why == "no contact source" else "rent_accounts"
    where = {} if why == "no home" else HOME
    await risk.place(person("R-1", "Adaeze", "Okonkwo", "1984-03-07", source=source, **where))
    resident = risk.residents()["R-1"]
    if why == "objected":
        who = uuid4()
        risk.vault.execute("update resident set person_id = %s", [who])
        for state, stands in (("standing", True), ("withdrawn", False), ("standing", True)):
            objection = ObjectionState(
                objection_id=uuid4(), person_id=who, purpose="outreach", state=state, changed_at=NOW
            )
            async with risk.unit("triage") as unit:
                await register.note_objection(unit, objection)
            assert risk.vault.rows("select objected from resident") == [{"objected": stands}]
        risk.vault.execute("update resident set person_id = null")
    if why == "told lately":
        assert await introduced(risk, resident) == [resident]
        assert await introduced(risk, resident) == [resident], "a telling may be cut off"
        risk.vault.execute("update resident set introduced_at = now() - interval '2 days'")
        risk.stored.execute("delete from outbox")
    if why == "registered":
        await hear(risk, ada(uuid4()))
    if why == "erased there":
        async with risk.unit("casefile") as unit:
            state = IntroductionState(
                resident_id=resident, person_id=uuid4(), household_id=uuid4(), outcome="erased", introduced_at=NOW
            )
            await register.answered(unit, state)
    assert await introduced(risk, resident) == []
    assert risk.stored.rows("select 1 from outbox where type = 'risk.resident.introduced'") == []


async def test_what_casefile_said_of_somebody_goes_with_them_when_they_are_joined(risk: Risk) -> None:
    gone, kept, household = uuid4(), uuid4(), uuid4()
    insert = "insert into resident (resident_id, introduction, introduced_into) values (%s, %s, %s)"
    risk.vault.execute(insert, [gone, "introduced", household])
    risk.vault.execute(insert, [kept, "sent", None])
    async with risk.unit() as unit, door.opened(unit, "unmerge") as vault:
        await ledger.note_joined(vault, {gone: kept})
    assert risk.vault.rows("select introduction, introduced_into from resident where resident_id = %s", [kept]) == [
        {"introduction": "introduced", "introduced_into": household}
    ]
