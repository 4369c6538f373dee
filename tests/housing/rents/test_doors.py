"""Rents through the doors: the nurse of the scenario, reviews, tables, who may see."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.housing.rents import commands, queries
from tests.housing.doors import Housing

RENTS: dict[str, Any] = {"purpose": "rents", "roles": ("housing_officer",), "actor": "rents-1"}
TABLES: dict[str, Any] = {"purpose": "administration", "roles": ("manager",), "actor": "manager-1"}
DAY = date(2026, 12, 14)
ALONE = {"lha_size": "1", "help_with_rent": "none"}


def payslips(gross: int, net: int, newest: date = DAY) -> list[dict[str, Any]]:
    return [
        {
            "kind": "payslip",
            "income": "earnings",
            "every": "month",
            "gross_pence": gross,
            "net_pence": net,
            "dated": (newest - timedelta(days=30 * each)).isoformat(),
        }
        for each in range(3)
    ]


async def home(housing: Housing, **more: Any) -> str:
    body = {
        "uprn": str(uuid4().int % 10**12),
        "address": "1 Test House",
        "postcode": "RM10 8XX",
        "kind": "flat",
        "bedrooms": 1,
        "landlord": "reside",
        "rent_regime": "market_80",
        "state": "available",
        "void_since": "2026-12-01",
        "vacancy": "first_let_new_build",
        "market_rent_week_pence": 300_00,
        "service_charge_week_pence": 22_50,
        "value_1999_pence": 49_750_00,
        **more,
    }
    made = await housing.good("POST", "/homes", body)
    return str(made["id"])


async def proposed(housing: Housing, person: Any = None, home_id: str | None = None, **more: Any) -> Any:
    body = {
        "home_id": home_id or await home(housing),
        "person_id": str(person or uuid4()),
        "tenancy": "assured_market_linked",
        "household": ALONE,
        "evidence": payslips(2405_00, 2024_90),
        **more,
    }
    return await housing.good("POST", "/rents", body, **RENTS)


@pytest.mark.full
async def test_the_nurses_rent_is_proposed_set_by_name_and_told(housing: Housing) -> None:
    housing.on(DAY)
    person, household = uuid4(), uuid4()
    housing.know(person, household)
    made = await proposed(housing, person)
    assert (made["state"], made["proposed"], made["household_id"]) == ("proposed", "market_60", str(household))
    assert made["proposal"].startswith("60% of market rent: the highest share they can afford")
    assert housing.announced("rent.set") == []
    path = f"/rents/{made['id']}/setting"
    higher = {"effective_from": "2026-12-21", "product": "market_80", "words": "The scheme needs it"}
    refused = await housing.refused(422, "POST", path, higher, version=1, **RENTS)
    assert refused["errors"][0]["rule"] == "never-above-proposal"
    rent = await housing.good("POST", path, {"effective_from": "2026-12-21"}, version=1, **RENTS)
    assert (rent["product"], rent["rent_week_pence"], rent["service_week_pence"]) == ("market_60", 157_50, 22_50)
    assert rent["set_by"] == "rents-1"
    (told,) = housing.announced("rent.set")
    assert told["data"]["percent_of_market"] == 60
    assert told["data"]["person_id"] == str(person)
    assert "2405" not in str(told), "the income stays with housing"
    # Another household for the same home: one rent at a time.
    other = await proposed(housing, home_id=made["home_id"])
    await housing.refused(
        409, "POST", f"/rents/{other['id']}/setting", {"effective_from": "2026-12-21"}, version=1, **RENTS
    )


async def test_a_review_lowers_at_once_and_a_rise_waits_for_the_law(housing: Housing) -> None:
    housing.on(DAY)
    made = await proposed(housing)
    path = f"/rents/{made['id']}"
    await housing.good("POST", f"{path}/setting", {"effective_from": "2026-12-14"}, version=1, **RENTS)
    housing.on(date(2027, 3, 1))
    less = {"household": ALONE, "evidence": payslips(1800_00, 1650_00, date(2027, 2, 26)), "words": "Fewer hours"}
    lowered = await housing.good("POST", f"{path}/reviews", less, version=2, **RENTS)
    assert (lowered["outcome"], lowered["rent"]["product"]) == ("lowered", "market_50")
    assert lowered["rent"]["effective_from"] == "2027-03-01"
    more = {"household": ALONE, "evidence": payslips(2405_00, 2024_90, date(2027, 2, 26)), "words": "Full time again"}
    found = await housing.good("POST", f"{path}/reviews", more, version=3, **RENTS)
    assert (found["outcome"], found["earliest_rise_on"]) == ("may_rise", "2027-12-13")
    rise = {"notice_on": "2027-03-01", "effective_from": "2027-05-01", "words": "After the review"}
    early = await housing.refused(422, "POST", f"{path}/rise", rise, version=4, **RENTS)
    assert "s13" in early["errors"][0]["rule"]
    raised = await housing.good("POST", f"{path}/rise", rise | {"effective_from": "2027-12-13"}, version=4, **RENTS)
    assert raised["product"] == "market_60"
    periods = await housing.good("GET", f"{path}/periods", **RENTS)
    assert [each["change"] for each in periods["items"]] == ["set", "lowered", "raised"]
    assert [each["data"]["change"] for each in housing.announced("rent.set")] == ["set", "lowered", "raised"]


@pytest.mark.full
async def test_a_social_rent_never_goes_by_income(housing: Housing) -> None:
    housing.on(DAY)
    council = await home(housing, landlord="council", rent_regime="social", bedrooms=2)
    made = await proposed(housing, home_id=council, tenancy="secure")
    assert made["proposed"] == "social"
    path = f"/rents/{made['id']}"
    await housing.good("POST", f"{path}/setting", {"effective_from": "2026-12-14"}, version=1, **RENTS)
    rich = {"household": ALONE, "evidence": payslips(6000_00, 4500_00), "words": "Earns more"}
    assert (await housing.good("POST", f"{path}/reviews", rich, version=2, **RENTS))["outcome"] == "same"
    rise = {"notice_on": "2026-12-14", "effective_from": "2027-12-31", "words": "More"}
    refused = await housing.refused(409, "POST", f"{path}/rise", rise, version=3, **RENTS)
    assert refused["allowed"] == ["lower"]


@pytest.mark.full
async def test_without_evidence_nothing_is_proposed_and_nothing_by_income_is_set(housing: Housing) -> None:
    housing.on(DAY)
    told = [{"kind": "declared", "income": "earnings", "every": "month", "gross_pence": 240_000, "dated": "2026-12-01"}]
    made = await proposed(housing, evidence=told)
    assert (made["proposed"], made["evidenced"]) == (None, False)
    body = {"effective_from": "2026-12-14", "product": "market_50", "words": "They said so"}
    refused = await housing.refused(422, "POST", f"/rents/{made['id']}/setting", body, version=1, **RENTS)
    assert refused["errors"][0]["rule"] == "evidence"


@pytest.mark.full
async def test_affordability_names_homes_and_reasons_and_a_table_that_is_missing(housing: Housing) -> None:
    housing.on(DAY)
    ours = await home(housing)
    body = {"household": ALONE, "evidence": payslips(2405_00, 2024_90)}
    found = await housing.good("POST", "/affordability", body, **RENTS)
    assert [each["home_id"] for each in found["homes"]] == [ours]
    assert found["homes"][0]["proposed"] == "market_60"
    prices = await housing.good("POST", "/rent-prices", {"home_id": ours}, **RENTS)
    by = {each["product"]: each for each in prices}
    assert by["market_60"]["month_pence"] == 780_00
    assert by["london_living"]["missing"] == "the home's ward is not known"
    assert "bedroom weight, england, from 2000-04-01" in by["social"]["unsure"]


@pytest.mark.full
async def test_a_table_that_is_loaded_counts_first(housing: Housing) -> None:
    housing.on(DAY)
    council = await home(housing, landlord="council", rent_regime="social", bedrooms=2, value_1999_pence=200_000_00)
    figures = {str(size): 150_00 + size * 10_00 for size in range(7)}
    body = {"source": "Regulator of Social Housing, rent caps 2026-27", "figures": figures}
    path = "/rent-tables/rent_cap/england/2026-04-01"
    made = await housing("PUT", path, body, **TABLES)
    assert made.status_code == 201, made.text
    prices = await housing.good("POST", "/rent-prices", {"home_id": council}, **RENTS)
    assert next(each for each in prices if each["product"] == "social")["rent_week_pence"] == 170_00
    await housing.refused(428, "PUT", path, body, **TABLES)
    short = {**body, "figures": {"0": 1, "9": 2}}
    assert len((await housing.refused(422, "PUT", path, short, version=1, **TABLES))["errors"]) == 7
    seen, after = [], ""
    while True:
        page = await housing.good("GET", f"/rent-tables?limit=50{after}", **TABLES)
        seen += [(each["loaded"], each["kind"], each["area"], each["effective_from"]) for each in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(seen) == len(set(seen)) == 69
    assert seen[-1] == (True, "rent_cap", "england", "2026-04-01")


async def test_a_rent_of_somebody_kept_back_is_a_strangers(housing: Housing) -> None:
    housing.on(DAY)
    person = uuid4()
    housing.know(person)
    made = await proposed(housing, person)
    housing.know(person, restricted=True)
    await housing.refused(404, "GET", f"/rents/{made['id']}", **RENTS)
    assert (await housing.good("GET", "/rents", **RENTS))["items"] == []
    unknown = await housing.refused(404, "GET", f"/rents/{uuid4()}", **RENTS)
    assert unknown["detail"] == "We know of no such rent"
    hidden = uuid4()
    seen = await proposed(housing, hidden)
    assert len((await housing.good("GET", "/rents", **RENTS))["items"]) == 1
    await housing.refused(404, "GET", f"/rents/{seen['id']}", hide=[(hidden, uuid4())], **RENTS)


@pytest.mark.full
async def test_a_letting_that_falls_through_takes_its_rent_with_it(housing: Housing) -> None:
    housing.on(DAY)
    person, letting = uuid4(), uuid4()
    made = await proposed(housing, person)
    home_id = UUID(made["home_id"])
    await housing.good("POST", f"/rents/{made['id']}/setting", {"effective_from": "2026-12-14"}, version=1, **RENTS)
    async with housing.unit() as unit:
        await commands.follow_letting(unit, letting, home_id, uuid4())
        assert (await queries.set_for(unit, [home_id]))[home_id].person_id == person
    assert (await housing.good("GET", f"/rents/{made['id']}", **RENTS))["letting_id"] is None, "another's letting"
    async with housing.unit() as unit:
        await commands.follow_letting(unit, letting, home_id, person)
    async with housing.unit() as unit:
        await commands.undo_letting(unit, letting)
        assert await queries.set_for(unit, [home_id]) == {}
    shown = await housing.good("GET", f"/rents/{made['id']}", **RENTS)
    assert (shown["state"], shown["letting_id"]) == ("ended", str(letting))
    other = await proposed(housing, home_id=made["home_id"])
    await housing.good("POST", f"/rents/{other['id']}/setting", {"effective_from": "2026-12-14"}, version=1, **RENTS)
