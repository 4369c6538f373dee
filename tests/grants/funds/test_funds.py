"""Funds through their door, and a ledger that balances whatever happens at once."""

import asyncio
from uuid import UUID, uuid4

import psycopg
import pytest

from kit.errors import Conflict
from services.grants.funds import commands
from tests.grants.doors import Grants
from tests.grants.funds.money import MANAGER, body, fund, proof, transaction


async def test_levy_receipts_land_in_the_fund_to_the_penny_and_only_once(grants: Grants) -> None:
    made = await fund(grants, administration_percent=5)
    sent = body(
        transaction("T1", "C1", "received", "812345.67"),
        transaction("T2", "C1", "received", "oops"),
        transaction("T3", "C1", "returned", "1000.00"),
        transaction("T4", "C1", "returned", "99999999.00"),
        transaction("T5", "C1", "received", "5.00", on="2199-01-01"),
    )
    path = f"/funds/{made['id']}/levy-receipts"
    loaded = await grants.good("POST", path, sent)
    assert (loaded["taken"], loaded["share_pence"]) == (2, 12_185_185 - 15_000)
    assert [(each["line"], each["field"]) for each in loaded["bad"]] == [(3, "amount")]
    assert {each["reference"]: each["reason"] for each in loaded["left_out"]} == {
        "T4": "not-enough-left-to-give-back",
        "T5": "dated-ahead",
    }
    assert (await grants.good("POST", path, sent))["known_before"] == 2

    stands = (await grants.good("GET", f"/funds/{made['id']}"))["stands"]
    assert stands["available_pence"] == stands["received_pence"] == 12_170_185
    assert stands["administration_pence"] == 4_061_728 - 5_000
    [event] = grants.announced("fund.receipted")
    assert (event["data"]["available_pence"], event["data"]["receipts"]) == (12_170_185, 2)
    assert "Quay" not in str(event)
    receipts = (await grants.good("GET", f"/funds/{made['id']}/receipts"))["items"]
    assert [each["source"] for each in receipts] == ["Quay Yard, phase 2"] * 2
    assert (await proof(grants))["balances"]


async def test_money_is_entered_once_and_every_move_stands_in_the_ledger(grants: Grants) -> None:
    made = await fund(grants, pence=50_000)
    again = {"pence": 50_000, "source": "A gift", "reference": "ncil-1", "received_on": "2026-04-06"}
    await grants.refused(409, "POST", f"/funds/{made['id']}/receipts", again)
    other = await fund(grants, "match")
    move = {"to_fund_id": other["id"], "pence": 20_000, "reference": "2026", "why": "The year's match money"}
    await grants.good("POST", f"/funds/{made['id']}/transfers", move, **MANAGER)
    problem = await grants.refused(
        409, "POST", f"/funds/{made['id']}/transfers", {**move, "pence": 30_001, "reference": "more"}, **MANAGER
    )
    assert problem["there_pence"] == 30_000
    assert (await grants.good("GET", f"/funds/{other['id']}"))["stands"]["received_pence"] == 20_000
    ledger = (await grants.good("GET", f"/funds/{made['id']}/ledger"))["items"]
    assert [each["kind"] for each in ledger] == ["receipt", "transfer"]
    assert sum(line["pence"] for each in ledger for line in each["lines"]) == 0
    assert (await proof(grants))["balances"]


async def test_two_who_reach_for_the_last_pound_get_it_once(grants: Grants) -> None:
    made = UUID((await fund(grants, pence=100))["id"])

    async def take(number: int) -> bool:
        try:
            async with grants.unit() as unit:
                await commands.pay_at_once(unit, made, uuid4(), 40, f"race/{number}", "A race")
        except Conflict:
            return False
        return True

    took = await asyncio.gather(*(take(number) for number in range(5)))
    assert sum(took) == 2
    assert (await grants.good("GET", f"/funds/{made}"))["stands"]["available_pence"] == 20
    assert (await proof(grants))["balances"]


@pytest.mark.full
async def test_one_payment_asked_for_twice_at_once_is_made_once(grants: Grants) -> None:
    made, about = UUID((await fund(grants, pence=100))["id"]), uuid4()

    async def pay() -> bool:
        try:
            async with grants.unit() as unit:
                await commands.pay_at_once(unit, made, about, 10, f"payment/{about}", "The same one")
        except Conflict:
            return False
        return True

    assert sum(await asyncio.gather(pay(), pay(), pay())) == 1


async def test_what_dies_in_the_middle_leaves_nothing(grants: Grants) -> None:
    made = UUID((await fund(grants, pence=100))["id"])
    before = await proof(grants)

    async def die() -> None:
        async with grants.unit() as unit:
            await commands.reserve(unit, made, uuid4(), 60, "crash", "It dies")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await die()
    assert await proof(grants) == before


@pytest.mark.full
async def test_more_than_was_paid_does_not_come_back(grants: Grants) -> None:
    made, about = UUID((await fund(grants, pence=100))["id"]), uuid4()
    async with grants.unit() as unit:
        await commands.pay_at_once(unit, made, about, 60, "paid", "Paid")
        await commands.recover(unit, made, about, 40, "back/1", "Not spent")
        with pytest.raises(Conflict, match=r"Only £0.20"):
            await commands.recover(unit, made, about, 21, "back/2", "Not spent")
    assert (await grants.good("GET", f"/funds/{made}"))["stands"]["available_pence"] == 80


async def test_the_database_itself_refuses_half_an_entry_and_a_second_history(grants: Grants) -> None:
    made = await fund(grants, pence=100)
    account = f"(select id from ledger_account where kind = 'available' and fund_id = '{made['id']}')"
    with pytest.raises(psycopg.errors.CheckViolation, match="only ever added"):
        grants.stored.execute("update ledger_posting set pence = pence * 2")
    half = (
        "with entry as (insert into ledger_entry (id, kind, reference, why, dated, made_by, made_at)"
        " values (gen_random_uuid(), 'receipt', 'half', 'half', now(), 'x', now()) returning id)"
        f" insert into ledger_posting (entry_id, account_id, pence) select id, {account}, 7 from entry"
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="does not balance"):
        grants.stored.execute(half)
    assert (await proof(grants))["balances"]


@pytest.mark.full
async def test_rules_change_for_what_comes_and_only_with_the_version_seen(grants: Grants) -> None:
    made = await fund(grants)
    path = f"/funds/{made['id']}"
    await grants.good("PATCH", path, {"name": "Neighbourhood fund"}, version=made["version"], **MANAGER)
    await grants.refused(412, "PATCH", path, {"name": "Other"}, version=made["version"], **MANAGER)
    await grants.refused(409, "POST", "/funds", {"code": "ncil", "name": "Again", "kind": "ncil"}, **MANAGER)
    problem = await grants.refused(422, "POST", f"{path}/receipts", {"pence": 0, "source": "x", "reference": "y"})
    assert {each["pointer"] for each in problem["errors"]} >= {"/pence", "/received_on"}
