"""A disputed factor leaves the profile at once; another person judges; only newer facts bring it back."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.risk.profiles import commands
from tests.risk.ground import Risk
from tests.risk.profiles.conftest import Linked
from tests.risk.profiles.test_profile_api import by_code, known


async def profile(risk: Risk, household_id: UUID) -> Any:
    return await risk.get(f"/v1/risk/households/{household_id}/profile")


async def factor(risk: Risk, household_id: UUID, code: str) -> Any:
    return by_code((await profile(risk, household_id))["factors"])[code]


async def test_a_disputed_factor_leaves_the_profile_in_the_same_act(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    rising = await factor(risk, household_id, "rising_debt")
    answer = await risk.post(rising["disputes"], {"reason": "She pays 40 a week since November", "said_by": "resident"})
    assert answer.status_code == 201, answer.text
    after = await profile(risk, household_id)
    assert "rising_debt" not in by_code(after["factors"])
    (aside,) = after["set_aside"]
    assert (aside["code"], aside["said_by"], aside["state"]) == ("rising_debt", "resident", "open")
    assert aside["reason"].startswith("She pays")
    announced = risk.events("household.profile_changed")
    assert announced[-1]["data"]["factors"] == ["debt", "missed_council_tax"]
    (event,) = risk.events("factor.disputed")
    assert (event["data"]["factor"], event["data"]["said_by"], event["data"]["household_id"]) == (
        "rising_debt",
        "resident",
        str(household_id),
    )
    # What was said stays here.
    assert "She pays" not in str(event)
    assert answer.headers["location"] == f"/v1/risk/disputes/{answer.json()['id']}"


@pytest.mark.full
async def test_only_newer_facts_bring_it_back(risk: Risk, linked: Linked) -> None:
    home, household_id, record = await known(risk, linked)
    missed = await factor(risk, household_id, "missed_council_tax")
    assert (await risk.post(missed["disputes"], {"reason": "Paid in cash at the desk"})).status_code == 201
    risk.ground.fact(record, "council_tax.missed", "2026-12-07", amount=1)
    async with risk.unit() as unit:
        await commands.recompute(unit, [home])
    assert "missed_council_tax" not in by_code((await profile(risk, household_id))["factors"])
    risk.stored.execute("update factor_dispute set disputed_on = %s", [date(2026, 12, 6)])
    async with risk.unit() as unit:
        assert await commands.recompute(unit, [home]) == 1
    back = await profile(risk, household_id)
    assert "missed_council_tax" in by_code(back["factors"])
    assert back["set_aside"] == []


@pytest.mark.full
async def test_another_person_settles_it(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    debt = await factor(risk, household_id, "debt")
    made = (await risk.post(debt["disputes"], {"reason": "Not hers", "set_aside": True})).json()
    assert made["state"] == "set_aside"
    settlements = f"/v1/risk/disputes/{made['id']}/settlements"
    verdict = {"state": "rejected", "reason": "The account is in her name"}
    own = await risk.post(settlements, verdict, if_match='"1"')
    assert own.status_code == 403
    manager = risk.other(worker="manager-1", role="manager", purpose="supervision")
    assert (await manager.post(settlements, verdict)).status_code == 428
    assert (await manager.post(settlements, verdict, if_match='"7"')).status_code == 412
    settled = await manager.post(settlements, verdict, if_match='"1"')
    assert settled.status_code == 201, settled.text
    assert (settled.json()["settled_by"], settled.json()["version"]) == ("manager-1", 2)
    assert "debt" in by_code((await profile(risk, household_id))["factors"])
    assert [each["data"]["state"] for each in risk.events("factor.disputed")] == ["set_aside", "rejected"]
    again = await manager.post(settlements, verdict, if_match='"2"')
    assert again.status_code == 409


async def test_an_upheld_dispute_keeps_it_off(risk: Risk, linked: Linked) -> None:
    home, household_id, _ = await known(risk, linked)
    debt = await factor(risk, household_id, "debt")
    made = (await risk.post(debt["disputes"], {"reason": "Not hers"})).json()
    manager = risk.other(worker="manager-1", role="manager", purpose="supervision")
    verdict = {"state": "upheld", "reason": "Checked with revenues"}
    assert (await manager.post(f"/v1/risk/disputes/{made['id']}/settlements", verdict, if_match='"1"')).is_success
    async with risk.unit() as unit:
        assert await commands.recompute(unit, [home]) == 0
    assert "debt" not in by_code((await profile(risk, household_id))["factors"])


async def test_a_factor_is_disputed_once_at_a_time(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    debt = await factor(risk, household_id, "debt")
    assert (await risk.post(debt["disputes"], {"reason": "Not hers"})).status_code == 201
    assert (await risk.post(debt["disputes"], {"reason": "Not hers"})).status_code == 409
    assert (await risk.post(debt["disputes"], {"reason": " "})).status_code == 422
    assert (await risk.post(f"/v1/risk/factors/{uuid4()}/disputes", {"reason": "Not hers"})).status_code == 404


async def test_what_a_purpose_does_not_show_can_neither_be_disputed_nor_read(risk: Risk, linked: Linked) -> None:
    home, _household_id, record = await known(risk, linked)
    risk.ground.fact(record, "social_care.child_in_need", "2026-06-01", value="N1")
    async with risk.unit() as unit:
        await commands.recompute(unit, [home])
    (row,) = risk.stored.rows("select id from household_factor where factor = 'child_in_need'")
    address = f"/v1/risk/factors/{row['id']}/disputes"
    assert (await risk.post(address, {"reason": "No longer"})).status_code == 404
    specialist = risk.other(purpose="targeted_support", role="targeted_specialist", worker="worker-2")
    made = await specialist.post(address, {"reason": "No longer"})
    assert made.status_code == 201
    assert (await risk.get("/v1/risk/disputes"))["items"] == []
    assert (await risk.send("GET", f"/v1/risk/disputes/{made.json()['id']}")).status_code == 404
    assert [each["factor"] for each in (await specialist.get("/v1/risk/disputes"))["items"]] == ["child_in_need"]
    # The timeline is read by everyone: it hears neither of the factor nor of the dispute.
    assert risk.events("factor.disputed") == []
    assert "child_in_need" not in str(risk.events())


@pytest.mark.full
async def test_disputes_are_listed_by_page_and_state(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    for code in ("debt", "rising_debt", "missed_council_tax"):
        await risk.post((await factor(risk, household_id, code))["disputes"], {"reason": "Wrong"})
    first = await risk.get(f"/v1/risk/disputes?limit=2&household_id={household_id}")
    second = await risk.get(f"/v1/risk/disputes?limit=2&household_id={household_id}&after={first['next']}")
    codes = [each["factor"] for each in first["items"] + second["items"]]
    assert codes == ["missed_council_tax", "rising_debt", "debt"]
    assert (await risk.get("/v1/risk/disputes?state=upheld"))["items"] == []
    assert risk.looks()[-2][2] == f"household/{household_id}"


async def test_a_dispute_goes_with_the_household_when_linkage_calls_it_otherwise(risk: Risk, linked: Linked) -> None:
    home, household_id, _record = await known(risk, linked)
    missed = await factor(risk, household_id, "missed_council_tax")
    assert (await risk.post(missed["disputes"], {"reason": "Paid in cash at the desk"})).status_code == 201
    now = uuid4()
    risk.stored.execute("update placed set household = %s where household = %s", [now, home])
    linked.households[household_id] = now
    async with risk.unit() as unit:
        await commands.recompute(unit, [home, now], tell_all=True)
    assert "missed_council_tax" not in by_code((await profile(risk, household_id))["factors"])
    (row,) = risk.stored.rows("select household, disputed from household_factor where factor = 'missed_council_tax'")
    assert (row["household"], row["disputed"]) == (now, True)
    assert "missed_council_tax" not in risk.events("household.profile_changed")[-1]["data"]["factors"]


async def test_disputes_of_somebody_kept_back_are_not_there(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    debt = await factor(risk, household_id, "debt")
    made = (await risk.post(debt["disputes"], {"reason": "Not hers"})).json()
    person = uuid4()
    risk.know_household(household_id, [uuid4(), person])
    assert len((await risk.get("/v1/risk/disputes"))["items"]) == 1
    risk.know_person(person, barred=["worker-1"])
    assert (await risk.get("/v1/risk/disputes"))["items"] == []
    assert (await risk.send("GET", f"/v1/risk/disputes/{made['id']}")).status_code == 404
    assert (await risk.other(worker="worker-2").get(f"/v1/risk/disputes/{made['id']}"))["reason"] == "Not hers"
