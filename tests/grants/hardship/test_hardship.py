"""Hardship payments through the door: the same day, within limits, looked at afterwards, never more than the fund."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.clock import LONDON
from kit.errors import Invalid
from services.grants.hardship import domain
from tests.grants.doors import Grants
from tests.grants.moments import stand_at

AMINA = str(UUID(int=0xA))
HOME = str(UUID(int=0xB))
ACCOUNT = {"way": "own_account", "sort_code": "200000", "account_number": "55779911"}
DAY = datetime(2026, 12, 4, 16, 40, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def clock_put_back() -> Iterator[None]:
    """Whatever a test does to the business clock is undone."""
    yield
    clock.set_offset(timedelta(0))


async def ready(grants: Grants, pence: int = 100_000) -> None:
    """Friday 4 December 2026, 16:40: a fund with money, and two officers whose training is on record."""
    stand_at(grants, DAY)
    fund = await grants.good(
        "POST", "/funds", {"code": "hardship", "name": "Crisis and Resilience Fund", "kind": "hardship"}
    )
    money = {"pence": pence, "source": "DWP", "reference": "CRF-1", "received_on": "2026-12-01"}
    await grants.good("POST", f"/funds/{fund['id']}/receipts", money)
    for worker in ("tom", "ewa"):
        body = {"trained_on": "2026-09-01", "until": "2027-09-01"}
        await grants.good("PUT", f"/desk-training/{worker}", body, actor="manager-1", roles=("manager",))


async def asked(grants: Grants, pence: int, **more: Any) -> dict[str, Any]:
    body = {
        "person_id": AMINA,
        "household_id": HOME,
        "need": "food",
        "shock": "income_lost",
        "words": "Nothing left until Tuesday.",
        "amount_pence": pence,
        "payee": ACCOUNT,
        **more,
    }
    found: dict[str, Any] = await grants.good("POST", "/hardship-payments", body, actor="sade")
    return found


async def step(
    grants: Grants, of: dict[str, Any], what: str, body: Any = None, *, actor: str = "tom"
) -> dict[str, Any]:
    path = f"/hardship-payments/{of['id']}/{what}"
    found: dict[str, Any] = await grants.good("POST", path, body, actor=actor, version=of["version"])
    return found


async def refused(
    grants: Grants, status: int, of: dict[str, Any], what: str, body: Any = None, *, actor: str = "tom"
) -> dict[str, Any]:
    path = f"/hardship-payments/{of['id']}/{what}"
    found: dict[str, Any] = await grants.refused(status, "POST", path, body, actor=actor, version=of["version"])
    return found


async def left(grants: Grants) -> int:
    row = grants.stored.rows("select balance_pence from ledger_account where kind = 'available'")
    return int(row[0]["balance_pence"])


async def test_one_trained_officer_pays_at_the_desk(grants: Grants) -> None:
    await ready(grants)
    of = await asked(grants, 8_000)
    assert datetime.fromisoformat(of["decide_by"]) == datetime(2026, 12, 4, 18, tzinfo=LONDON)
    await refused(grants, 403, of, "payment", {}, actor="untrained")
    paid = await step(grants, of, "payment", {"advice": "benefit_check"})
    assert (paid["state"], paid["account_ends"], await left(grants)) == ("paid", "9911", 92_000)
    [row] = grants.stored.rows("select sort_code, account_number from hardship_payment")
    assert row == {"sort_code": None, "account_number": "9911"}
    [event] = grants.announced("hardship.paid")
    assert (event["data"]["person_id"], event["data"]["amount_pence"]) == (AMINA, 8_000)
    assert "55779911" not in str(event)
    await refused(grants, 409, paid, "payment", {})
    back = await step(grants, paid, "return", {"reason": "The code was never cashed."})
    assert (back["state"], await left(grants)) == ("returned", 100_000)


async def test_above_the_desks_sum_a_second_officer_has_thirty_minutes(grants: Grants) -> None:
    await ready(grants)
    of = await step(grants, await asked(grants, 40_000), "payment", {})
    assert (of["state"], of["minutes_left"] in (29, 30), await left(grants)) == ("awaiting_approval", True, 100_000)
    await refused(grants, 409, of, "approval")
    await grants.ring()
    stand_at(grants, DAY + timedelta(minutes=31))
    await grants.ring()
    late = await grants.good("GET", f"/hardship-payments/{of['id']}")
    assert (late["escalated"], late["state"]) == (True, "awaiting_approval")
    overdue = await grants.good("GET", "/hardship-payments?overdue=true")
    assert [each["id"] for each in overdue["items"]] == [of["id"]]
    paid = await step(grants, late, "approval", actor="ewa")
    assert (paid["state"], paid["approved_by"], await left(grants)) == ("paid", "ewa", 60_000)
    assert paid["to_check"] is False


async def test_never_beyond_the_fund_and_nothing_moves(grants: Grants) -> None:
    await ready(grants, pence=5_000)
    of = await asked(grants, 8_000)
    await refused(grants, 409, of, "payment", {})
    again = await grants.good("GET", f"/hardship-payments/{of['id']}")
    assert (again["state"], again["version"], await left(grants)) == ("asked", of["version"], 5_000)
    assert grants.announced("hardship.paid") == []


async def test_a_refusal_gives_reasons_and_another_officer_looks_again_once(grants: Grants) -> None:
    await ready(grants)
    no = {"reason": "other_fund_pays", "words": "The school pays for uniforms."}
    of = await step(grants, await asked(grants, 8_000), "refusal", no)
    assert (of["state"], of["refusal_words"], of["may_be_questioned"]) == ("refused", no["words"], True)
    # Account figures went with the refusal.
    await refused(grants, 422, of, "reconsideration", {"why": "It said no."}, actor="sade")
    of = await step(grants, of, "reconsideration", {"why": "It said no.", "payee": {"way": "cash_code"}}, actor="sade")
    await refused(grants, 409, of, "refusal", no)
    await refused(grants, 409, of, "payment", {})
    of = await step(grants, of, "refusal", no, actor="ewa")
    told = await refused(grants, 409, of, "reconsideration", {"why": "Please."}, actor="sade")
    assert told["allowed"] == []


async def test_a_sample_is_looked_at_the_next_working_day_by_another_officer(
    grants: Grants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "sampled", lambda mark, percent: True)
    await ready(grants)
    of = await step(grants, await asked(grants, 8_000), "payment", {})
    # Whoever paid doesn't learn beforehand.
    assert (of["to_check"], of["check_at"]) == (False, None)
    found = {"finding": "in_order", "words": "All there."}
    await refused(grants, 409, of, "check", found, actor="ines")
    stand_at(grants, datetime(2026, 12, 7, 9, 1, tzinfo=LONDON))
    waiting = await grants.good("GET", "/hardship-payments?to_check=true")
    assert [each["id"] for each in waiting["items"]] == [of["id"]]
    await refused(grants, 409, of, "check", found)
    done = await step(grants, of, "check", found, actor="ines")
    assert (done["finding"], done["to_check"]) == ("in_order", False)


async def test_whom_one_may_not_see_one_may_not_pay(grants: Grants) -> None:
    await ready(grants)
    of = await asked(grants, 8_000)
    hide = [(AMINA, str(uuid4()))]
    await grants.refused(404, "GET", f"/hardship-payments/{of['id']}", hide=hide)
    assert (await grants.good("GET", "/hardship-payments", hide=hide))["items"] == []
    body = {"person_id": AMINA, "need": "food", "shock": "other", "words": "-", "amount_pence": 1, "payee": ACCOUNT}
    await grants.refused(404, "POST", "/hardship-payments", body, hide=hide)
    outside: dict[str, Any] = {"actor": "charity", "roles": ("voluntary_sector_worker",)}
    await grants.refused(404, "GET", f"/hardship-payments/{of['id']}", **outside)
    mine = await grants.good("POST", "/hardship-payments", {**body, "asked_by": "organisation"}, **outside)
    assert mine["before"] is None
    assert [each["id"] for each in (await grants.good("GET", "/hardship-payments", **outside))["items"]] == [mine["id"]]


@pytest.mark.parametrize(
    ("payee", "rule"),
    [
        ({"way": "joint_account", "sort_code": "200000", "account_number": "55779911"}, "joint-unasked"),
        ({"way": "supplier", "supplier": "A shop"}, "cash-first"),
        ({"way": "own_account", "sort_code": "20-00-0", "account_number": "55779911"}, "account"),
        ({"way": "cash_code", "sort_code": "200000", "account_number": "55779911"}, "account"),
    ],
)
def test_how_it_is_paid(payee: dict[str, Any], rule: str) -> None:
    with pytest.raises(Invalid) as told:
        domain.check_payee(domain.Payee(**{**payee, "way": domain.Way(payee["way"])}))
    assert told.value.errors[0].rule == rule


def test_decided_the_same_day_or_the_next_working_one() -> None:
    assert domain.decide_by(DAY, False, 48) == datetime(2026, 12, 4, 18, tzinfo=LONDON)
    late = datetime(2026, 12, 4, 17, 30, tzinfo=LONDON)
    assert domain.decide_by(late, False, 48) == datetime(2026, 12, 7, 18, tzinfo=LONDON)
    # A weekend is longer than the fund allows where it is urgent.
    assert domain.decide_by(late, True, 48) == datetime(2026, 12, 6, 17, 30, tzinfo=LONDON)
