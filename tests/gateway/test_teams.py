"""Teams, the demo's loader, and refusals on record."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import psycopg
import pytest

from gateway.demo import loader as demo_loader
from gateway.demo.people import SIGN_INS
from kit.testing.databases import ServiceDatabase
from tests.gateway.test_workers import Client, gateway

TEAM = {
    "name": "Account managers",
    "members": [{"worker_id": "w1", "role": "universal_worker", "from": "2026-01-05"}],
}


@pytest.fixture
async def client(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Client]:
    async with gateway(database("gateway").url) as opened:
        yield opened


def rows(database: Callable[[str], ServiceDatabase], query: str) -> list[Any]:
    with psycopg.connect(database("gateway").url.replace("postgresql+psycopg", "postgresql")) as connection:
        return connection.execute(query).fetchall()


async def test_a_team_is_made_and_changed_and_told(client: Client, database: Callable[[str], ServiceDatabase]) -> None:
    status, made, headers = await client.ask("PUT", "/v1/teams/account_managers", json=TEAM)
    assert (status, made["version"], headers["ETag"]) == (201, 1, '"1"')
    assert (await client.ask("PUT", "/v1/teams/account_managers", json=TEAM))[0] == 428
    change = {**TEAM, "members": []}
    status, changed, _ = await client.ask("PUT", "/v1/teams/account_managers", json=change, headers={"If-Match": '"1"'})
    assert (status, changed["members"], changed["version"]) == (200, [], 2)
    assert (await client.ask("PUT", "/v1/teams/account_managers", json=TEAM, headers={"If-Match": '"1"'}))[0] == 412
    listed = (await client.ask("GET", "/v1/teams"))[1]["items"]
    assert [team["code"] for team in listed] == ["account_managers"]
    told = rows(database, "select sequence, envelope::jsonb -> 'data' ->> 'code' from outbox order by id")
    assert told == [(1, "account_managers"), (2, "account_managers")]


@pytest.mark.full
@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ([{"worker_id": "w1", "role": "wizard", "from": "2026-01-05"}], "known_role"),
        ([{"worker_id": "w1", "role": "manager", "from": "2026-01-05", "to": "2026-01-05"}], "dates_in_order"),
        ([{"worker_id": "w1", "role": "manager", "from": "2026-01-05"}] * 2, "one_place_at_a_time"),
    ],
)
async def test_a_team_that_cannot_be(client: Client, members: list[dict[str, str]], rule: str) -> None:
    status, problem, _ = await client.ask("PUT", "/v1/teams/odd", json={"name": "Odd", "members": members})
    assert (status, problem["errors"][0]["rule"]) == (422, rule)
    assert (await client.ask("GET", "/v1/teams/odd"))[0] == 404


@pytest.mark.full
async def test_the_demo_loader_puts_everyone_in_once(client: Client) -> None:
    said: list[str] = []
    for _ in range(2):
        await asyncio.to_thread(demo_loader.load, client.address, said.append)
    assert "new" in said[0]
    assert "new" not in said[1]
    everyone = (await client.ask("GET", "/v1/workers?limit=200"))[1]["items"]
    assert len(everyone) == len(SIGN_INS)


async def test_a_refusal_is_on_record(client: Client, database: Callable[[str], ServiceDatabase]) -> None:
    person = "0192fc00-0000-7000-8000-000000000000"
    status, _, _ = await client.ask("GET", f"/v1/casefile/people/{person}", role="councillor", purpose="public")
    assert status == 403
    for _ in range(100):
        found = rows(database, "select action, purpose, outcome, record, roles from audit_entry")
        if found:
            break
        await asyncio.sleep(0.05)
    assert found == [
        ("casefile.person.read", "public", "refused", "GET /v1/casefile/people/{person_id}", ["councillor"])
    ]
