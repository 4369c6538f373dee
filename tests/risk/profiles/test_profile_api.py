"""A profile as a worker reads it: each factor with its source, and nothing that the purpose or the person rules out."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.risk.profiles import commands
from tests.risk.ground import Risk, pounds
from tests.risk.profiles.conftest import Linked

LOAD = UUID("0192d3c4-0000-7000-8000-000000000001")


async def known(risk: Risk, linked: Linked) -> tuple[UUID, UUID, UUID]:
    """A household with debts that casefile knows: its pseudonym, its id there, and one record."""
    home = uuid4()
    record = risk.ground.record(home)
    risk.ground.balances(record, "debt.total", [100, 200, 300, 400])
    risk.ground.fact(record, "council_tax.missed", "2026-12-01", amount="143.25", load_id=LOAD)
    async with risk.unit() as unit:
        await commands.recompute(unit, [home])
    return home, linked.household(home), record


def by_code(listed: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["code"]: each for each in listed}


async def test_each_factor_says_where_it_is_from_and_what_would_lower_it(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    answer = await risk.get(f"/v1/risk/households/{household_id}/profile")
    factors = by_code(answer["factors"])
    assert list(factors) == ["rising_debt", "debt", "missed_council_tax"]
    missed = factors["missed_council_tax"]
    assert missed["sources"] == [{"code": "council_tax_arrears", "title": missed["sources"][0]["title"]}]
    assert missed["sources"][0]["title"] != "council tax arrears"
    assert (missed["since"], missed["latest_on"], pounds(missed["amount"])) == (
        "2026-12-01",
        "2026-12-01",
        pounds("143.25"),
    )
    assert (missed["certainty"], missed["weight"], missed["attribute"]) == ("confirmed", 1, "Event")
    assert "payment plan" in missed["lowers"]
    (evidence,) = missed["evidence"]
    assert evidence["record"] == f"/v1/risk/loads/{LOAD}"
    assert (evidence["occurred_on"], pounds(evidence["amount"])) == ("2026-12-01", pounds("143.25"))
    assert missed["disputes"] == f"/v1/risk/factors/{missed['id']}/disputes"
    assert len(factors["rising_debt"]["evidence"]) == 4
    assert answer["nothing"] is None
    assert "score" not in str(answer)


async def test_a_household_without_linked_records_is_empty_with_the_reason(risk: Risk) -> None:
    answer = await risk.get(f"/v1/risk/households/{uuid4()}/profile")
    assert (answer["factors"], answer["protective"], answer["nothing"]["code"]) == ([], [], "not_linked")


async def test_every_read_is_on_record_with_its_purpose(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    member, asked = uuid4(), uuid4()
    risk.know_household(household_id, [member])
    await risk.get(f"/v1/risk/households/{household_id}/profile?person_id={asked}")
    purpose, action, record, people = risk.looks()[-1]
    assert (purpose, action, record) == ("universal_support", "risk.profile.read", f"household/{household_id}")
    assert set(people) == {member, asked}


async def test_a_purpose_sees_its_own_sources_and_is_told_of_the_others(risk: Risk, linked: Linked) -> None:
    _home, household_id, record = await known(risk, linked)
    risk.ground.fact(record, "social_care.child_in_need", "2026-06-01", value="N1")
    everyday = await risk.get(f"/v1/risk/households/{household_id}/profile")
    assert "child_in_need" not in by_code(everyday["factors"])
    assert "social_care.child_in_need" in {each["kind"] for each in everyday["hidden"]}
    family = await risk.other(purpose="targeted_support", role="targeted_specialist").get(
        f"/v1/risk/households/{household_id}/profile"
    )
    assert "child_in_need" in by_code(family["factors"])
    # What is hidden is told alike for a household that has none of it.
    empty = linked.household(uuid4())
    assert (await risk.get(f"/v1/risk/households/{empty}/profile"))["hidden"] == everyday["hidden"]


async def test_nothing_protects_because_the_contrary_is_hidden(risk: Risk, linked: Linked) -> None:
    """Who may not see arrears is not told that there are none."""
    _home, household_id, record = await known(risk, linked)
    risk.ground.fact(record, "council_tax.account", "2020-01-01", value="single")
    purpose = risk.other(purpose="housing_register", role="housing_officer")
    answer = await purpose.get(f"/v1/risk/households/{household_id}/profile")
    hidden = {each["kind"] for each in answer["hidden"]}
    assert {"council_tax.arrears", "council_tax.missed"} & hidden
    assert "no_arrears_6_months" not in by_code(answer["protective"])


async def test_a_stopped_feed_is_hidden_that_day(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    await risk.get(f"/v1/risk/households/{household_id}/profile")
    risk.stored.execute(
        "update data_product set agreed_to = %s where code = 'council_tax_arrears'", [date(2026, 12, 7)]
    )
    answer = await risk.get(f"/v1/risk/households/{household_id}/profile")
    assert answer["factors"] == []
    assert any("ended on 7 December 2026" in each["reason"] for each in answer["hidden"])


async def test_a_past_day_is_judged_by_its_own_facts_and_rules(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    answer = await risk.get(f"/v1/risk/households/{household_id}/profile?as_of=2026-10-15")
    assert list(by_code(answer["factors"])) == ["debt"]
    assert pounds(answer["factors"][0]["amount"]) == 200
    assert answer["factors"][0]["id"] is None
    refused = await risk.send("GET", f"/v1/risk/households/{household_id}/profile?as_of=2026-12-08")
    assert refused.status_code == 422


async def test_somebody_kept_back_keeps_back_the_whole(risk: Risk, linked: Linked) -> None:
    """The facts of a home can't be told apart, so the answer is that of a household nobody linked."""
    _, household_id, _ = await known(risk, linked)
    person = uuid4()
    risk.know_household(household_id, [person])
    assert (await risk.get(f"/v1/risk/households/{household_id}/profile"))["factors"]
    risk.know_person(person, barred=["worker-1"])
    barred = await risk.get(f"/v1/risk/households/{household_id}/profile")
    assert (barred["factors"], barred["nothing"]["code"]) == ([], "not_linked")
    assert (await risk.other(worker="worker-2").get(f"/v1/risk/households/{household_id}/profile"))["factors"]
    risk.stored.execute("update known_person set restricted = true")
    assert not (await risk.other(worker="worker-2").get(f"/v1/risk/households/{household_id}/profile"))["factors"]


