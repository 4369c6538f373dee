"""Signals while triage's worker dies and comes twice: one offer each, whatever happens when."""

import asyncio
from uuid import UUID, uuid4

import pytest

from kit.testing.platform import Platform
from tests.chaos.books import Books
from tests.chaos.hands import killed, second_worker
from tests.journeys.signals import say, signal

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos"), pytest.mark.timeout(240)]

HOMES = 120


async def test_one_offer_each_while_the_worker_dies(platform: Platform, books: Books) -> None:
    """Every fact is told twice under two ids, in pieces, while the worker is killed with a batch in hand."""
    homes = [(str(uuid4()), str(uuid4())) for _ in range(HOMES)]
    facts = [(signal(*home, id_=id_), signal(*home, id_=id_)) for home in homes for id_ in [uuid4()]]
    told = [each for pair in facts for each in pair] + [signal(*home) for home in homes]
    books.strangers |= {_id(each) for each in told}
    with second_worker(platform, "triage"):
        for start in range(0, len(told), 90):
            await asyncio.to_thread(say, platform, *told[start : start + 90])
            if start in (90, 180):
                await killed(platform, "triage-worker")
        await books.settle()
    households = [home for _, home in homes]
    query = (
        "select household_id::text as home, count(*) as n, sum(cardinality(signal_ids)) as joined from outreach_offer"
    )
    rows = books.rows("triage", f"{query} where household_id = any(%s::uuid[]) group by 1", [households])
    assert {row["home"] for row in rows} == set(households)
    assert {row["n"] for row in rows} == {1}
    # The fact told twice counted once, and the other fact joined.
    assert {row["joined"] for row in rows} == {2}
    offered = books.one("triage", "select count(*) from outbox where type = 'triage.outreach.offered'")
    assert offered == books.one("triage", "select count(*) from outreach_offer")
    assert books.one("triage", "select count(*) from dead_letter") == 0


def _id(envelope: dict[str, str]) -> UUID:
    return UUID(envelope["id"])
