"""From the day they came to the day nothing is owed: cases, decisions, clocks, as an officer works them."""

from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.casefile.facts import envelope
from tests.housing.doors import Housing
from tests.housing.homelessness.work import CASES, OFFICER, REASONS, SENIOR, decided, found, opened, read, refused, told

FRIDAY = date(2026, 12, 4)
AMINA = UUID(int=0xA)


def duty(case: Any, code: str) -> Any:
    return next(each for each in case["duties"] if each["duty"] == code)


@pytest.mark.full
async def test_amina_relief_is_owed_from_4_december_to_28_january_and_then_the_main_duty(housing: Housing) -> None:
    """Scenario 1, to the day: a roof at once, 56 days of relief, the main duty on day 57 without anybody's doing."""
    housing.on(FRIDAY, time(16, 40))
    home = uuid4()
    housing.know(AMINA, home)
    case = await opened(housing, AMINA, where_tonight="nowhere", tonight="house_tonight")
    members = [
        {"role": "main_applicant", "person_id": str(AMINA), "born_on": "1997-02-11", "pregnant": True},
        {"role": "child", "born_on": "2022-05-01"},
    ]
    case = await housing.good(
        "PUT", f"{CASES}/{case['id']}/household", {"members": members}, version=case["version"], **OFFICER
    )
    assert case["household_id"] == str(home)
    assert case["suggested_priority"] == ["pregnant", "dependent_children"]
    await found(housing, case["id"])
    await decided(housing, case["id"], "interim_owed")
    await decided(housing, case["id"], "relief_owed")
    case = await read(housing, case["id"])
    relief = duty(case, "relief")
    assert (relief["started_on"], relief["last_day"], relief["days_left"]) == ("2026-12-04", "2027-01-28", 56)
    assert case["position"] == "relief"
    assert case["family"]

    housing.on(date(2027, 1, 28), time(23, 59))
    assert await housing.ring() == 0
    assert duty(await read(housing, case["id"]), "relief")["days_left"] == 1
    housing.on(date(2027, 1, 29), time(0, 1))
    assert await housing.ring() == 1
    case = await read(housing, case["id"])
    relief, main, interim = (duty(case, each) for each in ("relief", "main", "interim"))
    assert (relief["ended_on"], relief["end_reason"]) == ("2027-01-28", "days_passed")
    assert (main["started_on"], main["ended_on"]) == ("2027-01-29", None)
    assert (interim["ended_on"], interim["end_reason"]) == ("2027-01-28", "main_duty")
    # The letter waits for a named officer; the duty does not.
    waiting = await housing.good("GET", "/homelessness-decisions?state=to_notify", **OFFICER)
    letter = next(each for each in waiting["items"] if each["transition"] == "relief_to_main")
    assert letter["made_by"] == "system:housing"
    assert any("From 29 January 2027 the main housing duty" in each for each in letter["letter"])
    sent = await told(housing, letter)
    assert sent["review_until"] == "2027-02-18"
    assert [(each["data"]["duty"], each["type"].rpartition(".")[2]) for each in housing.announced("duty.started")] == [
        ("interim", "started"),
        ("relief", "started"),
        ("main", "started"),
    ]
    assert len(housing.announced("approach.made")) == 1


@pytest.mark.parametrize(
    ("priority", "intentional"),
    [
        pytest.param("no", "no", marks=pytest.mark.full),
        pytest.param("unknown", "no", marks=pytest.mark.full),
        pytest.param("yes", "unknown", marks=pytest.mark.full),
        ("yes", "yes"),
    ],
)
async def test_the_clock_alone_ends_relief_for_nobody_else(housing: Housing, priority: str, intentional: str) -> None:
    housing.on(FRIDAY)
    case = await opened(housing)
    await found(
        housing,
        case["id"],
        priority=priority,
        priority_category="vulnerable_other" if priority == "yes" else None,
        intentional=intentional,
        intentional_reasons="They gave up a home they could keep." if intentional == "yes" else None,
    )
    await decided(housing, case["id"], "relief_owed")
    housing.on(date(2027, 1, 29))
    assert await housing.ring() == 1
    case = await read(housing, case["id"])
    assert (case["position"], duty(case, "relief")["days_left"]) == ("relief", 0)
    if priority != "yes" or intentional == "unknown":
        return
    # Found in time that they are not: then the law has only waited for it.
    await found(housing, case["id"], priority_category="vulnerable_other")
    assert (await read(housing, case["id"]))["position"] == "main"


