"""What partners' systems tell us: verified as it came, kept before it is acknowledged, carried to its owner once."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from joserfc.jwk import OKPKey
from standardwebhooks.webhooks import Webhook

from gateway.carrying import Carrier
from gateway.demo.people import PARTNER
from gateway.matching import RouteIndex
from gateway.policy import Policy
from gateway.proxy import HttpUpstream
from gateway.routes import table
from gateway.tokens import InternalTokens
from gateway.webhooks import inbound, signing
from gateway.webhooks.accepted import NotAccepted, command_of
from gateway.webhooks.signing import SigningKey
from kit.store.db import Database
from kit.testing.databases import ServiceDatabase
from tests.gateway.doors import Seen, answer, listening
from tests.gateway.test_workers import Client
from tests.gateway.webhooks.test_api import AS_PARTNER, post

_POLICY = Policy()


class Owner:
    """Triage, made up: what came, and how it answers."""

    def __init__(self) -> None:
        self.got: list[Seen] = []
        self.says: tuple[int, dict[str, Any]] = (201, {})

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = [(key.decode(), value.decode()) for key, value in scope["headers"]]
        self.got.append(Seen(scope["method"], scope["path"], "", headers, body))
        status, document = self.says
        await answer(send, json.dumps(document).encode(), status)


class Inside:
    """The worker's side: carries what the door kept."""

    def __init__(self, stored: ServiceDatabase, carrying: inbound.Carrying, owner: Owner) -> None:
        self.stored, self.carrying, self.owner = stored, carrying, owner

    def states(self) -> list[tuple[str, int | None, str | None]]:
        rows = self.stored.rows("select state, status, problem from webhook_message order by received_at")
        return [(row["state"], row["status"], row["problem"]) for row in rows]

    def due_now(self) -> None:
        self.stored.execute("update webhook_message set next_try_at = now() where state in ('waiting', 'carrying')")


@pytest.fixture
async def inside(database: Callable[[str], ServiceDatabase], client: Client) -> AsyncIterator[Inside]:  # the fixture
    owner = Owner()
    async with listening(owner) as address:
        upstream = HttpUpstream("triage", address)
        await upstream.start()
        stored = database("gateway")
        opened = Database(stored.url, pool=3, name="test-inbound")
        tokens = InternalTokens(OKPKey.generate_key("Ed25519", {"kid": "t"}).as_dict(private=True))
        carrier = Carrier(RouteIndex(table(demo=False)), _POLICY, tokens, {"triage": upstream, "risk": upstream})
        yield Inside(stored, inbound.Carrying(opened, carrier), owner)
        await upstream.stop()
        await opened.close()


async def source(client: Client, **more: Any) -> dict[str, Any]:
    status, got, _ = await post(
        client, "/v1/webhooks/sources", {"organisation_id": str(PARTNER), "description": "Harbour", **more}
    )
    assert status == 201, got
    return dict(got)


def answered(referral: str, to: str = "accepted") -> bytes:
    return json.dumps({"type": "referral.answered", "data": {"referral_id": referral, "to": to}}).encode()


async def send(client: Client, made: Any, body: bytes, webhook_id: str = "", **more: str) -> tuple[int, Any]:
    webhook_id, now = webhook_id or f"msg_{uuid4().hex}", datetime.now(UTC)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(made["key"]).sign(webhook_id, now, body.decode()),
        "content-type": "application/json",
        **more,
    }
    async with client.http.post(client.address + made["source"]["path"], data=body, headers=headers) as got:
        return got.status, await got.json()


async def test_an_answer_reaches_its_owner_once_as_the_partner(client: Client, inside: Inside) -> None:
    made, referral = await source(client), str(uuid4())
    for _ in range(3):
        status, kept = await send(client, made, answered(referral), "msg_1")
        assert status == 202
    # Kept before it is acknowledged, and not readable in a copy of the database.
    (row,) = inside.stored.rows("select * from webhook_message")
    assert referral not in row["sealed"]
    await inside.carrying.step()
    await inside.carrying.step()
    (seen,) = inside.owner.got
    assert (seen.method, seen.path) == ("POST", f"/v1/triage/referrals/{referral}/transitions")
    assert json.loads(seen.body) == {"to": "accepted"}
    assert seen.header("idempotency-key") == kept["id"]
    assert inside.states() == [("carried", 201, None)]
    assert inside.stored.rows("select sealed from webhook_message") == [{"sealed": None}]
    # The same id with other words is no repeat.
    status, problem = await send(client, made, answered(referral, "rejected"), "msg_1")
    assert (status, problem["status"]) == (409, 409)


