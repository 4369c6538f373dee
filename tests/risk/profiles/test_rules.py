"""What each measure finds, in PostgreSQL; and that DuckDB finds the same in any facts."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from services.risk.profiles import commands, rules
from services.risk.profiles.borough import recompute_all
from services.risk.profiles.catalogue import book
from services.risk.profiles.columns import Columns
from services.risk.profiles.rules import Found
from services.risk.sources.kinds import KINDS
from tests.risk.ground import TODAY, Risk


async def factors(risk: Risk, household: UUID, day: date = TODAY) -> dict[str, Found]:
    async with risk.unit() as unit:
        return {each.factor: each for each in await rules.standing(unit, [household], book(day))}


async def test_standing_holds_while_a_fact_is_true(risk: Risk) -> None:
    home = uuid4()
    record = risk.ground.record(home, source="benefit_claims")
    risk.ground.fact(record, "income", "2026-01-05", value="low_pay", until="2026-12-08")
    assert (await factors(risk, home))["low_or_no_pay"].since == date(2026, 1, 5)
    assert "in_work" in await factors(risk, home)
    assert "low_or_no_pay" not in await factors(risk, home, TODAY + timedelta(days=1))
    assert "low_or_no_pay" not in await factors(risk, home, date(2026, 1, 4))


async def test_latest_is_decided_by_the_newest(risk: Risk) -> None:
    home = uuid4()
    record = risk.ground.record(home, source="benefit_claims")
    risk.ground.fact(record, "tenure", "2024-05-01", value="private")
    assert (await factors(risk, home))["private_rent"].since == date(2024, 5, 1)
    risk.ground.fact(record, "tenure", "2026-05-01", value="council")
    assert "private_rent" not in await factors(risk, home)
    risk.ground.fact(record, "tenure", "2026-06-01", value="owned", until="2026-07-01")
    risk.ground.fact(risk.ground.record(home), "tenure", "2026-05-02", value="private", source="rent_accounts")
    found = (await factors(risk, home))["private_rent"]
    assert (found.since, found.latest_on, found.facts) == (date(2024, 5, 1), date(2026, 5, 2), 2)
    assert found.sources == ("benefit_claims", "rent_accounts")


async def test_recent_counts_what_happened_in_the_window(risk: Risk) -> None:
    home = uuid4()
    record = risk.ground.record(home)
    risk.ground.fact(record, "council_tax.missed", "2025-12-07", amount=100)
    assert "missed_council_tax" not in await factors(risk, home)
    risk.ground.fact(record, "council_tax.missed", "2026-03-01", amount="88.40")
    risk.ground.fact(record, "council_tax.missed", "2026-04-01", amount="88.41")
    found = (await factors(risk, home))["missed_council_tax"]
    assert (found.since, found.latest_on, str(found.amount)) == (date(2026, 3, 1), date(2026, 4, 1), "176.81")


async def test_level_adds_up_the_records_of_the_newest_month(risk: Risk) -> None:
    home = uuid4()
    tax, rent = risk.ground.record(home), risk.ground.record(home, source="rent_accounts")
    risk.ground.balances(tax, "debt.total", [40, 60])
    assert "debt" not in await factors(risk, home)
    risk.ground.balances(rent, "debt.total", [500, 40])
    found = (await factors(risk, home))["debt"]
    assert (found.amount, found.since) == (100, date(2026, 11, 1))
    # A later extract puts the month right: it counts once, with its newest amount.
    risk.ground.fact(tax, "debt.total", "2026-12-05", amount=10)
    assert "debt" not in await factors(risk, home)


async def test_an_old_balance_is_no_debt_of_today(risk: Risk) -> None:
    home = uuid4()
    record = risk.ground.record(home)
    risk.ground.balances(record, "debt.total", [300, 400, 500], last=date(2026, 9, 1))
    assert "debt" not in await factors(risk, home)
    assert "debt" in await factors(risk, home, date(2026, 11, 30))


@pytest.mark.parametrize(
    ("balances", "rising", "falling"),
    [
        ([100, 120, 140], True, False),
        ([100, 119.99, 139.98], False, False),
        ([100, 120], False, False),
        ([300, 280, 260, 240], False, True),
        ([10, 30, 50], True, False),
        ([10, 25, 49], False, False),
        ([0, 900, 100, 800, 200, 700], True, False),
    ],
)
async def test_a_trend_is_a_slope_over_six_months(
    risk: Risk, balances: list[float], rising: bool, falling: bool
) -> None:
    home = uuid4()
    risk.ground.balances(risk.ground.record(home), "debt.total", balances)
    found = await factors(risk, home)
    assert ("rising_debt" in found, "debt_falling" in found) == (rising, falling)


async def test_what_protects_is_undone_by_what_happened(risk: Risk) -> None:
    home = uuid4()
    record = risk.ground.record(home, source="rent_accounts")
    risk.ground.fact(record, "rent.account", "2024-12-07", value="council")
    assert {"stable_tenancy", "no_arrears_6_months"} <= set(await factors(risk, home))
    risk.ground.fact(record, "rent.arrears", "2026-10-01", amount=0)
    assert "no_arrears_6_months" in await factors(risk, home)
    risk.ground.fact(record, "rent.arrears", "2026-11-01", amount="0.01")
    assert "no_arrears_6_months" not in await factors(risk, home)
    risk.ground.fact(record, "rent.notice", "2025-01-01", value="nosp")
    assert "stable_tenancy" not in await factors(risk, home)


async def test_help_ends_with_its_closing_and_begins_again_with_the_next(risk: Risk) -> None:
    home = uuid4()
    record = risk.ground.record(home, source="casefile")
    risk.ground.fact(record, "casefile.case_opened", "2026-02-01", value="universal")
    assert "help_in_place" in await factors(risk, home)
    risk.ground.fact(record, "casefile.case_closed", "2026-05-01", value="goals_met")
    assert "help_in_place" not in await factors(risk, home)
    risk.ground.fact(record, "casefile.case_opened", "2026-08-01", value="targeted")
    assert "help_in_place" in await factors(risk, home)


async def test_only_those_harmed_are_a_shock(risk: Risk) -> None:
    home = uuid4()
    record = risk.ground.record(home, source="domestic_abuse")
    risk.ground.fact(record, "domestic_abuse.incident", "2026-06-01", value="perpetrator")
    assert "shock_domestic_abuse" not in await factors(risk, home)
    risk.ground.fact(record, "domestic_abuse.incident", "2026-06-02", value="child")
    assert "shock_domestic_abuse" in await factors(risk, home)


async def test_certainty_is_that_of_the_weakest_link(risk: Risk) -> None:
    home = uuid4()
    for certainty, weakest in (("confirmed", "confirmed"), ("probable", "probable"), ("unlinked", "unlinked")):
        record = risk.ground.record(home, certainty=certainty)
        risk.ground.fact(record, "council_tax.missed", "2026-03-01", amount=1)
        assert (await factors(risk, home))["missed_council_tax"].certainty == weakest


async def test_a_household_is_not_shown_the_neighbours_facts(risk: Risk) -> None:
    here, there = uuid4(), uuid4()
    risk.ground.fact(risk.ground.record(there), "council_tax.missed", "2026-03-01", amount=1)
    risk.ground.fact(risk.ground.record(None), "council_tax.missed", "2026-03-01", amount=1)
    assert not await factors(risk, here)
    assert await factors(risk, there)


def _invent(risk: Risk, households: int, seed: int) -> None:
    """Facts of every kind that a rule looks at, most of them near the edges of windows and thresholds."""
    dice = random.Random(seed)
    used = sorted(book(TODAY).kinds)
    turning = [0, 1, 5, 6, 7, 11, 12, 13, 23, 24, 25, 35, 36, 59, 60, 61]
    for _ in range(households):
        home = uuid4()
        records = [
            risk.ground.record(home, certainty=dice.choice(["confirmed", "confirmed", "probable", "unlinked"]))
            for _ in range(dice.randint(1, 3))
        ]
        for record in records if dice.random() < 0.7 else []:
            amounts: list[float] = [dice.choice([0, 0.01, 49.99, 99.99, 100, 100.01, 120, 140, 500, -20])]
            for _ in range(dice.randint(0, 7)):
                amounts.append(amounts[-1] + dice.choice([-20, -19.99, 0, 19.99, 20, 20.01, 40]))
            last = date(2026, dice.choice([9, 10, 11, 12]), 1)
            risk.ground.balances(record, dice.choice(["debt.total", "rent.arrears"]), amounts, last=last)
        for _ in range(dice.randint(3, 14)):
            kind = dice.choice(used)
            months, days = dice.choice(turning), dice.choice([-1, 0, 0, 1])
            on = TODAY - timedelta(days=round(months * 30.4375) + days)
            until = on + timedelta(days=dice.randint(1, 900)) if dice.random() < 0.3 else None
            values = KINDS[kind].values
            amount = dice.choice([None, 0, 9.99, 10, 10.01, 200])
            value = dice.choice(values) if values else None
            risk.ground.fact(dice.choice(records), kind, on, until=until, amount=amount, value=value)
            if dice.random() < 0.2:
                # The same day again: whatever is newest must not depend on who looks.
                again = dice.choice(values) if values else None
                risk.ground.fact(dice.choice(records), kind, on, amount=dice.choice([None, 5, 300]), value=again)


def _stored(risk: Risk) -> dict[tuple[UUID, str], dict[str, Any]]:
    rows = risk.stored.rows(
        "select household, factor, role, since, latest_on, amount, facts, sources, certainty, disputed"
        " from household_factor"
    )
    return {(row.pop("household"), row.pop("factor")): row for row in rows}


def _nothing_said(done: int, total: int | None = None, message: str = "") -> None:
    pass


@pytest.mark.full
async def test_both_engines_find_the_same(risk: Risk, tmp_path: Path) -> None:
    """Every factor is there, and every column of each row is the same."""
    _invent(risk, 150, seed=7)
    households = [row["household"] for row in risk.stored.rows("select distinct household from placed")]
    async with risk.unit() as unit:
        await commands.recompute(unit, households)
    by_postgresql = _stored(risk)
    risk.stored.execute("delete from household_factor")
    with psycopg.connect(risk.stored.dsn, autocommit=True) as store:
        outcome = recompute_all(store, Columns(tmp_path), TODAY, _nothing_said)
    assert _stored(risk) == by_postgresql
    assert outcome.factors == outcome.written == len(by_postgresql)
    assert {factor for _, factor in by_postgresql} >= {each.code for each in book(TODAY).definitions}
