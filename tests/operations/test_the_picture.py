"""What operations see: each figure that a rule or a dashboard names is exported, and the page shows the same."""

import time
import urllib.request
from typing import Any

import httpx
import pytest

from deploy.observability import dashboards
from deploy.observability.figures import figures, named_in
from gateway.demo.people import PARTNER
from kit.contracts.event_type import OWNERS
from kit.run.embedded.ports import HOST
from kit.testing.platform import Platform
from tests.chaos.books import Books
from tests.journeys.door import Person
from tests.operations.test_rules import RULES

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("operations"), pytest.mark.timeout(300)]

PROCESSES = (*OWNERS, *(f"{owner}-worker" for owner in OWNERS))
# Only once somebody follows a list, is turned away, or the bus refuses a publish.
_SELDOM = {"newstart_gateway_turned_away_total", "newstart_outbox_failed_total", "newstart_pending_separations"}


def exported(platform: Platform) -> str:
    texts = []
    for name in PROCESSES:
        with urllib.request.urlopen(f"http://{HOST}:{platform.ports[name]}/metrics", timeout=10) as answer:
            texts.append(answer.read().decode())
    return "\n".join(texts)


def told_a_partner_who_is_away(platform: Platform, port: int) -> str:
    with Person(platform, "partner", "partner_referral") as partner:
        sent = {
            "organisation_id": str(PARTNER), "url": f"http://{HOST}:{port}/hooks", "description": "Away",
            "types": ["triage.referral.requested"], "contact": "it@harbour.example",
        }  # fmt: skip
        made = partner.post("/v1/webhooks/endpoints", sent)
        assert made.status_code == 201, made.text
        endpoint = str(made.json()["endpoint"]["id"])
        assert partner.post(f"/v1/webhooks/endpoints/{endpoint}/test", {}).status_code == 201
    return endpoint


def test_every_series_that_is_watched_is_exported(platform: Platform, partner_port: int) -> None:
    endpoint = told_a_partner_who_is_away(platform, partner_port)
    with Person(platform, "triage_officer", "front_door") as officer:
        officer.post("/v1/casefile/people", {"names": [{"given": "Some", "family": "Body"}], "confirmed_new": True})
    named = named_in(RULES.read_text()).union(*map(named_in, dashboards.rendered().values())) - _SELDOM
    limit = time.monotonic() + 60
    while missing := {each for each in named if f"\n{each}" not in (text := exported(platform))}:
        assert time.monotonic() < limit, f"nobody exports {sorted(missing)}"
        time.sleep(1)
    known = {each.name for each in figures()}
    theirs = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE newstart_")}
    unknown = {name for name in theirs if not {name, f"{name}_total", _of(name), f"{_of(name)}_total"} & known}
    assert not unknown, unknown
    # One process alone speaks for the bus: a zero of another would wake somebody for nothing.
    assert text.count("\nnewstart_bus_answers{") == 1
    assert 'newstart_bus_answers{service="gateway"} 1.0' in text
    assert f'newstart_webhook_attempts_total{{endpoint="{endpoint}",outcome="not_connected"}}' in text
    assert 'newstart_consumer_waiting{consumer="casefile-reactions",stream="TRIAGE"}' in text


def test_the_page_for_operations_shows_the_same(platform: Platform, partner_port: int) -> None:
    with Person(platform, "operations", "system_operations") as operator:
        told_a_partner_who_is_away(platform, partner_port)
        picture = operator.soon(
            "/v1/ops/health", lambda it: it["consumers"] and it["webhooks"]["waiting"] > 0, within=60
        )
        picture = operator.soon("/v1/ops/health", lambda it: all(each["up"] for each in it["services"]), within=60)
        assert {each["service"] for each in picture["services"]} == set(OWNERS)
        assert {each["stream"] for each in picture["consumers"]} >= {"CASEFILE", "TRIAGE"}
        with platform.without("grants-api"):
            picture = operator.soon("/v1/ops/health", lambda it: _up(it, "grants") is False, within=20)
            assert [each["service"] for each in picture["services"] if not each["up"]] == ["grants"]
        operator.soon("/v1/ops/health", lambda it: _up(it, "grants") is True, within=60)
    with Person(platform, "triage_officer", "front_door") as officer:
        assert officer.get("/v1/ops/health").status_code in {400, 403}


def test_a_partner_hears_that_its_endpoint_was_switched_off(platform: Platform, partner_port: int) -> None:
    endpoint = told_a_partner_who_is_away(platform, partner_port)
    books = Books(platform)
    books.change(
        "gateway", "update webhook_endpoint set failing_since = now() - interval '6 days' where id = %s", [endpoint]
    )
    books.change("gateway", "update webhook_delivery set next_try_at = now() where endpoint_id = %s", [endpoint])
    limit = time.monotonic() + 60
    while True:
        page = httpx.get(f"{platform.gateway}/demo/messages", trust_env=False).text
        if page.count(endpoint) >= 2:
            break
        assert time.monotonic() < limit, "nobody was told"
        time.sleep(0.5)
    assert "it@harbour.example" in page
    assert "operations@newstart.example" in page


def _of(name: str) -> str:
    """Beside a counter stands when it was made."""
    return name.removesuffix("_created")


def _up(picture: dict[str, Any], service: str) -> bool:
    return bool(next(each["up"] for each in picture["services"] if each["service"] == service))