async def test_relief_ends_on_its_day_however_late_we_get_to_it(housing: Housing) -> None:
    """The worker slept for three days, or everything was put on file in spring: the days are the law's."""
    housing.on(FRIDAY)
    case = await opened(housing)
    await found(housing, case["id"])
    await decided(housing, case["id"], "relief_owed")
    housing.on(date(2027, 2, 1))
    await housing.ring()
    late = await opened(housing, made_on="2026-12-04")
    await found(housing, late["id"], made_on="2026-12-04")
    await decided(housing, late["id"], "relief_owed", made_on="2026-12-04")
    for each in (case, late):
        stands = await read(housing, each["id"])
        ended, begun = duty(stands, "relief"), duty(stands, "main")
        assert (ended["ended_on"], begun["started_on"]) == ("2027-01-28", "2027-01-29")


@pytest.mark.full
async def test_what_ends_a_duty_holds_once_they_are_told(housing: Housing) -> None:
    housing.on(FRIDAY)
    case = await opened(housing)
    await found(housing, case["id"], homelessness="threatened", homeless_on="2027-01-10")
    await decided(housing, case["id"], "prevention_owed")
    housing.on(date(2026, 12, 20))
    home: dict[str, Any] = {"suitable": True, "prospect_months": 12}
    problem = await refused(housing, 422, case["id"], "prevention_secured", **home)
    assert problem["errors"][0]["rule"] == "accommodation-iff-secured"
    made = await decided(
        housing, case["id"], "prevention_secured", **home, accommodation="private_rented_self_contained", stayed=True
    )
    assert (made["state"], made["effect_on"]) == ("to_notify", None)
    case = await read(housing, case["id"])
    assert case["position"] == "prevention"
    assert duty(case, "prevention")["ended_on"] is None
    # Only one at a time; and it can be taken back until they are told.
    assert (await refused(housing, 409, case["id"], "prevention_withdrawn"))["decision_id"] == made["id"]
    housing.on(date(2026, 12, 21))
    sent = await told(housing, made)
    assert (sent["effect_on"], sent["review_until"]) == ("2026-12-21", "2027-01-10")
    assert any("by 10 January 2027" in each for each in sent["letter"])
    case = await read(housing, case["id"])
    ended = duty(case, "prevention")
    assert (case["position"], case["closed_on"], ended["ended_on"]) == ("closed", "2026-12-21", "2026-12-21")
    assert (ended["end_reason"], ended["accommodation"], ended["stayed"]) == (
        "accommodation_secured",
        "private_rented_self_contained",
        True,
    )


async def test_a_date_that_breaks_a_dutys_order_is_refused_with_rule_and_section(housing: Housing) -> None:
    housing.on(FRIDAY)
    case = await opened(housing, made_on="2026-12-02")
    await found(housing, case["id"], made_on="2026-12-03")
    for made_on, rule in (("2026-12-01", "duty-dates-in-order"), ("2026-12-05", "not-in-the-future")):
        problem = await refused(housing, 422, case["id"], "relief_owed", made_on=made_on)
        assert [(each["pointer"], each["rule"]) for each in problem["errors"]] == [("/made_on", rule)]
    assert "s184" in (await refused(housing, 422, case["id"], "relief_owed", made_on="2026-12-01"))["detail"]
    await decided(housing, case["id"], "relief_owed", made_on="2026-12-03")
    problem = await refused(housing, 409, case["id"], "main_owed")
    assert "relief_secured" in problem["allowed"]
    problem = await refused(housing, 422, case["id"], "relief_no_priority")
    assert {each["rule"] for each in problem["errors"]} == {"relief-days-passed", "no-priority"}
    assert all("Housing Act 1996" in each["detail"] for each in problem["errors"])


