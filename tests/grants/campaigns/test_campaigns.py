"""Crowdfunding through the door: all or nothing, the match by rule and out of the ledger."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock
from services.grants.campaigns import domain
from tests.grants.doors import PUBLIC, Grants
from tests.grants.moments import stand_at


@pytest.fixture(autouse=True)
def clock_put_back() -> Iterator[None]:
    """Whatever a test does to the business clock is undone."""
    yield
    clock.set_offset(timedelta(0))


async def running(grants: Grants, *, pot: int = 12_000_000, target: int = 1_000_000) -> dict[str, Any]:
    """A campaign that takes pledges, with half of its target from the match fund."""
    rules = {"match_percent": 50, "match_most_pence": 2_000_000}
    fund = await grants.good("POST", "/funds", {"code": "match", "name": "Match", "kind": "match", "rules": rules})
    money = {"pence": pot, "source": "Reserves", "reference": "M1", "received_on": "2026-11-01"}
    await grants.good("POST", f"/funds/{fund['id']}/receipts", money)
    body = {
        "title": "A play area",
        "words": "Swings for all.",
        "group_name": "Friends of the park",
        "target_pence": target,
        "closes_at": (clock.business_now() + timedelta(days=30)).isoformat(),
    }
    of = await grants.good("POST", "/campaigns", body)
    opening = {"fund_code": "match"}
    told = await grants.refused(409, "POST", f"/campaigns/{of['id']}/open", opening, version=of["version"])
    assert "insurance" in told["missing"]
    for what in domain.Check:
        found = {"check": what.value, "in_order": True, "words": "Seen."}
        path = f"/campaigns/{of['id']}/checks"
        of = await grants.good("POST", path, found, actor="officer-2", version=of["version"])
    opened: dict[str, Any] = await grants.good("POST", f"/campaigns/{of['id']}/open", opening, version=of["version"])
    return opened


async def pledge(grants: Grants, of: dict[str, Any], name: int, pence: int) -> dict[str, Any]:
    found: dict[str, Any] = await grants.good(
        "POST",
        f"/campaigns/{of['id']}/pledges",
        {"pence": pence},
        actor=f"backer-{name}",
        purpose="participation",
        roles=("resident",),
    )
    return found


def accounts(grants: Grants) -> dict[str, int]:
    rows = grants.stored.rows("select kind, sum(balance_pence) as pence from ledger_account group by kind")
    return {row["kind"]: int(row["pence"]) for row in rows if row["pence"]}


async def over(grants: Grants, of: dict[str, Any]) -> dict[str, Any]:
    stand_at(grants, clock.now() + timedelta(days=31))
    await grants.ring()
    found: dict[str, Any] = await grants.good("GET", f"/campaigns/{of['id']}", **PUBLIC)
    return found


async def test_the_match_fills_what_the_crowd_left_open(grants: Grants) -> None:
    of = await running(grants)
    assert (of["reserved_pence"], accounts(grants)["reserved"]) == (500_000, 500_000)
    for name in range(10):
        of = await pledge(grants, of, name, 60_000)
    # Another sum in its place, not on top.
    of = await pledge(grants, of, 0, 80_000)
    assert (of["pledged_pence"], of["backers"], of["to_go_pence"]) == (620_000, 10, 0)
    ended = await over(grants, of)
    assert (ended["state"], ended["match_pence"]) == ("funded", 380_000)
    assert accounts(grants) == {"income": -12_000_000, "available": 11_620_000, "awarded": 380_000}
    [event] = grants.announced("campaign.funded")
    assert (event["data"]["match_pence"], event["data"]["backers"]) == (380_000, 10)
    late = {"purpose": "participation", "roles": ("resident",)}
    await grants.refused(409, "POST", f"/campaigns/{of['id']}/pledges", {"pence": 100}, **late)


async def funded(grants: Grants) -> dict[str, Any]:
    of = await running(grants)
    for name in range(10):
        await pledge(grants, of, name, 62_000)
    return await over(grants, of)


async def test_the_match_is_paid_once_when_the_crowds_money_is_there(grants: Grants) -> None:
    of = await funded(grants)
    path, there = f"/campaigns/{of['id']}/match-payment", {"collected_pence": 620_000}
    await grants.refused(409, "POST", path, there, version=of["version"])  # who drew it up
    short = {"collected_pence": 619_999}
    told = await grants.refused(409, "POST", path, short, actor="officer-2", version=of["version"])
    assert told["missing_pence"] == 1
    paid = await grants.good("POST", path, there, actor="officer-2", version=of["version"])
    assert accounts(grants) == {"income": -12_000_000, "available": 11_620_000, "paid": 380_000}
    assert paid["match_settled_at"] is not None
    await grants.refused(409, "POST", path, there, actor="officer-2", version=paid["version"])


@pytest.mark.full
async def test_a_match_that_is_not_paid_goes_back_with_a_public_reason(grants: Grants) -> None:
    of = await funded(grants)
    path, why = f"/campaigns/{of['id']}/match-withdrawal", {"reason": "The pledges were not collected."}
    back = await grants.good("POST", path, why, actor="officer-2", version=of["version"])
    assert accounts(grants) == {"income": -12_000_000, "available": 12_000_000}
    assert back["match_returned_reason"] == why["reason"]
    late = {"collected_pence": 620_000}
    late_path = f"/campaigns/{of['id']}/match-payment"
    await grants.refused(409, "POST", late_path, late, actor="officer-2", version=back["version"])


@pytest.mark.full
async def test_nothing_of_it_when_it_falls_short(grants: Grants) -> None:
    of = await running(grants)
    for name in range(9):
        of = await pledge(grants, of, name, 90_000)
    ended = await over(grants, of)
    assert (ended["state"], ended["match_pence"]) == ("failed", 0)
    assert accounts(grants) == {"income": -12_000_000, "available": 12_000_000}
    assert {row["state"] for row in grants.stored.rows("select state from pledge")} == {"released"}
    assert grants.announced("campaign.funded") == []


@pytest.mark.full
async def test_a_match_beyond_the_pot_moves_nothing(grants: Grants) -> None:
    with pytest.raises(AssertionError, match="409"):
        await running(grants, pot=400_000)
    assert accounts(grants) == {"income": -400_000, "available": 400_000}


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 30), st.integers(0, 10**8))
def test_all_or_nothing(target: int, pledged: int, backers: int, reserved: int) -> None:
    closed = domain.close(target, pledged, backers, reserved)
    assert closed.match + closed.released == reserved
    assert closed.funded == (pledged + closed.match >= target)
    assert closed.match == 0 or (closed.funded and pledged + closed.match == target)
