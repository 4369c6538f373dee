"""Benefits through casefile's doors: checks kept as worked out, better off in work, claims and gains."""

from typing import Any

import pytest

from tests.casefile.doors import Casefile
from tests.casefile.money import ADVISER, CIRCUMSTANCES, KEEPER, LHA, RATES, register


@pytest.fixture
async def kelly(casefile: Casefile) -> Any:
    """Kelly Pike, and the council in the register."""
    await register(casefile)
    return await casefile.person("Kelly", "Pike")


async def test_a_check_is_kept_as_it_was_worked_out_with_every_step(casefile: Casefile, kelly: Any) -> None:
    rented = {
        **CIRCUMSTANCES,
        "home": {"tenure": "private_rent", "rent_pence": 900_00, "lha_area": "outer_south_east_london"},
    }
    body = {"person_id": kelly["id"], "circumstances": rented}
    before = await casefile.good("POST", "/money/benefit-checks", body, **ADVISER)
    assert not before["result"]["complete"]
    assert before["words"].endswith("of what is in a table")
    assert before["result"]["missing"] == [
        "Local Housing Allowance: no table for outer_south_east_london on 2026-12-14"
    ]
    assert (await casefile("PUT", LHA, RATES, **KEEPER)).status_code == 201
    after = await casefile.good("POST", "/money/benefit-checks", body, **ADVISER)
    found = {each["benefit"]: each for each in after["result"]["estimates"]}
    # 424.90 + 303.94 + 900.00 of rent, less 55% of (1,213.00 - 427.00).
    assert found["universal_credit"]["month_pence"] == 424_90 + 303_94 + 900_00 - 432_30
    assert any("Bromley" in each for each in found["universal_credit"]["sources"])
    assert all(step["words"] and step["rule"] for each in found.values() for step in each["steps"])
    assert after["result"]["label"].startswith("An estimate")
    # A table corrected later changes no check that was done.
    dearer = {**RATES, "figures": dict.fromkeys(RATES["figures"], 1_00)}
    await casefile.good("PUT", LHA, dearer, version=1, **KEEPER)
    assert await casefile.good("GET", f"/money/benefit-checks/{after['id']}", **ADVISER) == after


@pytest.mark.full
async def test_better_off_in_work_names_nobody_and_keeps_nothing(casefile: Casefile) -> None:
    body = {
        "circumstances": CIRCUMSTANCES | {"adults": [{"age": 34}]},
        "job": {"gross_month_pence": 1_800_00, "costs_pence": 60_00},
    }
    found = await casefile.good("POST", "/money/better-off", body, **ADVISER)
    assert found["words"] == "Estimate: £890.03 a month better off"
    assert found["then"]["estimates"]
    assert casefile.stored.rows("select 1 from benefit_check") == []


@pytest.mark.full
async def test_a_claim_until_its_gain_is_confirmed_with_evidence(casefile: Casefile, kelly: Any) -> None:
    check = await casefile.good(
        "POST", "/money/benefit-checks", {"person_id": kelly["id"], "circumstances": CIRCUMSTANCES}, **ADVISER
    )
    body = {"person_id": kelly["id"], "benefit": "universal_credit", "check_id": check["id"]}
    claim = await casefile.good("POST", "/money/claims", body, **ADVISER)
    path = f"/money/claims/{claim['id']}/outcome"
    bare = await casefile("POST", path, {"state": "confirmed"}, version=1, **ADVISER)
    assert {each["rule"] for each in bare.json()["errors"]} == {"gain-with-amount", "gain-with-evidence"}
    refused = await casefile.good("POST", path, {"state": "refused", "reason": "Paid too much"}, version=1, **ADVISER)
    assert refused["allowed"] == ["confirmed"]
    gain = {
        "state": "confirmed",
        "gain_pence": 296_54,
        "every": "month",
        "once_pence": 120_00,
        "evidence": "award_letter",
    }
    confirmed = await casefile.good("POST", path, gain, version=2, **ADVISER)
    assert confirmed["year_gain_pence"] == 3_558_48
    started, told = casefile.announced("benefit.claimed", "benefit.confirmed")
    assert (started["data"]["state"], told["data"]["year_gain_pence"], told["data"]["once_pence"]) == (
        "started",
        3_558_48,
        120_00,
    )
    await casefile.hear_itself()
    page = (await casefile("GET", f"/households/{kelly['household_id']}/timeline")).text
    assert "Gain in benefit confirmed: £3,558.48 a year and £120.00 once" in page
    assert "universal_credit" not in page
    strangers = await casefile(
        "POST", "/money/claims", body | {"person_id": (await casefile.person("A", "B"))["id"]}, **ADVISER
    )
    assert strangers.status_code == 404


async def test_the_national_tables_are_shown_with_their_sources(casefile: Casefile) -> None:
    found = (await casefile.good("GET", "/money/rates?on=2026-12-14", **ADVISER))["items"]
    assert {each["name"] for each in found} >= {"universal_credit", "pension_credit", "benefit_cap", "child_benefit"}
    assert all(each["source"] for each in found)
