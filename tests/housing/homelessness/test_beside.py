"""What is done beside the duty, and lock-outs that go to enforcement."""

from datetime import date, time
from uuid import UUID, uuid4

from kit.contracts.questions import QUESTIONS
from tests.housing.doors import Housing
from tests.housing.homelessness.work import CASES, OFFICER, decided, found, opened, read
from tests.service_doors import MANAGER

FRIDAY = date(2026, 12, 4)


async def test_a_small_sum_that_keeps_the_home_ends_no_duty_by_itself(housing: Housing) -> None:
    housing.on(FRIDAY)
    case = await opened(housing)
    path = f"{CASES}/{case['id']}/activities"
    early = await housing.good("POST", path, {"kind": "landlord_mediation", "cause": "landlord_dispute"}, **OFFICER)
    assert early["duty"] is None
    await found(housing, case["id"], homelessness="threatened", homeless_on="2027-01-10", causes=["rent_arrears"])
    await decided(housing, case["id"], "prevention_owed")
    await housing.refused(422, "POST", path, {"kind": "other_financial_payment", "amount_pence": 40_000}, **OFFICER)
    paid = {
        "kind": "other_financial_payment",
        "cause": "rent_arrears",
        "amount_pence": 40_000,
        "fund": "crisis_and_resilience_fund",
    }
    sum_ = await housing.good("POST", path, paid, **OFFICER)
    assert sum_["duty"] == "prevention"
    ended = await housing.good(
        "POST", f"{path}/{sum_['id']}/outcome", {"outcome": "home_kept"}, version=sum_["version"], **OFFICER
    )
    assert ended["ended_on"] == "2026-12-04"
    assert (await read(housing, case["id"]))["position"] == "prevention"
    assert [each["data"]["amount_pence"] for each in housing.announced("homelessness_activity.ended")] == [40_000]


async def test_a_lock_out_goes_to_enforcement_who_take_it_by_name_or_it_stands_out(housing: Housing) -> None:
    housing.on(FRIDAY, time(16, 50))
    case = await opened(housing)
    body = {"acts": ["locks_changed", "belongings_removed"]}
    one = await housing.good("POST", f"{CASES}/{case['id']}/illegal-evictions", body, **OFFICER)
    assert (one["state"], one["overdue"]) == ("reported", False)
    housing.on(FRIDAY, time(17, 51))
    assert await housing.ring() == 1
    (late,) = (await housing.good("GET", "/illegal-evictions?state=reported", **MANAGER))["items"]
    assert late["overdue"]
    assert late["escalated_at"]
    taken = await housing.good("POST", f"/illegal-evictions/{one['id']}/taking", **MANAGER)
    assert (taken["state"], taken["taken_by"]) == ("taken", "manager-1")
    problem = await housing.refused(409, "POST", f"/illegal-evictions/{one['id']}/taking", **OFFICER)
    assert problem["allowed"] == ["outcome"]
    done = {"outcome": "let_back_in"}
    ended = await housing.good(
        "POST", f"/illegal-evictions/{one['id']}/outcome", done, version=taken["version"], **MANAGER
    )
    assert ended["outcome"] == "let_back_in"
    types = [each["type"].rpartition(".")[2] for each in housing.announced() if "illegal_eviction" in each["type"]]
    assert types == ["reported", "taken", "ended"]
    # Beside the duties, never instead of one.
    assert (await read(housing, case["id"]))["position"] == "approach"


async def test_what_was_told_once_is_there_to_be_confirmed_and_a_finding_is_not(housing: Housing) -> None:
    housing.on(FRIDAY)
    me, partner = str(uuid4()), str(uuid4())
    members = [
        {"role": "main_applicant", "person_id": me},
        {"role": "partner", "person_id": partner, "pregnant": True, "baby_due_on": "2027-02-03"},
        {"role": "child", "born_on": "2022-05-01"},
    ]
    case = await opened(housing, UUID(me), where_tonight="outside", members=members)
    await found(housing, case["id"], priority_category="dependent_children")
    answers = {
        each["question"]: each["value"] for each in await housing.good("GET", f"/known?person_id={me}", **OFFICER)
    }
    assert answers == {
        "accommodation.tonight": "outside",
        "help.workers": [{"worker": "officer-1", "for": "homelessness"}],
        "household.children": {"children": 1, "born_on": ["2022-05-01"]},
    }
    theirs = await housing.good("GET", f"/known?person_id={partner}", **OFFICER)
    assert "person.pregnant" in {each["question"] for each in theirs}
    housing.know(partner, barred=("officer-2",))
    assert await housing.good("GET", f"/known?person_id={me}", **{**OFFICER, "actor": "officer-2"}) == []
    assert {each["question"] for each in theirs} <= set(QUESTIONS)