async def test_a_system_feeds_the_source_that_was_named_for_it_and_no_other(client: Client, inside: Inside) -> None:
    body = {"organisation_id": str(PARTNER), "description": "Harbour", "supplies": ["food_bank"]}
    # Which sources are whose, is not for a partner to say.
    assert (await post(client, "/v1/webhooks/sources", body))[0] == 403
    status, made, _ = await post(client, "/v1/webhooks/sources", body, "administrator", "administration")
    assert (status, made["source"]["supplies"]) == (201, ["food_bank"])
    facts = {"reference": "r1", "facts": [{"kind": "food_parcel", "occurred_on": "2026-11-02"}]}
    for code in ("food_bank", "council_tax", "../residents"):
        told = {"type": "source.recorded", "data": {"code": code, **facts}}
        assert (await send(client, made, json.dumps(told).encode()))[0] == 202
        await inside.carrying.step()
    (seen,) = inside.owner.got
    assert (seen.method, seen.path) == ("POST", "/v1/risk/sources/food_bank/records")
    assert json.loads(seen.body) == facts
    assert inside.states() == [
        ("carried", 201, None), ("refused", None, "source_not_yours"), ("refused", None, "code_missing")
    ]  # fmt: skip
    token = (seen.header("authorization") or "").split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(token + "=="))
    assert (claims["roles"], claims["purpose"], claims["action"]) == (
        ["source_feed"],
        "data_linkage",
        "risk.record.take",
    )
    assert claims["sub"] == f"webhook:{made['source']['id']}"


async def test_what_is_not_signed_is_not_kept(client: Client, inside: Inside) -> None:
    made = await source(client)
    body, old = answered(str(uuid4())), str(int(time.time()) - 301)
    other = {"key": SigningKey.made("v1").shown, "source": made["source"]}
    nobody = {"key": made["key"], "source": {"path": f"/webhooks/{uuid4()}"}}
    said = []
    for attempt in (
        send(client, other, body),
        send(client, nobody, body),
        send(client, made, body, **{"webhook-signature": ""}),
        send(client, made, body, **{"webhook-signature": "v1,###"}),
        send(client, made, body, **{"webhook-timestamp": old}),
        send(client, made, body, **{"webhook-id": "msg_another"}),
    ):
        status, problem = await attempt
        assert status == 401
        said.append({key: value for key, value in problem.items() if key != "instance"})
    # Whoever tries learns nothing of what was wrong.
    assert all(each == said[0] for each in said)
    assert inside.states() == []
    status, _ = await send(client, made, b"x" * (inbound.LARGEST_BYTES + 1))
    assert status == 413


@pytest.mark.full
async def test_an_owner_that_is_away_gets_it_when_it_is_back(client: Client, inside: Inside) -> None:
    made = await source(client)
    inside.owner.says = (503, {})
    await send(client, made, answered(str(uuid4())))
    await inside.carrying.step()
    assert inside.states() == [("waiting", 503, None)]
    inside.owner.says = (201, {})
    assert not await inside.carrying.step(), "not before its time"
    inside.due_now()
    await inside.carrying.step()
    assert inside.states() == [("carried", 201, None)]
    keys = {seen.header("idempotency-key") for seen in inside.owner.got}
    assert len(keys) == 1