@pytest.mark.full
async def test_non_cooperation_needs_a_plan_a_warning_a_fortnight_and_another_officer(housing: Housing) -> None:
    housing.on(FRIDAY)
    case = await opened(housing)
    await found(housing, case["id"])
    await decided(housing, case["id"], "relief_owed")
    path = f"{CASES}/{case['id']}"
    missing = await refused(housing, 422, case["id"], "relief_non_cooperation")
    assert {each["rule"] for each in missing["errors"]} == {"plan-given", "warned"}
    steps = [
        {"whose": "ours", "words": "We ring three landlords a week."},
        {"whose": "theirs", "weight": "mandatory", "words": "View what we find."},
    ]
    plan = await housing.good("POST", f"{path}/plans", {"steps": steps, "review_on": "2026-12-18"}, **OFFICER)
    await housing.refused(409, "POST", f"{path}/plan/copy", {}, version=plan["version"], **OFFICER)
    plan = await housing.good(
        "POST",
        f"{path}/plan/agreement",
        {"agreed": False, "why_not": "Too far from school."},
        version=plan["version"],
        **OFFICER,
    )
    plan = await housing.good("POST", f"{path}/plan/copy", {}, version=plan["version"], **OFFICER)
    assert (plan["given_on"], plan["not_agreed_why"]) == ("2026-12-04", "Too far from school.")
    warning = await told(housing, await decided(housing, case["id"], "non_cooperation_warning"))
    assert any("nothing before 17 December 2026 has passed" in each for each in warning["letter"])
    housing.on(date(2026, 12, 17))
    assert (await refused(housing, 422, case["id"], "relief_non_cooperation"))["errors"][0]["rule"] == "warned"
    housing.on(date(2026, 12, 18))
    made = await decided(housing, case["id"], "relief_non_cooperation")
    one = f"/homelessness-decisions/{made['id']}"
    assert made["state"] == "to_authorise"
    await housing.refused(409, "POST", f"{one}/notification", {"how": "post"}, version=made["version"], **OFFICER)
    own = {**SENIOR, "actor": "officer-1"}
    await housing.refused(403, "POST", f"{one}/authorisation", version=made["version"], **own)
    made = await housing.good("POST", f"{one}/authorisation", version=made["version"], **SENIOR)
    sent = await told(housing, made)
    case = await read(housing, case["id"])
    assert (case["position"], sent["review_kind"]) == ("limited", "non_cooperation_relief")
    assert duty(case, "limited")["section"] == "Housing Act 1996 s193C(4)"


async def test_a_referral_is_no_application_until_they_apply(housing: Housing) -> None:
    housing.on(FRIDAY)
    contact, person = uuid4(), uuid4()
    housing.know(person, uuid4())
    base = {"contact_id": str(contact), "changed_at": "2026-12-04T09:00:00Z"}
    referral = {
        **base,
        "duty_to_refer_id": str(uuid4()),
        "person_id": str(person),
        "body": "prison",
        "reason": "homeless",
        "where_tonight": "hospital_or_prison",
        "received_at": "2026-12-01T09:00:00Z",
    }
    sent = envelope("triage.duty_to_refer.received", referral)
    assert set(await housing.take(sent)) == {"taken"}
    (case,) = (await housing.good("GET", CASES, **OFFICER))["items"]
    assert (case["position"], case["applied"], case["made_on"]) == ("referral", False, "2026-12-01")
    assert housing.announced("approach.made") == []
    body = {"made_on": "2026-12-04"}
    await housing.refused(409, "POST", f"{CASES}/{case['id']}/assessments", body, version=case["version"], **OFFICER)
    application = {
        **base,
        "application_id": str(uuid4()),
        "person_id": str(person),
        "made_on": "2026-12-04",
        "how": "said",
        "where_tonight": "nowhere",
        "tonight": "house_tonight",
        "priority_signs": ["left_custody"],
        "opened_at": "2026-12-04T09:00:00Z",
    }
    for sequence, type_ in enumerate(("opened", "changed"), 1):
        told_ = envelope(f"triage.homelessness_application.{type_}", application, sequence=sequence)
        assert set(await housing.take(told_)) == {"taken"}
    (case,) = (await housing.good("GET", f"{CASES}?person_id={person}", **OFFICER))["items"]
    assert (case["position"], case["made_on"], case["tonight"]) == ("approach", "2026-12-04", "house_tonight")
    assert len(housing.announced("approach.made")) == 1


