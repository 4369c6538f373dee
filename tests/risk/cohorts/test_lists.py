"""A cohort as a list of homes to offer help to: what may not choose them, who decides, where the offers go."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.contracts.catalogue import CATALOGUE
from kit.store.jobs import Step
from services.risk.cohorts import commands
from services.risk.signals import commands as signals
from services.risk.signals.whose import Known
from services.risk.vault import pseudonyms
from tests.risk.cohorts.borough import COMBINATION, OTHER_WARD, WARD, Borough, Casefile
from tests.risk.cohorts.test_counts import body
from tests.risk.ground import TODAY, Risk

THREE = ("private_rent", "low_or_no_pay", "rising_debt")


async def cohort(risk: Risk, **changes: Any) -> str:
    answer = await risk.post("/v1/risk/cohorts", body(panel_reference="data panel, 3 November 2026", **changes))
    assert answer.status_code == 201, answer.text
    return f"/v1/risk/cohorts/{answer.json()['id']}"


async def ask(risk: Risk, place: str, **changes: Any) -> dict[str, Any]:
    answer = await risk.post(f"{place}/publications", {"reason": "Offer help before it is asked for", **changes})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def manager(risk: Risk, worker: str = "manager-1") -> Risk:
    return risk.other(role="manager", worker=worker, purpose="outreach")


async def approve(risk: Risk, place: str, asked: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await manager(risk).post(
        f"{place}/publications/{asked['id']}/decisions",
        {"approve": True, "reason": "The hub has room", **changes},
        if_match=f'"{asked["version"]}"',
    )
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def work(risk: Risk, publication: str) -> None:
    """What the job does, step by step, each step its own transaction."""
    step = Step(uuid4(), {"publication_id": publication}, None, 0, {})
    for _ in range(50):
        async with risk.unit("outreach") as unit:
            progress = await commands.publish(unit, step)
        if progress.cursor is None:
            return
        step = Step(step.job_id, step.parameters, progress.cursor, progress.done, progress.result)
    raise AssertionError("the job did not end")


async def test_a_list_is_made_without_the_shock_and_says_so(risk: Risk, borough: Borough) -> None:
    borough.households(8, *THREE, "shock_domestic_abuse")
    borough.households(9, *THREE, "shock_mental_health", registered=True)
    borough.households(30, *THREE)
    borough.households(12, "private_rent", "shock_domestic_abuse")
    asked = await ask(risk, await cohort(risk))
    assert (asked["cohort_households"], asked["cohort_known"]) == (17, 9)
    assert asked["left_out"] == ["shock_domestic_abuse", "shock_mental_health"]
    assert asked["condition"] == {"all": COMBINATION["all"][:3]}
    # Longer than the cohort: who stands on it says nothing of who was harmed.
    assert (asked["matching"], asked["listed"], asked["barred"]) == (38, 38, 0)
    assert "never choose whom to contact" in asked["sentence"]
    assert asked["sentence"].startswith("38 homes (not known to services).")


async def test_who_is_on_the_list_does_not_change_with_the_shock(risk: Risk, borough: Borough) -> None:
    with_shock = borough.households(10, *THREE, "shock_domestic_abuse")
    without = borough.households(10, *THREE)
    place = await cohort(risk)
    await approve(risk, place, await ask(risk, place))
    rows = risk.stored.rows("select household from cohort_published_home")
    assert {row["household"] for row in rows} == {*with_shock, *without}


async def test_alternatives_go_as_a_whole_and_so_does_a_negation(risk: Risk, borough: Borough) -> None:
    either = {"any": [{"factor": "debt"}, {"factor": "shock_domestic_abuse"}]}
    no_shock = {"not": {"factor": "shock_mental_health"}}
    place = await cohort(risk, definition={"all": [{"factor": "private_rent"}, either, no_shock]})
    asked = await ask(risk, place)
    assert asked["condition"] == {"all": [{"factor": "private_rent"}]}


async def test_nothing_but_shocks_makes_no_list(risk: Risk) -> None:
    place = await cohort(risk, definition={"factor": "shock_domestic_abuse"})
    answer = await risk.post(f"{place}/publications", {"reason": "Offer help"})
    assert answer.status_code == 409
    assert answer.json()["left_out"] == ["shock_domestic_abuse"]


async def test_a_narrower_part_may_not_bring_the_shock_back(risk: Risk) -> None:
    place = await cohort(risk)
    answer = await risk.post(
        f"{place}/publications", {"reason": "Offer help", "within": {"factor": "shock_domestic_abuse"}}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["rule"] == "contact-factors"


async def test_sources_that_may_not_serve_contact_are_left_out_and_counted(risk: Risk, borough: Borough) -> None:
    borough.households(10, *THREE)
    barred = borough.households(6, *THREE, sources={"rising_debt": ["council_tax_arrears", "social_care"]})
    place = await cohort(risk, definition={"all": [{"factor": each} for each in THREE]})
    asked = await ask(risk, place)
    assert (asked["matching"], asked["barred"], asked["listed"]) == (16, 6, 10)
    assert "6 more rest on sources that may not be used to make contact" in asked["sentence"]
    await approve(risk, place, asked)
    rows = risk.stored.rows("select household from cohort_published_home")
    assert not {row["household"] for row in rows} & set(barred)


async def test_a_chosen_part(risk: Risk, borough: Borough) -> None:
    borough.households(20, *THREE)
    borough.households(10, *THREE, ward=OTHER_WARD)
    borough.households(5, *THREE, registered=True)
    place = await cohort(risk)
    asked = await ask(risk, place, part="both", within={"wards": [WARD]}, most=12)
    assert (asked["matching"], asked["listed"]) == (25, 12)
    told = await approve(risk, place, asked)
    assert told["states"] == {"waiting": 12}


async def test_two_people_make_a_list(risk: Risk, borough: Borough) -> None:
    borough.households(5, *THREE)
    place = await cohort(risk)
    asked = await ask(risk, place)
    where = f"{place}/publications/{asked['id']}/decisions"
    yes = {"approve": True, "reason": "Yes"}
    same = await manager(risk, worker="analyst-1").post(where, yes, if_match='"1"')
    assert same.status_code == 403
    assert (await manager(risk).post(where, yes, if_match='"7"')).status_code == 412
    assert risk.events("cohort.published") == []
    again = await risk.post(f"{place}/publications", {"reason": "Again"})
    assert again.status_code == 409
    told = await approve(risk, place, asked)
    assert (told["standing"], told["decided_by"], told["asked_by"]) == ("approved", "manager-1", "analyst-1")
    late = await manager(risk, "manager-2").post(where, yes, if_match='"2"')
    assert late.status_code == 409


async def test_a_refused_list_stays_a_list_of_nobody(risk: Risk, borough: Borough) -> None:
    borough.households(5, *THREE)
    place = await cohort(risk)
    told = await approve(risk, place, await ask(risk, place), approve=False)
    assert (told["standing"], told["states"], told["job_id"]) == ("refused", {}, None)
    assert risk.events() == []


async def test_the_others_hear_counts_and_nothing_else(risk: Risk, borough: Borough) -> None:
    borough.households(5, *THREE, "shock_domestic_abuse")
    borough.households(3, *THREE, "shock_domestic_abuse", registered=True)
    place = await cohort(risk)
    asked = await ask(risk, place)
    await approve(risk, place, asked)
    (event,) = risk.events("cohort.published")
    data = event["data"]
    assert (data["households"], data["known"], data["unknown"], data["listed"]) == (8, 3, 5, 5)
    assert (data["code"], data["published_by"]) == ("private_rent_debt_shock", "manager-1")
    assert (event["actor"], event["purpose"]) == ("manager-1", "outreach")
    assert set(data) == set(CATALOGUE["risk.cohort.published"].model.model_fields)  # type: ignore[union-attr]  # live


async def test_the_panel_is_heard_first_and_can_pause_it(risk: Risk, borough: Borough) -> None:
    borough.households(5, *THREE)
    unheard = await risk.post("/v1/risk/cohorts", body(code="unheard"))
    place = f"/v1/risk/cohorts/{unheard.json()['id']}"
    answer = await risk.post(f"{place}/publications", {"reason": "Offer help"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "panel-not-heard")
    heard = await cohort(risk)
    asked = await ask(risk, heard)
    assert asked["panel_reference"] == "data panel, 3 November 2026"
    pause = {"paused": True, "pause_reason": "The panel wants to know who reads the list"}
    assert (await risk.send("PATCH", heard, pause, if_match='"1"')).status_code == 200
    paused = await risk.post(f"{heard}/publications", {"reason": "Offer help"})
    assert (paused.status_code, paused.json()["type"].rpartition("/")[2]) == (409, "cohort-paused")
    answer = await manager(risk).post(
        f"{heard}/publications/{asked['id']}/decisions", {"approve": True, "reason": "Yes"}, if_match='"1"'
    )
    assert answer.status_code == 409


# Offers -----------------------------------------------------------------------------------------------------------


async def published(risk: Risk, **changes: Any) -> tuple[str, str]:
    """An approved list and its job done; where the cohort is, and the publication's id."""
    place = await cohort(risk)
    told = await approve(risk, place, await ask(risk, place, **changes))
    await work(risk, told["id"])
    return place, told["id"]


