"""Who may look inside a file, and how it begins and ends: place, encounter, cover, manager, role, compartment."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.envelope import subject_for
from services.casefile.access.need_to_know import SIGHTS, Part, may_see
from tests.casefile.doors import Casefile
from tests.casefile.facts import contact, decided, envelope, moment
from tests.service_doors import MANAGER

READER = {"actor": "reader", "roles": ["universal_worker"]}


@pytest.fixture
async def home(casefile: Casefile) -> str:
    """A household that nobody but its registrar (worker-1) has to do with."""
    return str((await casefile.person())["household_id"])


async def inside(casefile: Casefile, home: str, **who: Any) -> bool:
    answer = await casefile("GET", f"/households/{home}/timeline", **{**READER, **who})
    assert answer.status_code in (200, 404)
    return answer.status_code == 200


async def sees(casefile: Casefile, part: Part, home: str, **who: Any) -> bool:
    """As the rule says it, for parts that have no page here."""
    roles, purpose = who.pop("roles", ["universal_worker"]), who.pop("purpose", "universal_support")
    async with casefile.unit(actor=who.pop("actor", "reader"), roles=roles, purpose=purpose) as unit:
        return await may_see(unit, part, household_id=UUID(home))


async def test_whoever_has_nothing_to_do_with_a_household_sees_its_front_alone(casefile: Casefile, home: str) -> None:
    assert (await casefile("GET", f"/households/{home}", **READER)).status_code == 200
    there = await casefile("GET", f"/households/{home}/timeline", **READER)
    nowhere = await casefile("GET", f"/households/{uuid4()}/timeline", **READER)
    assert there.status_code == nowhere.status_code == 404
    assert {**there.json(), "instance": ""} == {**nowhere.json(), "instance": ""}
    assert await inside(casefile, home, actor="worker-1", roles=["triage_officer"])


async def test_a_made_up_member_opens_no_file(casefile: Casefile, home: str) -> None:
    await casefile.person("Made", "Up", household_id=home, actor="reader")
    assert not await inside(casefile, home)


@pytest.mark.parametrize("whose", ["person", "household"])
async def test_a_contact_opens_the_file_for_28_days(casefile: Casefile, whose: str) -> None:
    person = await casefile.person()
    home = person["household_id"]
    about = {"person": person["id"]} if whose == "person" else {"household": home}
    await casefile.take({**contact("received", at=moment(29), **about), "actor": "reader"})
    assert not await inside(casefile, home)
    await casefile.take({**contact("received", at=moment(27), **about), "actor": "reader"})
    assert await inside(casefile, home)
    assert not await inside(casefile, home, actor="somebody-else")


async def test_a_contact_corrected_to_somebody_else_closes_the_file(casefile: Casefile, home: str) -> None:
    other = await casefile.person("Idris", "Warsame")
    first = {**contact("received", household=home), "actor": "reader"}
    await casefile.take(first)
    assert await inside(casefile, home)
    right = contact("changed", person=other["id"], contact_id=first["subject"])
    await casefile.take({**right, "actor": "reader", "sequence": f"{2:020d}"})
    assert not await inside(casefile, home)
    assert await inside(casefile, other["household_id"])


async def test_an_appointment_to_come_opens_the_file(casefile: Casefile) -> None:
    person = await casefile.person()
    booked = {
        "appointment_id": str(uuid4()),
        "person_id": person["id"],
        "kind": "at_hub",
        "hub": "heath",
        "worker": "reader",
        "starts_at": moment(-3),
        "ends_at": moment(-3),
        "state": "booked",
        "booked_at": moment(40),
        "changed_at": moment(40),
    }
    await casefile.take(envelope("triage.appointment.booked", booked))
    assert await inside(casefile, person["household_id"])


async def a_case(casefile: Casefile, home: str) -> Any:
    await casefile.take(decided(household=home))
    (case,) = (await casefile.good("GET", f"/cases?household_id={home}", **MANAGER))["items"]
    return case


async def allocated(casefile: Casefile, case: Any, **to: str) -> Any:
    path = f"/cases/{case['id']}/allocations"
    return await casefile.good("POST", path, to, version=case["version"], **MANAGER)


async def test_a_transfer_ends_the_old_workers_access(casefile: Casefile, home: str) -> None:
    case = await allocated(casefile, await a_case(casefile, home), account_manager="reader")
    assert await inside(casefile, home)
    await allocated(casefile, case, account_manager="next")
    assert not await inside(casefile, home)
    assert await inside(casefile, home, actor="next")


async def test_nobody_lets_themselves_in_by_taking_a_case_over(casefile: Casefile, home: str) -> None:
    case = await allocated(casefile, await a_case(casefile, home), account_manager="theirs")
    path, body = f"/cases/{case['id']}/allocations", {"account_manager": "reader"}
    assert (await casefile("POST", path, body, version=case["version"], **READER)).status_code == 403
    assert not await inside(casefile, home)
    await casefile.good("POST", path, body, version=case["version"], actor="theirs", roles=["universal_worker"])
    assert await inside(casefile, home)


async def test_nobody_lets_themselves_in_by_a_case_that_nobody_has_or_that_was_closed(
    casefile: Casefile, home: str
) -> None:
    """From the front one sees that there is a case; to take it, or open it again, one needs a reason on record."""
    case = await a_case(casefile, home)
    path, body = f"/cases/{case['id']}", {"account_manager": "reader"}
    assert (await casefile("POST", f"{path}/allocations", body, version=case["version"], **READER)).status_code == 403
    case = await allocated(casefile, case, account_manager="theirs")
    case = await casefile.good("POST", f"{path}/close", {"reason": "goals_met"}, version=case["version"], **MANAGER)
    assert (await casefile("POST", f"{path}/reopen", version=case["version"], **READER)).status_code == 403
    assert not await inside(casefile, home)
    case = await casefile.good("POST", f"{path}/reopen", version=case["version"], **MANAGER)
    assert (await casefile("POST", f"{path}/allocations", body, version=case["version"], **READER)).status_code == 403
    await allocated(casefile, case, account_manager="reader")
    assert await inside(casefile, home)


async def test_who_stands_in_for_somebody_away_sees_what_they_see(casefile: Casefile, home: str) -> None:
    await allocated(casefile, await a_case(casefile, home), lead="away")
    today = clock.today()
    for since, back, works in (
        (today - timedelta(days=1), today + timedelta(days=1), True),
        (today - timedelta(days=2), today, False),
        (today + timedelta(days=1), None, False),
    ):
        await worker(casefile, "away", covered_by="reader", absent_from=since, absent_until=back)
        assert await inside(casefile, home) is works, (since, back)


_versions: dict[str, int] = {}


async def worker(casefile: Casefile, name: str, **fields: Any) -> None:
    _versions[name] = _versions.get(name, 0) + 1
    days = {key: value.isoformat() if isinstance(value, date) else value for key, value in fields.items()}
    data = {"worker_id": name, "changed_at": moment(), **days}
    event = envelope("gateway.worker.changed", data, subject=subject_for("worker", name), sequence=_versions[name])
    await casefile.take(event)


async def test_a_manager_sees_what_their_people_do_and_what_nobody_does(casefile: Casefile, home: str) -> None:
    manager = {"actor": "boss", "roles": ["manager"], "purpose": "supervision"}
    case = await a_case(casefile, home)
    assert await inside(casefile, home, **manager)
    await allocated(casefile, case, account_manager="theirs")
    await worker(casefile, "theirs", manager="another-boss")
    assert not await inside(casefile, home, **manager)
    assert await inside(casefile, home, **{**manager, "actor": "another-boss"})
    await worker(casefile, "another-boss", covered_by="boss", absent_from=clock.today())
    assert await inside(casefile, home, **manager)


async def test_a_teams_manager_answers_for_its_members(casefile: Casefile, home: str) -> None:
    await allocated(casefile, await a_case(casefile, home), account_manager="theirs")
    member = {"worker_id": "theirs", "role": "universal_worker", "from": "2026-01-05", "to": None}
    data = {
        "team_id": str(uuid4()),
        "code": "managers",
        "manager": "boss",
        "members": [member],
        "changed_at": moment(),
    }
    await casefile.take(envelope("gateway.team.changed", data, subject=data["team_id"]))
    manager = {"roles": ["manager"], "purpose": "supervision"}
    assert await inside(casefile, home, actor="boss", **manager)
    assert not await inside(casefile, home, actor="other-boss", **manager)


@pytest.mark.parametrize(
    ("role", "purpose", "yes"),
    [
        ("safeguarding_lead", "safeguarding", True),
        ("information_governance_lead", "information_governance", True),
        ("reviewing_officer", "supervision", True),
        ("reviewing_officer", "safeguarding", False),
        ("housing_officer", "homelessness", False),
        ("targeted_specialist", "domestic_abuse", False),
        ("personal_adviser", "leaving_care", False),
        ("administrator", "data_migration", False),
        ("grants_officer", "hardship", False),
    ],
)
async def test_only_roles_that_answer_for_everybody_see_every_file(
    casefile: Casefile, home: str, role: str, purpose: str, yes: bool
) -> None:
    assert await inside(casefile, home, roles=[role], purpose=purpose) is yes


async def test_a_compartment_takes_more_than_a_place(casefile: Casefile, home: str) -> None:
    await casefile.let_in(home, "reader")
    seen = {part for part in SIGHTS if await sees(casefile, part, home)}
    assert seen == {Part.INSIDE}
    await casefile.let_in(home, "reader", "drugs_and_alcohol")
    seen = {part for part in SIGHTS if await sees(casefile, part, home)}
    assert seen == {Part.INSIDE, Part.DRUGS_AND_ALCOHOL}


async def test_holders_see_what_is_restricted_but_neither_abuse_nor_sealed_work(casefile: Casefile, home: str) -> None:
    await allocated(casefile, await a_case(casefile, home), account_manager="reader")
    seen = {part for part in SIGHTS if await sees(casefile, part, home)}
    assert seen == {Part.INSIDE, Part.RESTRICTED, Part.SAFEGUARDING, Part.IMMIGRATION}
    specialist = {"roles": ["targeted_specialist"], "purpose": "domestic_abuse"}
    assert await sees(casefile, Part.ABUSE, home, **specialist)
    assert not await sees(casefile, Part.ABUSE, home, **{**specialist, "purpose": "universal_support"})
    assert not await sees(casefile, Part.ABUSE, home, **{**specialist, "actor": "another-specialist"})


async def test_what_was_written_of_a_merged_person_is_seen_with_the_one_who_stands(casefile: Casefile) -> None:
    amina, double = await casefile.person(), await casefile.person("Aamina", "Yousuf")
    body = {"survivor_id": amina["id"], "reason": "the same woman"}
    await casefile.good("POST", f"/people/{double['id']}/merge", body, version=1)
    await casefile.let_in(amina["household_id"], "reader")
    async with casefile.unit(actor="reader", roles=["universal_worker"]) as unit:
        assert await may_see(unit, person_id=UUID(double["id"]))
    # And who met them under the old id sees the file of the one who stands.
    await casefile.take({**contact("received", person=double["id"]), "actor": "other"})
    assert await inside(casefile, amina["household_id"], actor="other")


async def test_the_team_is_announced_as_it_comes_and_goes(casefile: Casefile, home: str) -> None:
    case = await allocated(casefile, await a_case(casefile, home), account_manager="one")
    await casefile.hear_itself()
    await allocated(casefile, case, account_manager="two")
    await casefile.hear_itself()
    told = casefile.announced("access.granted", "access.revoked")
    teams = [[(each["worker_id"], each["role"]) for each in event["data"]["members"]] for event in told]
    assert teams == [[("one", "account_manager")], [("two", "account_manager")]]
    assert [event["sequence"][-1] for event in told] == ["1", "2"]
    await casefile.hear_itself()
    (row,) = casefile.stored.rows("select members from known_team where code = 'household_circle'")
    assert [each["worker_id"] for each in row["members"]] == ["two"]