@pytest.mark.full
async def test_what_its_owner_refuses_is_shown_and_carried_again_by_hand(client: Client, inside: Inside) -> None:
    made = await source(client)
    told = {"type": "https://newstart.example/problems/invalid", "detail": "Kelly", "errors": [{"pointer": "/to"}]}
    inside.owner.says = (422, told)
    _, kept = await send(client, made, answered(str(uuid4())))
    await inside.carrying.step()
    _, page, _ = await client.ask("GET", f"/v1/webhooks/sources/{made['source']['id']}/messages", *AS_PARTNER)
    (shown,) = page["items"]
    assert (shown["state"], shown["status"], shown["problem"], shown["pointers"]) == (
        "refused",
        422,
        "invalid",
        ["/to"],
    )
    assert "Kelly" not in json.dumps(page)
    inside.owner.says = (201, {})
    status, again, _ = await client.ask("POST", f"/v1/webhooks/messages/{kept['id']}/replay", *AS_PARTNER)
    assert (status, again["state"]) == (200, "waiting")
    await inside.carrying.step()
    assert inside.states() == [("carried", 201, None)]
    status, _, _ = await client.ask("POST", f"/v1/webhooks/messages/{kept['id']}/replay", *AS_PARTNER)
    assert status == 409


@pytest.mark.full
async def test_who_died_while_carrying_is_tried_again_under_the_same_key(client: Client, inside: Inside) -> None:
    made = await source(client)
    await send(client, made, answered(str(uuid4())))
    async with inbound._unit(inside.carrying._database) as unit:
        assert len(await inbound.claim(unit, 8)) == 1
    assert not await inside.carrying.step()
    inside.due_now()
    await asyncio.gather(inside.carrying.step(), inside.carrying.step())
    assert len(inside.owner.got) == 1
    assert inside.states() == [("carried", 201, None)]


async def test_a_partner_may_sign_with_a_key_of_its_own(client: Client, inside: Inside) -> None:
    key = SigningKey.made("v1a")
    made = await source(client, public_key=key.shown)
    assert made["key"] is None
    body = answered(str(uuid4()))
    headers = signing.headers("msg_1", int(time.time()), body, [key])
    async with client.http.post(client.address + made["source"]["path"], data=body, headers=headers) as got:
        assert got.status == 202
    path = f"/v1/webhooks/sources/{made['source']['id']}"
    status, rotated, _ = await post(client, f"{path}/keys", {"overlap_hours": 0}, If_Match='"1"')
    assert (status, rotated["key"][:6]) == (201, "whsec_")
    headers = signing.headers("msg_2", int(time.time()), body, [key])
    async with client.http.post(client.address + made["source"]["path"], data=body, headers=headers) as got:
        assert got.status == 401
    status, problem, _ = await post(client, f"{path}/keys", {"public_key": "whpk_short"}, If_Match='"2"')
    assert (status, problem["errors"][0]["pointer"]) == (422, "/public_key")
    assert inside.states() == [("waiting", None, None)]


@pytest.mark.full
async def test_anothers_source_is_as_if_it_were_not_there(client: Client) -> None:
    body = {"organisation_id": str(uuid4()), "description": "Another's"}
    assert (await post(client, "/v1/webhooks/sources", body))[0] == 403
    status, made, _ = await post(client, "/v1/webhooks/sources", body, "administrator", "administration")
    assert status == 201
    path = f"/v1/webhooks/sources/{made['source']['id']}"
    assert (await client.ask("GET", path, *AS_PARTNER))[0] == 404
    assert (await client.ask("GET", f"{path}/messages", *AS_PARTNER))[0] == 404
    assert (await client.ask("DELETE", path, *AS_PARTNER, headers={"If-Match": '"1"'}))[0] == 404
    assert (await client.ask("DELETE", path, headers={"If-Match": '"1"'}))[0] == 204
    assert (await send(client, made, answered(str(uuid4()))))[0] == 401


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "not_json"),
        (b"[]", "no_data"),
        (b'{"type": "referral.answered"}', "no_data"),
        (b'{"type": ["x"], "data": {}}', "type_not_accepted"),
        (b'{"type": "casefile.person.erase", "data": {}}', "type_not_accepted"),
        (b'{"type": "referral.answered", "data": {}}', "referral_id_missing"),
        (b'{"type": "referral.answered", "data": {"referral_id": "../people"}}', "referral_id_missing"),
    ],
)
def test_what_can_never_be_carried_is_told_in_a_word(body: bytes, problem: str) -> None:
    with pytest.raises(NotAccepted, match=problem):
        command_of(body)
