"""What a full extract no longer has, through every layer: the record, the household and the profile follow."""

from typing import Any

import pytest

from tests.risk.sources.ground import Loading, as_csv

pytestmark = pytest.mark.full

CLAIMS = "benefit_claims"


PEOPLE = {1: ("OKAFOR, Amina", "1981-03-04", "1 Example Street"), 2: ("WILK, Tomasz", "1967-11-23", "14 Heath Road")}


def claim(number: int) -> dict[str, str]:
    name, born, address = PEOPLE[number]
    return {
        "claim_ref": f"B-{number}",
        "claimant_name": name,
        "claimant_dob": born,
        "uprn": f"99900000000{number}",
        "address": address,
        "postcode": f"RM10 {number}XX",
        "tenure": "PRIV",
        "benefit": "CTS",
        "earned_income_weekly": "0",
        "status": "live",
        "from": "2026-05-01",
    }


def households(loading: Loading) -> list[list[str]]:
    """The factors of each household there is."""
    rows = loading.risk.stored.rows(
        "select home.household, coalesce(array_agg(factor order by factor) filter (where role = 'factor'), '{}')"
        " as factors from home left join household_factor using (household) group by 1"
    )
    return sorted(row["factors"] for row in rows)


async def brought(loading: Loading, on: str, *rows: dict[str, str]) -> dict[str, Any]:
    load = await loading.load(CLAIMS, as_csv(CLAIMS, rows), query=f"?extracted_on={on}")
    await loading.work_off("refresh")
    return load


async def test_a_claim_that_is_gone_ends_in_the_household_and_in_the_profile(loading: Loading) -> None:
    await brought(loading, "2026-10-01", claim(1), claim(2))
    poor = ["low_or_no_pay", "private_rent"]
    assert households(loading) == [poor, poor]
    load = await brought(loading, "2026-11-01", claim(1))
    assert (load["withdrawn"], load["ended"]) == (1, 3)
    # Nothing says any more that somebody lives at the second address.
    assert households(loading) == [poor]
    assert len(loading.records()) == 2
    await brought(loading, "2026-11-01", claim(1), claim(2))
    assert households(loading) == [poor, poor]
