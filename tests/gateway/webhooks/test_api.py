"""Endpoints through the door: a partner keeps its own, sees what did not arrive, and sends it again."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from gateway.demo.people import PARTNER
from kit.testing.databases import ServiceDatabase
from tests.gateway.test_workers import Client
from tests.gateway.webhooks.ground import TYPE

AS_PARTNER = ("partner", "partner_referral")


def body(**more: Any) -> dict[str, Any]:
    return {
        "organisation_id": str(PARTNER),
        "url": "https://harbour.example/hooks",
        "description": "Harbour's case system",
        "types": [TYPE],
        **more,
    }


async def post(client: Client, path: str, sent: Any, *who: str, **headers: str) -> tuple[int, Any, Any]:
    all_headers = {"Idempotency-Key": str(uuid4()), **{key.replace("_", "-"): text for key, text in headers.items()}}
    return await client.ask("POST", path, *(who or AS_PARTNER), json=sent, headers=all_headers)


async def made(client: Client, *who: str, **more: Any) -> dict[str, Any]:
    status, got, _ = await post(client, "/v1/webhooks/endpoints", body(**more), *who)
    assert status == 201, got
    return dict(got)


@pytest.mark.full
async def test_a_partner_keeps_its_own_endpoint(client: Client, database: Callable[[str], ServiceDatabase]) -> None:
    got = await made(client)
    assert got["key"].startswith("whsec_")
    path = f"/v1/webhooks/endpoints/{got['endpoint']['id']}"
    status, read, headers = await client.ask("GET", path, *AS_PARTNER)
    assert (status, headers["ETag"], read["waiting"], read["dead"]) == (200, '"1"', 0, 0)
    # The key is shown once, and kept so that a copy of the database opens nothing.
    assert got["key"] not in json.dumps(read)
    (row,) = database("gateway").rows("select keys::text as kept from webhook_endpoint")
    assert got["key"].removeprefix("whsec_") not in row["kept"]
    changed = {name: body()[name] for name in ("description", "types")} | {"url": "https://harbour.example/new"}
    status, problem, _ = await client.ask("PUT", path, *AS_PARTNER, json=changed)
    assert status == 428
    status, _, headers = await client.ask("PUT", path, *AS_PARTNER, json=changed, headers={"If-Match": '"1"'})
    assert (status, headers["ETag"]) == (200, '"2"')
    status, problem, _ = await client.ask("PUT", path, *AS_PARTNER, json=changed, headers={"If-Match": '"1"'})
    assert (status, problem["current_version"]) == (412, 2)
    status, _, _ = await client.ask("DELETE", path, *AS_PARTNER, headers={"If-Match": '"2"'})
    assert status == 204
    assert (await client.ask("GET", path, *AS_PARTNER))[0] == 404


@pytest.mark.full
async def test_anothers_is_as_if_it_were_not_there(client: Client) -> None:
    others = await made(client, "operations", "system_operations", organisation_id=str(uuid4()))
    path = f"/v1/webhooks/endpoints/{others['endpoint']['id']}"
    for method, address in (
        ("GET", path),
        ("GET", f"{path}/deliveries"),
        ("GET", f"/v1/webhooks/deliveries/{uuid4()}"),
    ):
        assert (await client.ask(method, address, *AS_PARTNER))[0] == 404
    assert (await post(client, f"{path}/test", {}))[0] == 404
    assert (await post(client, f"{path}/keys", {"kind": "v1"}, If_Match='"1"'))[0] == 404
    _, page, _ = await client.ask("GET", "/v1/webhooks/endpoints", *AS_PARTNER)
    assert page["items"] == []
    _, page, _ = await client.ask("GET", "/v1/webhooks/endpoints", "administrator", "administration")
    assert [each["id"] for each in page["items"]] == [others["endpoint"]["id"]]
    status, problem, _ = await post(client, "/v1/webhooks/endpoints", body(organisation_id=str(uuid4())))
    assert (status, problem["title"] != "") == (403, True)


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"url": "http://harbour.example/hooks"}, "/url"),
    ({"url": "https://127.0.0.1/hooks"}, "/url"),
    ({"url": "https://[64:ff9b::7f00:1]/hooks"}, "/url"),
    ({"types": ["casefile.person.registered"]}, "/types/0"),
    ({"types": []}, "/types"),
    ({"description": " "}, "/description"),
    ({"kind": "v2"}, "/kind"),
)


async def test_wrong_input_is_told_by_field_and_rule(client: Client) -> None:
    for change, pointer in WRONG:
        status, problem, _ = await post(client, "/v1/webhooks/endpoints", body(**change))
        assert (status, problem["errors"][0]["pointer"]) == (422, pointer)
        assert problem["errors"][0]["rule"]


@pytest.mark.full
async def test_keys_overlap_and_a_test_event_waits_to_be_sent(client: Client) -> None:
    got = await made(client)
    path = f"/v1/webhooks/endpoints/{got['endpoint']['id']}"
    status, rotated, _ = await post(client, f"{path}/keys", {"kind": "v1a", "overlap_hours": 48}, If_Match='"1"')
    assert status == 201
    assert rotated["key"].startswith("whpk_")
    newest, before = rotated["endpoint"]["keys"]
    assert (newest["kind"], newest["until"], before["kind"]) == ("v1a", None, "v1")
    assert before["until"] is not None
    status, delivery, _ = await post(client, f"{path}/test", {})
    assert (status, delivery["type"], delivery["state"]) == (201, "newstart.webhook.test", "waiting")
    status, detail, _ = await client.ask("GET", f"/v1/webhooks/deliveries/{delivery['id']}", *AS_PARTNER)
    assert (status, json.loads(detail["body"])["type"], detail["attempts"]) == (200, "newstart.webhook.test", [])
    status, problem, _ = await client.ask("POST", f"/v1/webhooks/deliveries/{delivery['id']}/replay", *AS_PARTNER)
    assert (status, problem["allowed"]) == (409, ["drop"])
    status, dropped, _ = await client.ask("POST", f"/v1/webhooks/deliveries/{delivery['id']}/drop", *AS_PARTNER)
    assert (status, dropped["state"]) == (200, "dropped")
    _, page, _ = await client.ask("GET", f"{path}/deliveries?state=dropped", *AS_PARTNER)
    assert [each["id"] for each in page["items"]] == [delivery["id"]]


async def test_it_is_disabled_and_enabled_by_hand(client: Client) -> None:
    got = await made(client)
    path = f"/v1/webhooks/endpoints/{got['endpoint']['id']}"
    status, view, _ = await client.ask("POST", f"{path}/disable", *AS_PARTNER, headers={"If-Match": '"1"'})
    assert (status, view["state"], view["why"]) == (200, "disabled", "by_hand")
    assert (await post(client, f"{path}/test", {}))[0] == 409
    status, problem, _ = await client.ask("POST", f"{path}/disable", *AS_PARTNER, headers={"If-Match": '"2"'})
    assert (status, problem["allowed"]) == (409, ["enable"])
    status, view, _ = await client.ask("POST", f"{path}/enable", *AS_PARTNER, headers={"If-Match": '"2"'})
    assert (status, view["state"], view["why"]) == (200, "active", None)


async def test_the_types_on_offer_are_listed(client: Client) -> None:
    status, types, _ = await client.ask("GET", "/v1/webhooks/types", *AS_PARTNER)
    assert status == 200
    assert TYPE in {each["type"] for each in types}
    assert (await client.ask("GET", "/v1/webhooks/types", "triage_officer", "partner_referral"))[0] == 403