@pytest.mark.full
async def test_known_people_are_raised_and_strangers_introduced_first(
    risk: Risk, borough: Borough, casefile: Casefile
) -> None:
    known, strangers = borough.households(30, *THREE, registered=True), borough.households(40, *THREE)
    faces = borough.records(known, "council_tax_accounts")
    strange = borough.records(strangers, "council_tax_accounts")
    casefile.knows |= {resident: Known(uuid4(), uuid4()) for resident in faces.values()}
    place, publication = await published(risk, part="both")
    raised = [event["data"] for event in risk.events("signal.raised")]
    assert {(each["kind"], each["source"], each["offer"]) for each in raised} == {
        ("cohort", "council_tax_accounts", "money_help")
    }
    assert {UUID(each["person_id"]) for each in raised} == {each.person_id for each in casefile.knows.values()}
    assert {each["cohort_id"] for each in raised} == {place.rpartition("/")[2]}
    assert casefile.asked == set(strange.values())
    view = await risk.get(f"{place}/publications/{publication}")
    assert (view["standing"], view["states"]) == ("published", {"raised": 30, "introducing": 40})


@pytest.mark.full
async def test_casefiles_answer_raises_what_waited_and_once(risk: Risk, borough: Borough, casefile: Casefile) -> None:
    (household,) = borough.households(1, *THREE)
    resident_id = uuid4()
    resident = pseudonyms.of_resident(resident_id)
    record = uuid4()
    risk.stored.execute(
        "insert into placed (record, source, resident, household, certainty, probability)"
        " values (%s, 'rent_accounts', %s, %s, 'confirmed', 1)",
        [record, resident, household],
    )
    await published(risk)
    assert risk.events("signal.raised") == []
    known = Known(uuid4(), uuid4())
    for _ in range(2):
        async with risk.unit("outreach") as unit:
            await signals.answered(unit, resident, known)
    (event,) = risk.events("signal.raised")
    assert (event["data"]["person_id"], event["data"]["household_id"]) == (
        str(known.person_id),
        str(known.household_id),
    )


