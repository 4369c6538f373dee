"""Many writers at once, some of whom die, some of whose connections are cut: the ledger balances all the same."""

import asyncio
import random
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from kit.errors import Conflict
from kit.store.db import is_transient
from kit.store.unit import CommitUnknown, UnitOfWork
from services.grants.funds import commands
from tests.grants.doors import Grants
from tests.grants.funds.money import fund, proof


class Died(Exception):
    """A writer that died before its commit."""


async def act(unit: UnitOfWork, dice: random.Random, fund_id: UUID, other: UUID, about: list[UUID]) -> None:
    """One to three moves in one transaction."""
    for _ in range(dice.randint(1, 3)):
        pence, one, reference = dice.randint(1, 9_000), dice.choice(about), str(uuid4())
        move = dice.choice(["reserve", "release", "award", "withdraw", "pay", "pay_at_once", "recover", "transfer"])
        if move == "award":
            await commands.award(unit, fund_id, dice.choice([None, one]), one, pence, reference, "storm")
        elif move == "transfer":
            source, target = dice.sample([fund_id, other], 2)
            await commands.transfer(unit, source, target, pence, reference, "storm")
        else:
            await getattr(commands, move)(unit, fund_id, one, pence, reference, "storm")
    if dice.random() < 0.2:
        raise Died


@pytest.mark.full
@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_happens_at_once_the_ledger_balances(grants: Grants, seed: int) -> None:
    fund_id = UUID((await fund(grants, pence=200_000))["id"])
    other = UUID((await fund(grants, "match", pence=50_000))["id"])
    about = [uuid4() for _ in range(4)]
    done = {"stands": 0, "refused": 0, "died": 0, "cut": 0}

    async def writer(number: int) -> None:
        dice = random.Random(seed * 100 + number)
        for _ in range(40):
            try:
                async with grants.unit() as unit:
                    await act(unit, dice, fund_id, other, about)
                done["stands"] += 1
            except Conflict:
                done["refused"] += 1
            except Died:
                done["died"] += 1
            except (DBAPIError, CommitUnknown) as error:
                # Two who wait for each other count here too; a broken rule of the database never does.
                if not is_transient(error):
                    raise
                done["cut"] += 1

    async def cutter() -> None:
        for _ in range(8):
            await asyncio.sleep(0.05)
            grants.stored.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and state = 'idle in transaction' limit 1"
            )

    await asyncio.gather(*(writer(number) for number in range(4)), cutter())
    added = await proof(grants)
    assert added["balances"], added
    assert min(done["stands"], done["refused"], done["died"]) > 0
    came_in = grants.stored.rows("select -sum(balance_pence) as pence from ledger_account where kind = 'income'")
    stands = "select sum(balance_pence) as pence from ledger_account where kind <> 'income'"
    assert came_in[0]["pence"] == grants.stored.rows(stands)[0]["pence"] == 250_000
