"""How the platform stands, through the door: what waits here, the bus as last seen, partners, and who is away."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from gateway.ops.watching import _keep
from kit.events.bus import Waiting
from kit.store.db import Database
from kit.testing.databases import ServiceDatabase
from tests.gateway.test_workers import gateway

PATH = "/v1/ops/health"
_LETTER = """
    insert into dead_letter (id, consumer, type, envelope, reason, deliveries) values (%s, 'reactions', 'x', '', '', 1)
"""
_ENDPOINT = """
    insert into webhook_endpoint
        (id, version, organisation_id, url, description, types, keys, state, made_by, made_at, changed_at)
    values (%s, 1, %s, '', '', '{}', '[]', 'active', '', now(), now())
"""
_DELIVERY = """
    insert into webhook_delivery (id, endpoint_id, event_id, line, type, body, state, tries, next_try_at, made_at)
    values (gen_random_uuid(), %s, gen_random_uuid(), gen_random_uuid(), 'x', '', 'waiting', 0, now(),
        now() - '1 h'::interval)
"""


async def test_the_whole_picture_in_counts(database: Callable[[str], ServiceDatabase]) -> None:
    stored, endpoint = database("gateway"), uuid4()
    opened = Database(stored.url, pool=1, name="test-ops")
    await _keep(opened, [Waiting("TRIAGE", "casefile-reactions", 7, 2), Waiting("GRANTS", "gone-reactions", 1, 0)])
    await _keep(opened, [Waiting("TRIAGE", "casefile-reactions", 3, 1)])
    await opened.close()
    stored.execute(_LETTER, [uuid4()])
    stored.execute(_ENDPOINT, [endpoint, uuid4()])
    stored.execute(_DELIVERY, [endpoint])
    before = datetime.now(UTC)
    async with gateway(stored.url) as client:
        status, picture, _ = await client.ask("GET", PATH, "operations", "system_operations")
        refused, _, _ = await client.ask("GET", PATH, "triage_officer", "front_door")
    assert (status, refused) == (200, 403), picture
    # Nobody answers for the others here, and that is said.
    assert {each["service"]: each["up"] for each in picture["services"]} == {
        "gateway": True, "triage": False, "casefile": False, "risk": False, "grants": False, "housing": False
    }  # fmt: skip
    own = picture["services"][0]["standing"]
    assert (own["dead_letters"], own["dead_letter_oldest_seconds"] > 0, own["jobs_running"]) == (1, True, 0)
    # What is no more a consumer is not shown for ever.
    assert [(each["consumer"], each["waiting"], each["in_hand"]) for each in picture["consumers"]] == [
        ("casefile-reactions", 3, 1)
    ]
    assert (picture["webhooks"]["waiting"], round(picture["webhooks"]["oldest_seconds"] / 60)) == (1, 60)
    assert datetime.fromisoformat(picture["seen_at"]) >= before