@pytest.mark.full
@pytest.mark.parametrize(
    ("source", "certainty"), [("school_census", "confirmed"), ("council_tax_accounts", "probable"), (None, "")]
)
async def test_a_home_that_no_source_may_reach_is_passed_over_and_said(
    risk: Risk, borough: Borough, casefile: Casefile, source: str | None, certainty: str
) -> None:
    households = borough.households(3, *THREE)
    if source:
        borough.records(households, source, certainty=certainty)
    place, publication = await published(risk)
    assert (await risk.get(f"{place}/publications/{publication}"))["states"] == {"passed": 3}
    assert {row["why"] for row in risk.stored.rows("select why from cohort_published_home")} == {
        "no_source_for_contact"
    }
    assert casefile.asked == set()


@pytest.mark.full
async def test_of_several_people_the_one_whom_casefile_knows(risk: Risk, borough: Borough, casefile: Casefile) -> None:
    households = borough.households(5, *THREE)
    borough.records(households, "council_tax_accounts")
    met = borough.records(households, "rent_accounts")
    casefile.knows |= {resident: Known(uuid4(), uuid4()) for resident in met.values()}
    await published(risk)
    assert {UUID(each["data"]["person_id"]) for each in risk.events("signal.raised")} == {
        each.person_id for each in casefile.knows.values()
    }
    assert casefile.asked == set()


@pytest.mark.full
async def test_each_home_is_a_signal_and_what_triage_made_of_it_is_shown(
    risk: Risk, borough: Borough, casefile: Casefile
) -> None:
    known, strangers = borough.households(2, *THREE, registered=True), borough.households(1, *THREE)
    faces = borough.records(known, "council_tax_accounts")
    borough.records(strangers, "council_tax_accounts")
    casefile.knows |= {resident: Known(uuid4(), uuid4()) for resident in faces.values()}
    place, _ = await published(risk, part="both")
    first, second = sorted(event["data"]["signal_id"] for event in risk.events("signal.raised"))
    risk.stored.execute(
        "insert into known_offer (id, sequence, signal_id, kind, offer, person_id, household_id, status, outcome,"
        " offered_at, changed_at) select %s, 3, id, kind, offer, person_id, household_id, 'declined', 'not_now', now(),"
        " now() from signal where id = %s",
        [uuid4(), first],
    )
    page = await risk.get("/v1/risk/signals?kind=cohort")
    told = {each["id"]: each for each in page["items"]}
    assert {each["cohort_id"] for each in page["items"]} == {place.rpartition("/")[2]}
    assert (told[first]["offer_status"], told[first]["offer_outcome"]) == ("declined", "not_now")
    assert told[second]["offer_status"] is None
    assert sorted(each["state"] for each in page["items"]) == ["introducing", "raised", "raised"]
    assert {each["household"] for each in page["items"]} == {str(each) for each in (*known, *strangers)}


