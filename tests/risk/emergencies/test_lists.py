"""An emergency list at the door: counted, written, looked at twice, signed by name, handed over, stopped."""

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.store.jobs import Step
from kit.store.unit import UnitOfWork
from kit.testing.databases import ServiceDatabase
from services.risk.emergencies import commands
from services.risk.signals import whose
from services.risk.signals.whose import Known
from tests.risk.cohorts.borough import Casefile
from tests.risk.ground import TODAY, Risk, open_risk

LISTS = "/v1/risk/emergencies"
NEW = {
    "kind": "cold",
    "title": "Amber cold alert",
    "forecast": "Cold weather alert, amber, 7 to 10 December",
    "starts_on": TODAY.isoformat(),
    "ends_on": (TODAY + timedelta(days=3)).isoformat(),
}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    async with open_risk(database) as opened:
        yield opened.other(role="analyst", worker="analyst-1", purpose="data_linkage")


@pytest.fixture
def casefile(monkeypatch: pytest.MonkeyPatch) -> Casefile:
    """Casefile's answers, as a test gives them."""
    given = Casefile()

    async def known(unit: UnitOfWork, residents: Collection[object]) -> dict[object, Known]:
        return {each: given.knows[each] for each in residents if each in given.knows}

    async def introduce(unit: UnitOfWork, residents: Collection[object]) -> None:
        given.asked |= set(residents)

    monkeypatch.setattr(whose, "known", known)
    monkeypatch.setattr(whose, "introduce", introduce)
    return given


@dataclass
class Home:
    household: UUID
    resident: UUID


def somebody(
    risk: Risk,
    age: int | None,
    *,
    source: str = "rent_accounts",
    adults: int = 1,
    certainty: str = "confirmed",
    person: UUID | None = None,
    home: Home | None = None,
) -> Home:
    """A home with somebody of an age in it, by a record of that source."""
    found = home or Home(uuid4(), uuid4())
    record, resident_id, reference = uuid4(), uuid4(), str(uuid4())
    born = None if age is None else date(TODAY.year - age, 1, 15)
    assert risk.stored.vault is not None
    vault = risk.stored.vault
    if home is None:
        vault.execute(
            "insert into resident (resident_id, pseudonym, person_id) values (%s, %s, %s)",
            [resident_id, found.resident, person],
        )
        risk.ground.connection.execute(
            "insert into home (household, ward, adults, children, registered, certainty)"
            " values (%s, 'E05014053', %s, 0, false, 1)",
            [found.household, adults],
        )
    else:
        (row,) = vault.rows("select resident_id from resident where pseudonym = %s", [found.resident])
        resident_id = row["resident_id"]
    vault.execute(
        "insert into record (record_id, source, reference, born, digest, pseudonym) values (%s, %s, %s, %s, %s, %s)",
        [record, source, reference, born, uuid4(), record],
    )
    vault.execute(
        "insert into record_resident (record_id, resident_id, certainty, probability) values (%s, %s, %s, 0.9)",
        [record, resident_id, certainty],
    )
    risk.ground.connection.execute(
        "insert into placed (record, source, resident, household, certainty, probability)"
        " values (%s, %s, %s, %s, %s, 0.9)",
        [record, source, found.resident, found.household, certainty],
    )
    return found


def manager(risk: Risk, worker: str = "manager-1") -> Risk:
    return risk.other(role="manager", worker=worker, purpose="emergency_response")


