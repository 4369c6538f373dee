"""Schemes and rights to return through the doors: 24 homes to 64, the neighbour who returns, the programme by day."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.housing.decants import commands as decants
from services.housing.decants import queries as rights
from tests.housing.doors import Housing

BUILD: dict[str, Any] = {"purpose": "regeneration", "roles": ("housing_officer",), "actor": "build-1"}
DECIDE: dict[str, Any] = {"purpose": "regeneration", "roles": ("manager",), "actor": "manager-1"}
DAY = date(2026, 12, 14)
WHOLE = ("feasibility", "outline_case", "planning", "full_case")


def line(tenure: str, homes: int, **more: Any) -> dict[str, Any]:
    return {"phase": 1, "bedrooms": 2, "tenure": tenure, "homes": homes, "area_m2": 70, **more}


def example(code: str = "example-court", **more: Any) -> dict[str, Any]:
    """The published example: 24 homes become 64."""
    return {
        "code": code,
        "name": "Example Court",
        "ward": "E05014053",
        "land": {"ownership": "council", "intention": "redevelop"},
        "phases": [{"number": 1, "starts_on": "2025-01-06", "completes_on": "2026-11-30", "demolished": 24}],
        "mix": [
            line("social", 20, rent_week_pence=132_33, grant_pence=150_000_00),
            line("market_80", 15, rent_week_pence=290_00),
            line("shared_ownership", 29, value_pence=380_000_00),
        ],
        "assumptions": {"build_m2_pence": 3_200_00, "demolition_pence": 600_000_00},
        "jobs": [{"kind": "job", "promised": 40}],
        **more,
    }


def before(*more: tuple[str, int, str]) -> list[dict[str, Any]]:
    whole = [{"milestone": each, "phase": 0, "reached_on": "2024-06-01"} for each in WHOLE]
    return [*whole, *({"milestone": each, "phase": phase, "reached_on": on} for each, phase, on in more)]


BUILT = before(("start_on_site", 1, "2025-01-06"), ("practical_completion", 1, "2026-11-30"))


def finished(tenure: str = "social", **more: Any) -> dict[str, Any]:
    return {
        "uprn": str(uuid4().int % 10**12),
        "address": "1 Example Court",
        "postcode": "RM10 8XX",
        "bedrooms": 2,
        "tenure": tenure,
        **more,
    }


async def left(housing: Housing, scheme: str, person: UUID, **more: Any) -> Any:
    body = {
        "scheme_id": scheme,
        "person_id": str(person),
        "tenure": "secure",
        "move": "permanent",
        "bedrooms_lost": 2,
        "bedrooms_needed": 2,
        "lived_since": "2015-05-01",
        **more,
    }
    return await housing.good("POST", "/decants", body, **BUILD)


async def test_24_homes_to_64_and_the_neighbour_who_comes_back(housing: Housing) -> None:
    housing.on(DAY)
    scheme = await housing.good("POST", "/schemes", example(passed=BUILT), **BUILD)
    assert (scheme["state"], scheme["homes_planned"], scheme["homes_demolished"]) == ("on_site", 64, 24)
    assert scheme["shares"] == {"council_equivalent": 20, "under_market": 15, "shared_ownership": 29, "market_sale": 0}
    neighbour, household, other = uuid4(), uuid4(), uuid4()
    housing.know(neighbour, household)
    decant = await left(housing, scheme["id"], neighbour)
    await left(housing, scheme["id"], other)
    assert (decant["right"], decant["home_loss_pence"]) == ("waiting", 8_100_00)
    body = {"phase": 1, "handed_over_on": "2026-12-10", "homes": [finished(), finished("shared_ownership")]}
    path = f"/schemes/{scheme['id']}"
    handover = await housing.good("POST", f"{path}/handovers", body, version=1, **BUILD)
    homes = await housing.good("GET", f"/homes?scheme_id={scheme['id']}")
    by = {each["rent_regime"]: each for each in homes["items"]}
    assert (by["social"]["state"], by["shared_ownership"]["state"]) == ("available", "void")
    assert len(housing.announced("homes.handed_over")) == 1 == len(housing.announced("home.available"))
    assert len(handover["home_ids"]) == 2
    # Longest on the list first: one home, the neighbour who was recorded first gets it.
    kept = await housing.good("GET", f"{path}/returners", **BUILD)
    assert [each["home_id"] for each in kept] == [by["social"]["id"], None]
    async with housing.unit() as unit:
        assert await rights.may_return(unit, neighbour, UUID(scheme["id"]))
        found = (await rights.returning(unit, [UUID(scheme["id"])]))[UUID(scheme["id"])]
        assert found.has(neighbour, None)
        assert found.has(uuid4(), household)
        assert not found.has(uuid4(), None)
        await decants.follow_letting(unit, neighbour, household, UUID(by["social"]["id"]), uuid4(), DAY)
    (told,) = housing.announced("decant.returned")
    assert told["data"]["returned_on"] == "2026-12-14"
    ledger = await housing.good("GET", f"{path}/right-to-return", **BUILD)
    assert (ledger["balanced"], ledger["recorded"]) == (True, 2)
    assert (ledger["standing"]["returned"], ledger["standing"]["waiting"]) == (1, 1)
    assert ledger["supply"] == [{"bedrooms": 2, "rights": 2, "homes": 20, "short": 0}]


@pytest.mark.full
async def test_who_returns_by_right_pays_the_council_equivalent_rent(housing: Housing) -> None:
    housing.on(DAY)
    scheme = await housing.good("POST", "/schemes", example(passed=BUILT), **BUILD)
    neighbour = uuid4()
    await left(housing, scheme["id"], neighbour)
    homes = [finished("market_80", market_rent_week_pence=362_50, value_1999_pence=49_750_00)]
    body = {"phase": 1, "handed_over_on": "2026-12-10", "homes": homes}
    made = await housing.good("POST", f"/schemes/{scheme['id']}/handovers", body, version=1, **BUILD)
    asked = {
        "home_id": made["home_ids"][0],
        "person_id": str(neighbour),
        "tenancy": "assured_low_cost",
        "household": {},
        "evidence": [
            {
                "kind": "award_letter",
                "income": "benefit",
                "every": "month",
                "gross_pence": 900_00,
                "dated": "2026-12-01",
            }
        ],
    }
    rent = await housing.good("POST", "/rents", asked, purpose="rents")
    assert (rent["proposed"], rent["verdicts"][0]["rent_week_pence"]) == ("social", 132_33)
    assert rent["proposal"].startswith("They return by right.")


@pytest.mark.full
async def test_a_finished_home_is_kept_for_one_household_and_only_while_it_is_free(housing: Housing) -> None:
    housing.on(DAY)
    scheme = await housing.good("POST", "/schemes", example(passed=BUILT), **BUILD)
    one, two = [await left(housing, scheme["id"], uuid4()) for _ in range(2)]
    body = {"phase": 1, "handed_over_on": "2026-12-10", "homes": [finished(), finished("shared_ownership")]}
    made = await housing.good("POST", f"/schemes/{scheme['id']}/handovers", body, version=1, **BUILD)
    free, sold = made["home_ids"]
    offer = {"kind": "offered", "on": "2026-12-14", "home_id": free}
    await housing.refused(409, "POST", f"/decants/{one['id']}/steps", offer | {"home_id": sold}, version=1, **BUILD)
    await housing.good("POST", f"/decants/{one['id']}/steps", offer, version=1, **BUILD)
    refused = await housing.refused(409, "POST", f"/decants/{two['id']}/steps", offer, version=1, **BUILD)
    assert "another household" in refused["detail"]
    back = {"kind": "refused", "on": "2026-12-14", "words": "Too far from the school"}
    shown = await housing.good("POST", f"/decants/{one['id']}/steps", back, version=2, **BUILD)
    assert shown["right"] == "waiting", "a refusal ends no right"
    await housing.good("POST", f"/decants/{two['id']}/steps", offer, version=1, **BUILD)


@pytest.mark.full
async def test_nothing_is_told_of_who_is_kept_back(housing: Housing) -> None:
    housing.on(DAY)
    scheme = await housing.good("POST", "/schemes", example(passed=BUILT), **BUILD)
    hidden, household = uuid4(), uuid4()
    housing.know(hidden, household)
    decant = await left(housing, scheme["id"], hidden)
    housing.know(hidden, restricted=True)
    body = {"phase": 1, "handed_over_on": "2026-12-10", "homes": [finished("market_80", market_rent_week_pence=300_00)]}
    made = await housing.good("POST", f"/schemes/{scheme['id']}/handovers", body, version=1, **BUILD)
    asked = {
        "home_id": made["home_ids"][0],
        "person_id": str(hidden),
        "tenancy": "assured_market_linked",
        "household": {},
        "evidence": [],
    }
    rent = await housing.good("POST", "/rents", asked, purpose="rents")
    assert rent["household_id"] is None
    assert "right" not in rent["proposal"]
    await housing.refused(404, "GET", f"/decants/{decant['id']}", **BUILD)
    assert (await housing.good("GET", "/decants", **BUILD))["items"] == []
    assert await housing.good("GET", f"/schemes/{scheme['id']}/returners", **BUILD) == []
    # Of nobody: they are counted all the same.
    ledger = await housing.good("GET", f"/schemes/{scheme['id']}/right-to-return", **BUILD)
    assert ledger["standing"]["waiting"] == 1


@pytest.mark.full
async def test_what_no_table_holds_is_a_refusal_in_words(housing: Housing) -> None:
    housing.on(DAY)
    scheme = await housing.good("POST", "/schemes", example(), **BUILD)
    body = {
        "scheme_id": scheme["id"],
        "person_id": str(uuid4()),
        "tenure": "secure",
        "move": "permanent",
        "bedrooms_lost": 2,
        "bedrooms_needed": 2,
        "lived_since": "2015-05-01",
        "move_by": "2021-01-01",
    }
    refused = await housing.refused(422, "POST", "/decants", body, **BUILD)
    assert refused["detail"] == "home loss: no table on 2021-01-01"


@pytest.mark.full
async def test_a_right_is_waived_restored_and_lapses_by_two_officers(housing: Housing) -> None:
    housing.on(DAY)
    scheme = await housing.good("POST", "/schemes", example(), **BUILD)
    decant = await left(housing, scheme["id"], uuid4(), right_until="2026-12-20")
    path = f"/decants/{decant['id']}/steps"
    waived = {"kind": "waived", "told_on": "2026-12-01", "signed_on": "2026-12-14", "evidence": "form 7"}
    shown = await housing.good("POST", path, waived, version=1, **BUILD)
    assert (shown["right"], shown["allowed"]) == ("waived", ["waiting"])
    await housing.good("POST", path, {"kind": "restored"}, version=2, **BUILD)
    early = await housing.refused(409, "POST", path, {"kind": "lapse_asked", "words": "Gone"}, version=3, **BUILD)
    assert early["rule"] == "right-to-return-deadline"
    version = 3
    for day in (15, 16, 17):
        housing.on(date(2026, 12, day))
        tried = {"kind": "tried", "on": f"2026-12-{day}", "words": "Nobody opened"}
        version = (await housing.good("POST", path, tried, version=version, **BUILD))["version"]
    housing.on(date(2026, 12, 21))
    asked = {"kind": "lapse_asked", "words": "Nobody was reached"}
    version = (await housing.good("POST", path, asked, version=version, **BUILD))["version"]
    lapsed = {"kind": "lapsed", "evidence": "three visits, two letters"}
    await housing.refused(403, "POST", path, lapsed, version=version, **BUILD)
    shown = await housing.good("POST", path, lapsed, version=version, **DECIDE)
    assert shown["right"] == "lapsed"
    steps = await housing.good("GET", path, **BUILD)
    assert [each["became"] for each in steps["items"]][-2:] == ["waiting", "lapsed"]
    ledger = await housing.good("GET", f"/schemes/{scheme['id']}/right-to-return", **BUILD)
    assert ledger["balanced"]
    assert ledger["standing"]["lapsed"] == 1
    back = {"kind": "restored", "words": "They were in hospital"}
    assert (await housing.good("POST", path, back, version=shown["version"], **DECIDE))["right"] == "waiting"


@pytest.mark.full
async def test_gateways_keep_the_digest_of_what_was_seen_and_a_site_keeps_its_mix(housing: Housing) -> None:
    housing.on(DAY)
    scheme = await housing.good("POST", "/schemes", example(), **BUILD)
    path = f"/schemes/{scheme['id']}"
    version = 1
    digests = set()
    steps = [*((each, 0) for each in WHOLE), ("start_on_site", 1)]
    for milestone, phase in steps:
        body = {"milestone": milestone, "phase": phase, "reached_on": "2026-12-14", "advice": "proceed"}
        decided = await housing.good("POST", f"{path}/gateways", body, version=version, **DECIDE)
        digests.add(decided["digest"])
        version += 1
    assert len(digests) == 1
    appraisal = await housing.good("GET", f"{path}/appraisal", **BUILD)
    assert appraisal["digest"] in digests
    assert sum(row["flow"] for row in appraisal["years"].values()) == appraisal["lines"]["flow"]
    change = {"mix": [line("social", 64)], "words": "All of it social"}
    refused = await housing.refused(409, "PATCH", path, change, version=version, **BUILD)
    assert refused["detail"] == "Phase 1 is on site: its mix stands"
    assert [each["type"] for each in housing.announced("scheme.milestone_reached")] == [
        "housing.scheme.milestone_reached"
    ] * 5


@pytest.mark.full
async def test_scenarios_jobs_and_the_programme_by_day(housing: Housing) -> None:
    housing.on(DAY)
    programme = {"schemes": [example(), example("second-court", passed=BUILT)]}
    loaded = await housing.good("POST", "/programme", programme, **BUILD)
    again = await housing.good("POST", "/programme", programme, **BUILD)
    assert (again["made"], again["stood"]) == ({}, loaded["made"])
    path = f"/schemes/{loaded['made']['example-court']}"
    change = {"mix": [line("social", 64, rent_week_pence=132_33)], "delay_months": 6}
    await housing.good("POST", f"{path}/scenarios", {"name": "All council", "change": change}, **BUILD)
    shown = await housing.good("GET", f"{path}/scenarios", **BUILD)
    told = shown["scenarios"][0]["difference"]
    assert told["shares.council_equivalent"] == "+44"
    jobs = {"promises": [{"kind": "job", "promised": 30}, {"kind": "apprenticeship", "promised": 6}]}
    await housing.refused(422, "POST", f"{path}/jobs", jobs, version=1, **BUILD)
    await housing.good("POST", f"{path}/jobs", jobs | {"words": "Fewer homes"}, version=1, **BUILD)
    done = {"kind": "job", "delivered": 4, "on": "2026-12-01", "evidence": "payroll of the contractor"}
    after = await housing.good("POST", f"{path}/jobs/delivered", done, version=2, **BUILD)
    assert [(each["kind"], each["promised"], each["delivered"]) for each in after["jobs"]] == [
        ("job", 30, 4), ("apprenticeship", 6, 0)
    ]  # fmt: skip
    board: dict[str, Any] = {"purpose": "oversight", "roles": ("board_member",)}
    then = await housing.good("GET", "/programme?on=2025-06-01&money=true", **board)
    now = await housing.good("GET", "/programme", **board)
    assert (then["states"], then["on_site"], then["completed"]) == ({"on_site": 1, "pipeline": 1}, 64, 0)
    assert (now["on_site"], now["completed"], now["completed_by_share"]["council_equivalent"]) == (0, 64, 20)
    assert then["npv_pence"] is not None
    assert now["npv_pence"] is None


@pytest.mark.full
async def test_a_stopped_scheme_is_taken_up_again_with_a_reason(housing: Housing) -> None:
    housing.on(DAY)
    scheme = await housing.good("POST", "/schemes", example(passed=before()[:2]), **BUILD)
    path = f"/schemes/{scheme['id']}"
    gate = {"milestone": "planning", "reached_on": "2026-12-14"}
    await housing.good("POST", f"{path}/gateways", gate | {"decision": "stop"}, version=1, **DECIDE)
    stopped = await housing.good("GET", path, **BUILD)
    assert (stopped["state"], stopped["allowed"]) == ("stopped", ["planning:0"])
    refused = await housing.refused(409, "POST", f"{path}/gateways", gate, version=2, **DECIDE)
    assert refused["allowed"] == ["planning:0"]
    await housing.refused(409, "PATCH", path, {"name": "Other", "words": "New"}, version=2, **BUILD)
    again = gate | {"words": "The grant came after all"}
    await housing.good("POST", f"{path}/gateways", again, version=2, **DECIDE)
    assert (await housing.good("GET", path, **BUILD))["state"] == "pipeline"