@pytest.mark.full
async def test_a_breathing_space_makes_a_listed_home_wait(risk: Risk, borough: Borough, casefile: Casefile) -> None:
    homes = borough.households(2, *THREE, registered=True)
    faces = borough.records(homes, "council_tax_accounts")
    casefile.knows |= {resident: Known(uuid4(), uuid4()) for resident in faces.values()}
    held = next(iter(casefile.knows.values()))
    space = uuid4()
    risk.stored.execute(
        "insert into known_breathing_space (id, sequence, person_id, household_id, state, starts_on, ends_on)"
        " values (%s, 1, %s, %s, 'active', '2026-11-01', '2027-01-15')",
        [space, held.person_id, held.household_id],
    )
    place, publication = await published(risk, part="both")
    view = await risk.get(f"{place}/publications/{publication}")
    assert (view["states"], len(risk.events("signal.raised"))) == ({"raised": 1, "held": 1}, 1)
    async with risk.unit("debt_advice") as unit:
        await signals.let_go(unit, people=[held.person_id], but=space)
    assert [each["data"]["person_id"] for each in risk.events("signal.raised")][1:] == [str(held.person_id)]


@pytest.mark.full
async def test_an_answer_for_a_paused_cohort_waits_until_it_goes_on(
    risk: Risk, borough: Borough, casefile: Casefile, day: Callable[[date], None]
) -> None:
    homes = borough.households(1, *THREE)
    (resident,) = borough.records(homes, "council_tax_accounts").values()
    place, publication = await published(risk)
    pause = {"paused": True, "pause_reason": "The panel says stop"}
    assert (await risk.send("PATCH", place, pause, if_match='"2"')).status_code == 200
    casefile.knows[resident] = Known(uuid4(), uuid4())
    async with risk.unit("outreach") as unit:
        await signals.answered(unit, resident, casefile.knows[resident])
    assert risk.events("signal.raised") == []
    # A list does not grow stale like a payment that was missed.
    day(TODAY + timedelta(days=80))
    assert (await risk.send("PATCH", place, {"paused": False}, if_match='"3"')).status_code == 200
    async with risk.unit("system_operations") as unit:
        await signals.sweep(unit)
    (event,) = risk.events("signal.raised")
    assert event["data"]["kind"] == "cohort"
    assert (await risk.get(f"{place}/publications/{publication}"))["states"] == {"raised": 1}


@pytest.mark.full
async def test_the_job_done_twice_offers_once(risk: Risk, borough: Borough, casefile: Casefile) -> None:
    households = borough.households(5, *THREE)
    casefile.knows |= {
        resident: Known(uuid4(), uuid4()) for resident in borough.records(households, "rent_accounts").values()
    }
    _, publication = await published(risk)
    await work(risk, publication)
    assert len(risk.events("signal.raised")) == 5


async def test_a_pause_stops_the_offers_that_are_not_out(risk: Risk, borough: Borough, casefile: Casefile) -> None:
    households = borough.households(5, *THREE)
    borough.records(households, "rent_accounts")
    place = await cohort(risk)
    told = await approve(risk, place, await ask(risk, place))
    pause = {"paused": True, "pause_reason": "The panel says stop"}
    assert (await risk.send("PATCH", place, pause, if_match='"2"')).status_code == 200
    with pytest.raises(Exception, match="paused"):
        await work(risk, told["id"])
    assert casefile.asked == set()


async def test_every_cohort_is_counted_by_the_job(risk: Risk, borough: Borough) -> None:
    for code in ("b", "a"):
        await cohort(risk, code=code, definition={"factor": "rising_debt"})
    borough.households(4, "rising_debt")
    step = Step(uuid4(), {}, None, 0, {})
    while True:
        async with risk.unit("system_operations") as unit:
            progress = await commands.measure_all(unit, step)
        if progress.cursor is None:
            break
        step = Step(step.job_id, {}, progress.cursor, progress.done, {})
    assert progress.done == 2
    assert [row["households"] for row in risk.stored.rows("select households from cohort_run")] == [4, 4]
