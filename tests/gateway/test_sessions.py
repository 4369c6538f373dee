"""Who is signed in, and shutting somebody out within seconds: a worker altogether, or one session of theirs."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from gateway.app import api
from gateway.issuer import choose
from gateway.sessions import seen
from kit.testing.databases import ServiceDatabase
from tests.gateway.doors import listening
from tests.gateway.test_workers import Client, settings

MARCUS = str(choose("housing_officer", None).id)
HOUSING = ("GET", "/v1/workers", "housing_officer", "homelessness")
GOVERNS = ("information_governance_lead", "information_governance")
WHY = {"reason": "Ninety people opened in ten minutes"}


@pytest.fixture
async def client(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    monkeypatch.setattr(seen, "WRITTEN_EVERY_SECONDS", 0.05)
    app = api(settings(database("gateway").url))
    async with aiohttp.ClientSession() as http, listening(app, lifespan=True) as address:
        yield Client(http, address)


async def soon(client: Client, asked: tuple[str, str, str, str], wanted: int) -> float:
    """How long until the answer is this one; the promise is 60 seconds."""
    started = time.monotonic()
    while (await client.ask(*asked))[0] != wanted:
        assert time.monotonic() - started < 30
        await asyncio.sleep(0.05)
    return time.monotonic() - started


async def sessions(client: Client, worker: str, wanted: int = 1) -> list[Any]:
    for _ in range(200):
        _, page, _ = await client.ask("GET", f"/v1/sessions?worker_id={worker}", *GOVERNS)
        if len(page["items"]) >= wanted:
            return list(page["items"])
        await asyncio.sleep(0.05)
    raise AssertionError("not seen")


def keyed() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def test_sessions_in_use_are_listed_without_their_tokens(client: Client) -> None:
    assert (await client.ask(*HOUSING))[0] == 200
    (session,) = await sessions(client, MARCUS)
    assert (session["worker_id"], session["roles"]) == (MARCUS, ["housing_officer"])
    assert client.tokens["housing_officer"] not in str(session)
    before = session["last_seen_at"]
    await client.ask(*HOUSING)
    for _ in range(200):
        (again,) = await sessions(client, MARCUS)
        if again["last_seen_at"] > before:
            break
        await asyncio.sleep(0.05)
    assert (again["id"], again["first_seen_at"]) == (session["id"], session["first_seen_at"])
    status, _, _ = await client.ask("GET", "/v1/sessions", "manager", "supervision")
    assert status == 403


@pytest.mark.full
async def test_a_worker_is_shut_out_of_every_session_and_let_in_again(
    client: Client, database: Callable[[str], ServiceDatabase]
) -> None:
    assert (await client.ask(*HOUSING))[0] == 200
    await sessions(client, MARCUS)
    path = f"/v1/workers/{MARCUS}/suspension"
    short = await client.ask("POST", path, *GOVERNS, json={"reason": "why"}, headers=keyed())
    assert short[0] == 422
    # Nobody has entered him as a worker yet: he is shut out all the same.
    status, worker, _ = await client.ask("POST", path, *GOVERNS, json=WHY, headers=keyed())
    assert (status, worker["suspended_at"] is not None) == (201, True)
    assert await soon(client, HOUSING, 401) < 30
    again = await client.ask("POST", path, *GOVERNS, json=WHY, headers=keyed())
    assert (again[0], again[1]["state"]) == (409, "suspended")
    told = [row["envelope"] for row in database("gateway").rows("select envelope from outbox order by id")]
    assert len(told) == 1
    assert WHY["reason"] not in told[0]
    assert (await client.ask("DELETE", path, *GOVERNS))[0] == 200
    await soon(client, HOUSING, 200)
    assert (await client.ask("DELETE", path, *GOVERNS))[0] == 409


@pytest.mark.full
async def test_one_session_ends_and_the_others_go_on(client: Client) -> None:
    assert (await client.ask(*HOUSING))[0] == 200
    (lost,) = await sessions(client, MARCUS)
    # The demo's issuer writes the second into a token: another second, another session.
    await asyncio.sleep(1.1)
    first = client.tokens.pop("housing_officer")
    assert (await client.ask(*HOUSING))[0] == 200
    second, client.tokens["housing_officer"] = client.tokens["housing_officer"], first
    path = f"/v1/sessions/{lost['id']}/suspension"
    assert (await client.ask("POST", path, *GOVERNS, json=WHY, headers=keyed()))[0] == 201
    await soon(client, HOUSING, 401)
    client.tokens["housing_officer"] = second
    assert (await client.ask(*HOUSING))[0] == 200


async def test_nobody_suspends_themselves_or_a_stranger(client: Client) -> None:
    own = str(choose("information_governance_lead", None).id)
    await client.ask("GET", "/v1/sessions", *GOVERNS)
    status, _, _ = await client.ask("POST", f"/v1/workers/{own}/suspension", *GOVERNS, json=WHY, headers=keyed())
    assert status == 409
    for path in (f"/v1/workers/{uuid4()}/suspension", f"/v1/sessions/{uuid4()}/suspension"):
        assert (await client.ask("POST", path, *GOVERNS, json=WHY, headers=keyed()))[0] == 404
