"""The gateway's own rooms, through its own door: workers, suspension, the demo's clock."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from joserfc.jwk import OKPKey

from gateway.app import Gateway, api
from gateway.demo.people import SIGN_INS
from gateway.issuer import choose
from kit import clock
from kit.settings import GatewaySettings
from kit.testing.databases import ServiceDatabase
from tests.gateway.doors import listening

MARCUS = str(choose("housing_officer", None).id)
ENTRY = {"name": "Marcus Bell", "roles": ["housing_officer"]}


def settings(database_url: str, **more: Any) -> GatewaySettings:
    key = OKPKey.generate_key("Ed25519")
    key.ensure_kid()
    values = {
        "environment": "test",
        "database_url": database_url,
        "secret_key": "k" * 32,
        "internal_public_keys": json.dumps({"keys": [key.as_dict(private=False)]}),
        "internal_signing_key": json.dumps(key.as_dict(private=True)),
        "upstreams": "{}",
        "demo_issuer": True,
        **more,
    }
    return GatewaySettings(**values)


class Client:
    def __init__(self, http: aiohttp.ClientSession, address: str) -> None:
        self.http = http
        self.address = address
        self.tokens: dict[str, str] = {}

    async def ask(
        self, method: str, path: str, role: str = "administrator", purpose: str = "administration", **how: Any
    ) -> tuple[int, Any, Any]:
        if role not in self.tokens:
            async with self.http.post(self.address + "/demo/token", json={"role": role}) as got:
                self.tokens[role] = (await got.json())["access_token"]
        headers = {
            "Authorization": f"Bearer {self.tokens[role]}",
            "Newstart-Purpose": purpose,
            **how.pop("headers", {}),
        }
        async with self.http.request(method, self.address + path, headers=headers, **how) as got:
            return got.status, await got.json(content_type=None), got.headers


@asynccontextmanager
async def gateway(database_url: str) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http, listening(api(settings(database_url)), lifespan=True) as address:
        yield Client(http, address)


@pytest.fixture
async def client(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Client]:
    async with gateway(database("gateway").url) as opened:
        yield opened


async def test_a_worker_is_put_changed_and_read(client: Client, database: Callable[[str], ServiceDatabase]) -> None:
    path = f"/v1/workers/{MARCUS}"
    status, _, headers = await client.ask("PUT", path, json=ENTRY)
    assert (status, headers["ETag"], headers["Location"]) == (201, '"1"', path)
    assert headers["Event-Id"]
    status, problem, _ = await client.ask("PUT", path, json=ENTRY)
    assert (status, problem["status"]) == (428, 428)
    absent = {**ENTRY, "absent_from": "2026-12-21", "absent_until": "2027-01-04"}
    status, changed, headers = await client.ask("PUT", path, json=absent, headers={"If-Match": '"1"'})
    assert (status, headers["ETag"], changed["absent_until"]) == (200, '"2"', "2027-01-04")
    status, problem, _ = await client.ask("PUT", path, json=ENTRY, headers={"If-Match": '"1"'})
    assert (status, problem["your_version"], problem["current_version"]) == (412, 1, 2)
    status, read, _ = await client.ask("GET", path, "manager", "supervision")
    assert (status, read) == (200, changed)
    events = database("gateway").rows("select type, envelope, sequence from outbox order by id")
    assert [(e["type"], e["sequence"]) for e in events] == [
        ("gateway.worker.changed", 1),
        ("gateway.worker.changed", 2),
    ]
    assert "Marcus" not in "".join(e["envelope"] for e in events), "names stay here"
    audit = database("gateway").rows("select actor, purpose, action, record from audit_entry order by id")
    assert audit[0] == {
        "actor": str(choose("administrator", None).id),
        "purpose": "administration",
        "action": "gateway.worker.change",
        "record": f"worker/{MARCUS}",
    }


@pytest.mark.full
async def test_workers_are_listed_by_ids_and_page_by_page(client: Client) -> None:
    people = SIGN_INS[:5]
    for each in people:
        status, _, _ = await client.ask("PUT", f"/v1/workers/{each.id}", json={"name": each.name, "roles": each.roles})
        assert status == 201
    ids = f"{people[3].id},{people[1].id},nobody"
    status, page, _ = await client.ask("GET", f"/v1/workers?ids={ids}", "triage_officer", "front_door")
    assert (status, [each["name"] for each in page["items"]]) == (200, [people[3].name, people[1].name])
    seen: list[str] = []
    path: str | None = "/v1/workers?limit=2"
    while path:
        _, page, headers = await client.ask("GET", path)
        seen += [each["worker_id"] for each in page["items"]]
        path = headers["Link"].partition(">")[0][1:] if "Link" in headers else None
    assert seen == sorted(str(each.id) for each in people)
    _, page, _ = await client.ask("GET", "/v1/workers?role=triage_officer")
    assert {each["name"] for each in page["items"]} == {"Sade Okafor", "Farid Rahman"}
    status, _, _ = await client.ask("GET", "/v1/workers?ids=" + ",".join(map(str, range(101))))
    assert status == 422


@pytest.mark.full
@pytest.mark.parametrize(
    ("entry", "pointer"),
    [
        ({"name": "A", "roles": ["emperor"]}, "/roles/0"),
        ({"name": "A", "manager": MARCUS}, "/manager"),
        ({"name": "A", "covered_by": MARCUS}, "/covered_by"),
        ({"name": "A", "manager": " "}, "/manager"),
        ({"name": "A", "covered_by": ""}, "/covered_by"),
        ({"name": "A", "absent_until": "2026-12-01"}, "/absent_from"),
        ({"name": "A", "absent_from": "2026-12-02", "absent_until": "2026-12-02"}, "/absent_until"),
        ({"name": ""}, "/name"),
        ({"name": "A", "salary": 1}, "/salary"),
    ],
)
async def test_a_wrong_entry_is_422_naming_the_field(client: Client, entry: dict[str, Any], pointer: str) -> None:
    status, problem, _ = await client.ask("PUT", f"/v1/workers/{MARCUS}", json=entry)
    assert (status, [each["pointer"] for each in problem["errors"]]) == (422, [pointer])


async def test_those_without_the_right_are_refused(client: Client) -> None:
    status, problem, _ = await client.ask("PUT", f"/v1/workers/{MARCUS}", "manager", "administration", json=ENTRY)
    assert (status, problem["action"]) == (403, "gateway.worker.change")
    status, _, _ = await client.ask("GET", f"/v1/workers/{MARCUS}", "triage_officer", "front_door")
    assert status == 404


@pytest.mark.full
async def test_a_suspended_worker_is_out_within_seconds_and_back_when_it_ends(client: Client) -> None:
    housing = ("GET", "/v1/workers", "housing_officer", "homelessness")
    assert (await client.ask(*housing))[0] == 200
    suspended = {**ENTRY, "suspended": True}
    governs = ("information_governance_lead", "information_governance")
    status, worker, _ = await client.ask("PUT", f"/v1/workers/{MARCUS}", *governs, json=suspended)
    assert (status, worker["suspended_at"] is not None) == (201, True)
    assert await _soon(client, housing, 401)
    status, worker, _ = await client.ask(
        "PUT", f"/v1/workers/{MARCUS}", *governs, json=ENTRY, headers={"If-Match": '"1"'}
    )
    assert (status, worker["suspended_at"]) == (200, None)
    assert await _soon(client, housing, 200)


async def test_the_demos_clock_moves_the_business_time_and_tells_everyone(
    client: Client, database: Callable[[str], ServiceDatabase]
) -> None:
    status, _, _ = await client.ask(
        "POST", "/demo/clock", "triage_officer", "front_door", json={"to": "2026-12-04T16:40"}
    )
    assert status == 403
    status, view, _ = await client.ask(
        "POST", "/demo/clock", "operations", "system_operations", json={"to": "2026-12-04T16:40:00"}
    )
    assert status == 200
    stands = datetime.fromisoformat(view["business_time"])
    assert abs(stands - datetime(2026, 12, 4, 16, 40, tzinfo=clock.LONDON)) < timedelta(seconds=5)
    (event,) = database("gateway").rows("select type, sequence, envelope from outbox")
    assert (event["type"], event["sequence"]) == ("gateway.clock.moved", 1)
    assert json.loads(event["envelope"])["data"] == {"offset_seconds": view["offset_seconds"]}
    (row,) = database("gateway").rows("select offset_seconds, sequence from business_clock")
    assert row == {"offset_seconds": view["offset_seconds"], "sequence": 1}
    status, problem, _ = await client.ask(
        "POST", "/demo/clock", "operations", "system_operations", json={"to": "1066-10-14T09:00"}
    )
    assert status == 422, problem
    clock.set_offset(timedelta(0))


@pytest.mark.full
async def test_health_answers_and_an_api_without_its_database_is_not_ready(client: Client) -> None:
    async with client.http.get(client.address + "/readyz") as got:
        assert got.status == 200
    async with client.http.get(client.address + "/livez") as got:
        assert got.status == 200
    async with gateway("postgresql+psycopg://nobody:x@127.0.0.1:9/none") as lost:
        async with lost.http.get(lost.address + "/livez") as got:
            assert got.status == 200
        async with lost.http.get(lost.address + "/readyz") as got:
            assert got.status == 503
        status, _, headers = await lost.ask("GET", "/v1/workers")
        assert (status, "Retry-After" in headers) == (503, True)


def test_production_has_no_demo() -> None:
    with pytest.raises(ValueError, match="DEMO_ISSUER"):
        settings("postgresql+psycopg://a:b@127.0.0.1:9/c", environment="production")
    shut = Gateway(settings("postgresql+psycopg://a:b@127.0.0.1:9/c", environment="production", demo_issuer=False))
    assert not [route for route in shut.routes if route.path.startswith("/demo")]


async def _soon(client: Client, asking: tuple[str, str, str, str], status: int) -> bool:
    import asyncio

    for _ in range(60):
        if (await client.ask(*asking))[0] == status:
            return True
        await asyncio.sleep(0.1)
    return False