async def written(risk: Risk, **changes: Any) -> str:
    answer = await risk.post(LISTS, NEW | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


async def checked(risk: Risk, place: str, wrong: Collection[UUID] = ()) -> None:
    second = risk.other(role="safeguarding_lead", worker="second-1", purpose="emergency_response")
    sample = await second.get(f"{place}/sample")
    verdicts = [
        {"household": each["household"], "verdict": "wrong" if UUID(each["household"]) in wrong else "right"}
        for each in sample
    ]
    answer = await second.post(f"{place}/checks", {"verdicts": verdicts}, if_match='"1"')
    assert answer.status_code == 201, answer.text


async def signed(risk: Risk, place: str) -> str:
    answer = await manager(risk).post(f"{place}/signatures", {"signed_as": "Hannah Price, manager"}, if_match='"2"')
    assert answer.status_code == 201, answer.text
    return place.rpartition("/")[2]


async def work(risk: Risk, list_id: str) -> str:
    """The job, to its end."""
    step = Step(uuid4(), {"list_id": list_id}, None, 0, {})
    while True:
        async with risk.unit("emergency_response") as unit:
            progress = await commands.hand_over(unit, step)
        if progress.cursor is None:
            return progress.message
        step = Step(step.job_id, step.parameters, progress.cursor, progress.done, {})


def raised(risk: Risk) -> dict[UUID, dict[str, Any]]:
    return {UUID(each["data"]["person_id"]): each["data"] for each in risk.events("signal.raised")}


async def test_from_the_forecast_to_outreach(risk: Risk, casefile: Casefile) -> None:
    met, stranger, wrong = somebody(risk, 82), somebody(risk, 79, adults=2), somebody(risk, 90)
    somebody(risk, 40)
    somebody(risk, None)
    casefile.knows[met.resident] = Known(uuid4(), uuid4())
    place = await written(risk)
    view = await risk.get(place)
    assert (view["standing"], view["counts"]["listed"], view["counts"]["ages_known"]) == ("drafted", 3, 4)
    # Nobody signs what nobody looked at a second time, and nobody looks at their own list.
    early = await manager(risk).post(f"{place}/signatures", {"signed_as": "Hannah Price"}, if_match='"1"')
    assert early.status_code == 409
    await checked(risk, place, wrong=[])
    own = manager(risk, "analyst-1")
    assert (await own.post(f"{place}/signatures", {"signed_as": "Wen Li"}, if_match='"2"')).status_code == 403
    list_id = await signed(risk, place)
    assert "All homes" in await work(risk, list_id)
    (state,) = risk.events("emergency.signed")
    assert (state["data"]["listed"], state["data"]["standing"]) == (3, "signed")
    (call,) = raised(risk).values()
    assert (call["kind"], call["offer"], call["cohort_id"]) == ("emergency", "cold_check", list_id)
    assert casefile.asked == {stranger.resident, wrong.resident}
    told = await risk.get(place)
    assert (told["standing"], told["states"]) == ("handed_over", {"raised": 1, "introducing": 2})
    assert told["signed_as"] == "Hannah Price, manager"


async def test_delicate_sources_choose_nobody_and_kept_back_homes_stand_on_no_list(
    risk: Risk, casefile: Casefile
) -> None:
    plain = somebody(risk, 80)
    # Their ages are known to adult care, or to a source that was not supplied for emergencies: that is said.
    somebody(risk, 80, source="adult_care")
    somebody(risk, 80, source="benefit_claims")
    restricted, apart = uuid4(), uuid4()
    somebody(risk, 85, person=restricted)
    somebody(risk, 86, person=apart)
    risk.know_person(restricted, restricted=True)
    risk.know_person(apart)
    risk.stored.execute("update known_person set separated_from = array[%s]::uuid[] where id = %s", [uuid4(), apart])
    view = await risk.get(await written(risk))
    assert view["counts"]["listed"] == 1
    assert any(each.startswith("Adult care tells of") for each in view["hidden_sources"])
    assert any("Housing benefit" in each and "emergencies" in each for each in view["hidden_sources"])
    rows = risk.stored.rows("select household from emergency_home")
    assert [row["household"] for row in rows] == [plain.household]


@pytest.mark.full
async def test_who_is_kept_back_since_is_not_called(risk: Risk, casefile: Casefile) -> None:
    person = uuid4()
    home = somebody(risk, 85, person=person)
    casefile.knows[home.resident] = Known(person, uuid4())
    place = await written(risk)
    await checked(risk, place)
    list_id = await signed(risk, place)
    risk.know_person(person, restricted=True)
    await work(risk, list_id)
    assert raised(risk) == {}
    assert (await risk.get(place))["states"] == {}


@pytest.mark.parametrize("when", ["written", "checked", "signed", "called"])
async def test_a_home_kept_back_since_is_in_none_of_the_lists_numbers(
    risk: Risk, casefile: Casefile, when: str
) -> None:
    """Told of alike, whether it never was on the list or is kept back since that step."""
    told = []
    for early in (True, False):
        person = uuid4()
        homes = [somebody(risk, 85, person=person), somebody(risk, 81), somebody(risk, 79)]
        casefile.knows[homes[0].resident] = Known(person, uuid4())
        steps = {"written": "", "checked": "", "signed": "", "called": ""}
        if early:
            risk.know_person(person, restricted=True)
        place = await written(risk)
        for step in steps:
            if step == "checked":
                await checked(risk, place)
            elif step == "signed":
                list_id = await signed(risk, place)
            elif step == "called":
                assert not any(each.isdigit() for each in await work(risk, list_id))
            if step == when and not early:
                risk.know_person(person, restricted=True)
        second = risk.other(role="safeguarding_lead", worker="second-1", purpose="emergency_response")
        view = await risk.get(place)
        view["check"].pop("checked_at")
        told.append(
            {name: view[name] for name in ("counts", "states", "words", "check", "standing")}
            | {"sample": len(await second.get(f"{place}/sample"))}
        )
        risk.stored.execute("delete from emergency_home")
        for home in homes:
            for table in ("placed", "home"):
                risk.ground.connection.execute(f"delete from {table} where household = %s", [home.household])
    assert told[0]["counts"]["listed"] == 2
    assert told[1] == told[0]


@pytest.mark.full
async def test_the_preview_is_rounded_and_hides_what_is_small(risk: Risk) -> None:
    for _ in range(3):
        somebody(risk, 80)
    small = await risk.post(f"{LISTS}/preview", {"kind": "cold"})
    assert (small.status_code, small.json()["homes"]) == (200, None)
    for _ in range(14):  # seventeen, rounded to tens
        somebody(risk, 80)
    told = (await risk.post(f"{LISTS}/preview", {"kind": "cold"})).json()
    assert (told["homes"], told["unknown"], told["known"], told["uncertain"]) == (20, 20, 0, 0)
    assert risk.stored.rows("select 1 from emergency_list") == []


@pytest.mark.full
async def test_what_rests_on_an_uncertain_link_is_counted(risk: Risk) -> None:
    somebody(risk, 80)
    somebody(risk, 81, certainty="probable")
    view = await risk.get(await written(risk))
    assert (view["counts"]["listed"], view["counts"]["uncertain"]) == (2, 1)
    assert "1 of them are on it only by a link that is not certain" in view["words"]


@pytest.mark.full
async def test_too_many_wrong_in_the_sample_and_nobody_may_sign(risk: Risk, casefile: Casefile) -> None:
    homes = [somebody(risk, 80) for _ in range(4)]
    place = await written(risk)
    await checked(risk, place, wrong=[homes[0].household])
    refused = await manager(risk).post(f"{place}/signatures", {"signed_as": "Hannah Price"}, if_match='"2"')
    assert refused.status_code == 409
    assert "write the criteria anew" in refused.json()["detail"]


@pytest.mark.full
async def test_who_was_found_wrong_is_not_called(risk: Risk, casefile: Casefile) -> None:
    homes = [somebody(risk, 80) for _ in range(6)]
    casefile.knows |= {home.resident: Known(uuid4(), uuid4()) for home in homes}
    place = await written(risk)
    await checked(risk, place, wrong=[homes[2].household])
    await work(risk, await signed(risk, place))
    assert set(raised(risk)) == {casefile.knows[home.resident].person_id for home in homes if home is not homes[2]}
    assert (await risk.get(place))["states"] == {"raised": 5, "passed": 1}


@pytest.mark.full
async def test_a_withdrawn_list_calls_nobody_more(risk: Risk, casefile: Casefile) -> None:
    home = somebody(risk, 80)
    place = await written(risk)
    await checked(risk, place)
    list_id = await signed(risk, place)
    await work(risk, list_id)
    assert casefile.asked == {home.resident}
    answer = await manager(risk).post(f"{place}/withdrawals", {"reason": "The forecast changed"})
    assert (answer.status_code, answer.json()["standing"]) == (201, "withdrawn")
    # Casefile's answer comes too late: it is over.
    from services.risk.signals import commands as signals

    assert risk.stored.vault is not None
    async with risk.unit("outreach") as unit:
        await signals.answered(unit, home.resident, Known(uuid4(), uuid4()))
    assert raised(risk) == {}
    assert "withdrawn" in await work(risk, list_id)


@pytest.mark.full
async def test_a_breathing_space_holds_no_check_on_somebody_cold(risk: Risk, casefile: Casefile) -> None:
    home = somebody(risk, 80)
    known = casefile.knows[home.resident] = Known(uuid4(), uuid4())
    risk.stored.execute(
        "insert into known_breathing_space (id, sequence, person_id, household_id, state, starts_on, ends_on)"
        " values (%s, 1, %s, %s, 'active', '2026-11-01', '2027-01-15')",
        [uuid4(), known.person_id, known.household_id],
    )
    place = await written(risk)
    await checked(risk, place)
    await work(risk, await signed(risk, place))
    assert set(raised(risk)) == {known.person_id}


@pytest.mark.full
async def test_the_call_is_for_who_is_why_the_home_is_listed(risk: Risk, casefile: Casefile) -> None:
    old = somebody(risk, 80, adults=2)
    young = Home(old.household, uuid4())
    assert risk.stored.vault is not None
    risk.stored.vault.execute("insert into resident (pseudonym) values (%s)", [young.resident])
    somebody(risk, 30, home=young)
    casefile.knows[young.resident] = Known(uuid4(), uuid4())
    place = await written(risk)
    await checked(risk, place)
    await work(risk, await signed(risk, place))
    assert casefile.asked == {old.resident}
    assert raised(risk) == {}