@pytest.mark.full
@pytest.mark.parametrize("purpose", ["domestic_abuse", "safeguarding"])
async def test_a_perpetrator_is_never_shown_the_abuse(risk: Risk, linked: Linked, purpose: str) -> None:
    home, victim, perpetrator, child = uuid4(), uuid4(), uuid4(), uuid4()
    for resident, value in ((victim, "victim"), (perpetrator, "perpetrator"), (child, "child")):
        record = risk.ground.record(home, source="domestic_abuse", resident=resident)
        risk.ground.fact(record, "domestic_abuse.incident", "2026-11-20", value=value)
    household_id = linked.household(home)
    worker = risk.other(purpose=purpose, role="targeted_specialist")
    address = f"/v1/risk/households/{household_id}/profile"

    def shown(answer: Any) -> bool:
        return "shock_domestic_abuse" in by_code(answer["factors"])

    assert shown(await worker.get(address))
    assert shown(await worker.get(f"{address}?person_id={linked.person(victim)}"))
    beside = await worker.get(f"{address}?person_id={linked.person(perpetrator)}")
    assert not shown(beside)
    assert "abuse" not in str(beside["factors"] + beside["protective"] + beside["set_aside"])
    # Nor beside somebody of whom we can't say who they are.
    assert not shown(await worker.get(f"{address}?person_id={uuid4()}"))
    # The page says no more than that of a home without any such facts.
    empty = linked.household(uuid4())
    assert beside["hidden"] == (await worker.get(f"/v1/risk/households/{empty}/profile?person_id={uuid4()}"))["hidden"]


async def test_an_ordinary_purpose_never_hears_of_abuse(risk: Risk, linked: Linked) -> None:
    home, victim = uuid4(), uuid4()
    record = risk.ground.record(home, source="domestic_abuse", resident=victim)
    risk.ground.fact(record, "domestic_abuse.incident", "2026-11-20", value="victim")
    household_id = linked.household(home)
    for purpose in ("universal_support", "front_door", "homelessness", "debt_advice", "outreach"):
        answer = await risk.other(purpose=purpose).get(
            f"/v1/risk/households/{household_id}/profile?person_id={linked.person(victim)}"
        )
        assert answer["factors"] == [], purpose


async def test_what_was_offered_stands_beside_what_it_is_for(risk: Risk, linked: Linked) -> None:
    _, household_id, _ = await known(risk, linked)
    offer = uuid4()
    risk.stored.execute(
        "insert into known_offer (id, sequence, kind, offer, person_id, household_id, status, offered_at, changed_at)"
        " values (%s, 1, 'first_missed_council_tax', 'money_help', %s, %s, 'declined', now(), now())",
        [offer, uuid4(), household_id],
    )
    answer = await risk.get(f"/v1/risk/households/{household_id}/profile")
    debt = by_code(answer["factors"])["debt"]
    assert [(each["offer_id"], each["status"]) for each in debt["offered"]] == [(str(offer), "declined")]
    assert [each["offer_id"] for each in answer["offered"]] == [str(offer)]


async def test_definitions_are_open_to_those_who_use_them(risk: Risk) -> None:
    first = await risk.get("/v1/risk/factor-definitions?limit=10")
    assert len(first["items"]) == 10
    rest = await risk.get(f"/v1/risk/factor-definitions?limit=50&after={first['next']}")
    codes = [each["code"] for each in first["items"] + rest["items"]]
    assert codes == sorted(codes)
    assert "rising_debt" in codes
    assert rest["next"] is None
