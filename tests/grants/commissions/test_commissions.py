"""Commissions through the door: joint bids, years paid once out of the ledger, unfunded load in sight."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock
from services.grants.commissions import domain
from tests.grants.doors import Grants

FIRST, SECOND, THIRD = (str(UUID(int=number)) for number in (1, 2, 3))


@pytest.fixture(autouse=True)
def clock_put_back() -> Iterator[None]:
    """Whatever a test does to the business clock is undone."""
    yield
    clock.set_offset(timedelta(0))


def available(grants: Grants) -> int:
    [row] = grants.stored.rows("select balance_pence from ledger_account where kind = 'available'")
    return int(row["balance_pence"])


async def test_a_joint_bid_is_agreed_by_another_and_paid_year_by_year(grants: Grants) -> None:
    this = clock.today().year if clock.today().month >= 4 else clock.today().year - 1
    fund = await grants.good("POST", "/funds", {"code": "crf", "name": "CRF", "kind": "hardship"})
    money = {"pence": 15_000_000, "source": "DWP", "reference": "C1", "received_on": "2026-11-01"}
    await grants.good("POST", f"/funds/{fund['id']}/receipts", money)
    body: dict[str, Any] = {
        "title": "Debt advice in three hubs",
        "words": "Two small groups together.",
        "years": [{"year": this, "pence": 6_000_001}, {"year": this + 1, "pence": 6_000_000}],
        "members": [{"organisation_id": FIRST, "percent": 50}, {"organisation_id": SECOND, "percent": 50}],
    }
    wrong = {**body, "members": [{"organisation_id": FIRST, "percent": 60}]}
    told = await grants.refused(422, "POST", "/commissions", wrong)
    assert told["errors"][0]["rule"] == "parts-make-a-whole"
    of = await grants.good("POST", "/commissions", body)
    path = f"/commissions/{of['id']}"
    yes = {"fund_code": "crf", "words": "As the forum says."}
    told = await grants.refused(409, "POST", f"{path}/agreement", yes, actor="boss", version=of["version"])
    assert told["allowed"] == ["recommended", "declined"]
    forum = {"words": "They know the people.", "on": "2026-11-20"}
    of = await grants.good("POST", f"{path}/recommendation", forum, version=of["version"])
    await grants.refused(409, "POST", f"{path}/agreement", yes, version=of["version"])
    of = await grants.good("POST", f"{path}/agreement", yes, actor="boss", version=of["version"])
    assert available(grants) == 15_000_000 - 6_000_001
    await grants.refused(409, "POST", f"{path}/payment", {"year": this + 1}, version=of["version"])
    of = await grants.good("POST", f"{path}/payment", {"year": this}, version=of["version"])
    await grants.refused(409, "POST", f"{path}/payment", {"year": this}, version=of["version"])
    assert available(grants) == 15_000_000 - 12_000_001
    months = [
        {"organisation_id": each, "month": clock.today().strftime("%Y-%m"), "referrals": 40, "refused_full": 4}
        for each in (FIRST, THIRD)
    ]
    loads = (await grants.good("PUT", "/commissions/loads", {"loads": months}))["items"]
    assert (loads[0]["organisation_id"], loads[0]["unfunded"]) == (THIRD, True)
    by_id = {each["organisation_id"]: each for each in loads}
    assert (by_id[FIRST]["funded_pence"], by_id[FIRST]["pence_each"]) == (3_000_001, 75_000)
    assert by_id[SECOND]["pence_each"] is None


@given(st.integers(0, 10**10), st.lists(st.integers(1, 100), min_size=1, max_size=8))
def test_parts_make_the_whole_to_the_penny(pence: int, weights: list[int]) -> None:
    whole = sum(weights)
    percents = [each * 100 // whole for each in weights]
    percents[0] += 100 - sum(percents)
    members = [domain.Member(UUID(int=number), percent) for number, percent in enumerate(percents)]
    assert sum(domain.part_of(pence, members).values()) == pence