@pytest.mark.full
async def test_whoever_may_not_see_finds_nothing_also_through_a_child(housing: Housing) -> None:
    housing.on(FRIDAY)
    parent, child = uuid4(), uuid4()
    case = await opened(housing, parent)
    members = [{"role": "main_applicant"}, {"role": "child", "person_id": str(child)}]
    case = await housing.good(
        "PUT", f"{CASES}/{case['id']}/household", {"members": members}, version=case["version"], **OFFICER
    )
    housing.know(child, barred=("officer-2",))
    other = {**OFFICER, "actor": "officer-2"}
    await housing.refused(404, "GET", f"{CASES}/{case['id']}", **other)
    assert (await housing.good("GET", CASES, **other))["items"] == []
    await found(housing, case["id"])
    # The front door sees where it stands, and neither what was found nor what suggests it.
    desk = await housing.good("GET", f"{CASES}/{case['id']}", **{**OFFICER, "roles": ("triage_officer",)})
    assert (desk["position"], desk["assessment"], desk["next_steps"]) == ("approach", None, [])
    made = await decided(housing, case["id"], "relief_owed")
    await housing.refused(404, "GET", f"/homelessness-decisions/{made['id']}", **other)
    assert (await housing.good("GET", "/homelessness-decisions", **other))["items"] == []
    housing.know(parent, restricted=True)
    await housing.refused(404, "GET", f"{CASES}/{case['id']}", **OFFICER)


@pytest.mark.full
async def test_what_is_due_by_a_day_is_found_and_nothing_else(housing: Housing) -> None:
    housing.on(FRIDAY)
    case = await opened(housing)
    await found(housing, case["id"], intentional="unknown")
    decision = await decided(housing, case["id"], "relief_owed")

    async def due(day: str) -> int:
        return len((await housing.good("GET", f"{CASES}?due_by={day}", **OFFICER))["items"])

    assert (await due("2026-12-03"), await due("2026-12-04")) == (0, 1)
    await told(housing, decision)
    assert (await due("2027-01-27"), await due("2027-01-28")) == (0, 1)
    made = await decided(housing, case["id"], "relief_refused_offer", suitable=True, informed=True, prospect_months=12)
    await told(housing, made)
    # Relief ended that day; the decision on what else is owed is due within 15 working days.
    (clock_,) = (await read(housing, case["id"]))["clocks"]
    assert (clock_["last_day"], await due("2026-12-28"), await due("2026-12-29")) == ("2026-12-29", 0, 1)


@pytest.mark.full
async def test_one_person_has_one_open_case_and_a_stale_change_is_refused(housing: Housing) -> None:
    housing.on(FRIDAY)
    case = await opened(housing, AMINA)
    problem = await housing.refused(409, "POST", CASES, {"person_id": str(AMINA)}, **OFFICER)
    assert problem["case_id"] == case["id"]
    body = {"transition": "withdrawn", "reasons": REASONS}
    await housing.refused(412, "POST", f"{CASES}/{case['id']}/decisions", body, version=9, **OFFICER)
    await decided(housing, case["id"], "withdrawn")
    assert (await opened(housing, AMINA))["position"] == "approach"


@pytest.mark.full
async def test_the_law_is_there_for_anyone_to_read(housing: Housing) -> None:
    law = await housing.good("GET", "/homelessness-law", roles=(), purpose="public")
    relief = next(each for each in law["steps"] if each["code"] == "relief_to_main")
    assert relief["by_clock"]
    assert "s189B(4)" in relief["section"]
    assert any("did not become homeless intentionally" in each for each in relief["conditions"])
