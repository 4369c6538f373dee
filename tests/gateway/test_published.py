"""What services give to anyone: no sign-in, any web page, carried as nobody; and nothing else is open that way."""

import io
import json

import pytest

from gateway.limits import ALLOWANCES, Allowance
from gateway.routes import OPEN_ROUTES, PUBLISHED_ROUTES, purposes_of_actions
from tests.gateway.doors import PERSON, Seen, answer, open_door, read_all

SERVICES = "/v1/triage/directory/services"
SEARCH = "/v1/triage/directory/search"
# Everything that anyone may ask without signing in, by action. A new one is decided on here.
OPEN = """
    grants.award.published grants.ballot.read grants.campaign.read grants.panel.published
    grants.participation.by_code grants.project.published grants.proposal.read grants.publication.published
    grants.round.published grants.vote.by_code housing.bedroom_need.ask housing.homelessness_law.read
    housing.letting_result.read housing.own_bid.by_code housing.waiting_time.read risk.model.tell
    triage.directory.read
    """


async def test_anyone_reads_without_signing_in_and_from_any_web_page() -> None:
    async with open_door(origins=("https://staff.test",)) as door:
        async with door.get(SERVICES + "?search=rent&page=2", headers={"Origin": "https://elsewhere.test"}) as got:
            assert got.status == 200
            assert got.headers.getall("Access-Control-Allow-Origin") == ["*"]
            assert "Access-Control-Allow-Credentials" not in got.headers
            assert "RateLimit" in got.headers
        [seen] = door.service.seen
        assert (seen.path, seen.query) == (SERVICES, "search=rent&page=2")
        async with door.ask("POST", SEARCH, headers={"Origin": "https://staff.test"}, json={"said": "help"}) as got:
            assert got.status == 200
            assert got.headers.getall("Access-Control-Allow-Origin") == ["*"]
        assert json.loads(door.service.seen[1].body) == {"said": "help"}


async def test_it_is_carried_as_nobody_whatever_token_came_with_it() -> None:
    async with open_door() as door:
        for headers in ({}, door.headers("administrator", "administration"), {"Authorization": "Bearer nonsense"}):
            async with door.get(SERVICES, headers=headers) as got:
                assert got.status == 200
            token = (door.service.seen[-1].header("authorization") or "").removeprefix("Bearer ")
            principal = door.verifier("triage").verify(token)
            assert (principal.id, principal.organisation, principal.roles) == ("public", None, frozenset())
            assert (principal.purpose, principal.action) == ("public", "triage.directory.read")
            assert door.service.seen[-1].header("newstart-purpose") is None


async def test_a_browser_may_ask_first() -> None:
    ask = {
        "Origin": "https://elsewhere.test",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    async with open_door() as door:
        async with door.ask("OPTIONS", SEARCH, headers=ask) as got:
            assert (got.status, got.headers["Access-Control-Allow-Origin"]) == (204, "*")
            assert got.headers["Access-Control-Allow-Methods"] == "POST"
            assert "authorization" not in got.headers["Access-Control-Allow-Headers"]
        async with door.ask("OPTIONS", PERSON, headers=ask) as got:
            assert got.status == 405
            assert "Access-Control-Allow-Origin" not in got.headers
        assert door.service.seen == []


async def test_it_is_counted_by_address_and_its_body_is_capped() -> None:
    allowances = {**ALLOWANCES, "open": Allowance(2)}
    async with open_door(allowances=allowances) as door:
        statuses = []
        for _ in range(3):
            async with door.get(SERVICES, headers={}) as got:
                statuses.append(got.status)
        assert statuses == [200, 200, 429]
    async with open_door() as door, door.ask("POST", SEARCH, headers={}, data=io.BytesIO(b"x" * 3_000_000)) as got:
        assert got.status == 413


async def test_an_owner_that_is_down_is_said_plainly() -> None:
    async with open_door(dead=True) as door, door.get(SERVICES, headers={}) as got:
        assert got.status == 503
        assert got.headers["Access-Control-Allow-Origin"] == "*"


def test_only_what_is_named_here_is_open_that_way_and_no_role_is_asked_for_it() -> None:
    assert {route.action for route in PUBLISHED_ROUTES} == set(OPEN.split())
    assert not {route.action for route in PUBLISHED_ROUTES} & set(purposes_of_actions())
    assert all(route.open and route.purposes == {"public"} for route in PUBLISHED_ROUTES)
    assert all(route.action == "" for route in OPEN_ROUTES)
    assert {(route.method, route.keyed) for route in PUBLISHED_ROUTES} == {
        ("GET", False),
        ("POST", False),
        ("POST", True),
    }


@pytest.mark.parametrize("path", ["/v1/triage/directory/feeds", "/v1/triage/directory/quarantine"])
async def test_what_keeps_the_directory_is_not_open(path: str) -> None:
    async def handler(seen: Seen, receive: object, send: object) -> None:
        await answer(send, await read_all(receive))  # type: ignore[arg-type]  # as the door's own handlers

    async with open_door(handler=handler) as door:
        async with door.get(path, headers={}) as got:
            assert got.status == 401
        async with door.get(path) as got:
            assert got.status in {400, 403}
