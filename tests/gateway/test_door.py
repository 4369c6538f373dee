"""The steps before anything is carried: route, who, how often, what for, may they, key."""

from dataclasses import replace

import pytest

from gateway.limits import ALLOWANCES, Allowance
from gateway.matching import RouteIndex
from gateway.refusals import MethodNotAllowed, NoSuchRoute
from gateway.routes import GUARDED_ROUTES, table
from gateway.routes.line import Route
from tests.gateway.doors import CONCERNS, PERSON, URGENT, open_door

INDEX = RouteIndex(table(demo=True))


def test_every_line_of_the_table_is_found_by_its_own_path() -> None:
    for route in table(demo=True):
        parts = ["0192f7a0" if part.startswith("{") else part for part in route.path.split("/")]
        assert INDEX.find(route.method, "/".join(parts)) is route


@pytest.mark.parametrize(
    "path",
    [
        "/v1/casefile",
        "/v1/casefile/",
        "/v1/casefile/people/",
        "/v1//casefile/people",
        "/v1/casefile/people/.",
        "/v1/casefile/people/..",
        "/v1/casefile/people/../cases",
        "/v1/casefile/people/%73earch",
        "/v1/casefile/people/a%2Fmerge",
        "/v1/casefile/people/a;b",
        "/v1/casefile/people/a b",
        "/v1/casefile/people/" + "a" * 129,
        "/v1/casefile/people/é",
        "/v1/casefile/people/1/merge/",
        "/V1/casefile/people",
        "v1/casefile/people",
        "/livez/x",
        "/v1/nobody/jobs/1",
        "",
    ],
)
def test_what_is_not_in_the_table_does_not_exist(path: str) -> None:
    with pytest.raises(NoSuchRoute):
        INDEX.find("GET", path)
    assert INDEX.methods(path) == ()


def test_a_fixed_word_is_never_taken_for_an_id() -> None:
    with pytest.raises(MethodNotAllowed):
        INDEX.find("GET", "/v1/casefile/people/search")


def test_a_table_that_contradicts_itself_is_refused() -> None:
    line = GUARDED_ROUTES[0]
    with pytest.raises(ValueError, match="twice"):
        RouteIndex([line, replace(line, action="triage.contact.change")])
    with pytest.raises(ValueError, match="twice"):
        RouteIndex([Route("GET", "/a/{x}", "a.b.c", frozenset()), Route("GET", "/a/{y}", "a.b.d", frozenset())])


async def test_unknown_routes_are_404_and_other_methods_405_with_allow() -> None:
    async with open_door() as door:
        async with door.get("/v1/casefile/secrets") as got:
            assert got.status == 404
            problem = await got.json()
            assert got.content_type == "application/problem+json"
            assert problem["type"].endswith("/no-such-route")
            assert problem["instance"] == f"urn:newstart:request:{got.headers['X-Request-Id']}"
        async with door.ask("DELETE", PERSON) as got:
            assert got.status == 405
            assert got.headers["Allow"] == "GET, PATCH"
        async with door.get("/v1/casefile/people/%2e%2e/cases") as got:
            assert got.status == 404
        assert door.service.seen == []


async def test_nobody_comes_in_without_a_token() -> None:
    async with open_door() as door:
        async with door.get(headers={"Newstart-Purpose": "front_door"}) as got:
            assert got.status == 401
            assert got.headers["WWW-Authenticate"].startswith("Bearer")
        async with door.get(headers={**door.headers(), "Authorization": "Bearer nonsense"}) as got:
            assert got.status == 401
        assert door.service.seen == []


async def test_the_purpose_is_asked_for_and_must_fit_the_role_and_the_action() -> None:
    async with open_door() as door:
        without = {name: value for name, value in door.headers().items() if name != "Newstart-Purpose"}
        async with door.get(headers=without) as got:
            assert got.status == 400
            problem = await got.json()
            assert problem["type"].endswith("/purpose-missing")
            assert "front_door" in problem["purposes"]
            assert "leaving_care" not in problem["purposes"], "only what the caller may claim"
        async with door.get(headers=door.headers(purpose="curiosity")) as got:
            assert got.status == 400
        # Not claimable by this role; claimable, but not what this action is for.
        for purpose in ("leaving_care", "hub_running"):
            async with door.get(headers=door.headers(purpose=purpose)) as got:
                assert got.status == 403
        assert door.service.seen == []


async def test_a_refusal_names_the_action_and_the_purpose_and_nothing_of_the_record() -> None:
    async with open_door() as door, door.get(headers=door.headers("analyst", "research_statistics")) as got:
        assert got.status == 403
        problem = await got.json()
        assert (problem["action"], problem["purpose"]) == ("casefile.person.read", "research_statistics")
        assert "casefile.person.read" in problem["detail"]
        assert PERSON.rpartition("/")[2] not in await got.text()


@pytest.mark.parametrize("key", [None, "", "a" * 201, "has space"])
async def test_creating_needs_a_usable_key(key: str | None) -> None:
    async with open_door() as door:
        headers = door.headers(content_type="application/json")
        if key is not None:
            headers["Idempotency-Key"] = key
        async with door.ask("POST", "/v1/triage/contacts", headers=headers, data=b"{}") as got:
            assert got.status == 400
            assert (await got.json())["type"].endswith("/idempotency-key-missing")
        assert door.service.seen == []


async def test_a_key_is_passed_to_the_owner() -> None:
    async with open_door() as door:
        headers = door.headers(content_type="application/json", idempotency_key="9b2f", if_match='"3"')
        async with door.ask("POST", "/v1/triage/contacts", headers=headers, data=b"{}") as got:
            assert got.status == 200
        (seen,) = door.service.seen
        assert (seen.header("idempotency-key"), seen.header("if-match"), seen.body) == ("9b2f", '"3"', b"{}")


async def test_too_many_requests_are_429_and_the_fields_tell_where_one_stands() -> None:
    few = {**ALLOWANCES, "read": Allowance(2, 60)}
    async with open_door(allowances=few) as door:
        async with door.get() as got:
            assert got.headers["RateLimit-Policy"] == '"read";q=2;w=60'
            assert got.headers["RateLimit"] == '"read";r=1;t=30'
            assert "Retry-After" not in got.headers
        async with door.get():
            pass
        async with door.get() as got:
            assert got.status == 429
            assert got.headers["Retry-After"] == "30"
            assert got.headers["RateLimit"] == '"read";r=0;t=30'
            assert (await got.json())["type"].endswith("/too-many-requests")
        # Someone else is not held up, and neither is the same person's other work.
        async with door.get(headers=door.headers("manager", "supervision")) as got:
            assert got.status == 200
        headers = door.headers(content_type="application/json")
        async with door.ask("POST", "/v1/casefile/people/search", headers=headers, data=b"{}") as got:
            assert got.status == 200


async def test_guessing_tokens_is_slowed_down_for_each_address() -> None:
    few = {**ALLOWANCES, "refused": Allowance(3, 60)}
    async with open_door(allowances=few) as door:
        # One token throughout: a door's token bears the second it was made in.
        known = door.headers()
        async with door.get(headers=known) as got:
            assert got.status == 200
        statuses = []
        for number in range(5):
            async with door.get(headers={"Authorization": f"Bearer a.b.{number}"}) as got:
                statuses.append(got.status)
        assert statuses == [401, 401, 401, 429, 429]
        async with door.get(headers=known) as got:
            assert got.status == 200, "who is known already comes in"


async def test_a_suspended_person_is_turned_away_at_once() -> None:
    async with open_door() as door:
        headers = door.headers()
        async with door.get(headers=headers) as got:
            assert got.status == 200
        token = door.service.seen[0].header("authorization") or ""
        door.suspended.add(door.verifier("casefile").verify(token.removeprefix("Bearer ")).id)
        async with door.get(headers=headers) as got:
            assert got.status == 401
            assert (await got.json())["type"].endswith("/suspended")


@pytest.mark.parametrize("purpose", [None, "leaving_care", "curiosity", "front_door"])
async def test_a_safeguarding_concern_asks_for_nothing_but_a_sign_in(purpose: str | None) -> None:
    async with open_door() as door:
        headers = door.headers("volunteer_welcome", purpose or "front_door")
        if purpose is None:
            del headers["Newstart-Purpose"]
        async with door.ask("POST", CONCERNS, headers=headers, data=b"") as got:
            assert got.status == 200
            assert "RateLimit" not in got.headers
        token = door.service.seen[0].header("authorization") or ""
        principal = door.verifier("triage").verify(token.removeprefix("Bearer "))
        assert principal.purpose == ("front_door" if purpose == "front_door" else "safeguarding")


async def test_a_refused_safeguarding_concern_says_whom_to_phone() -> None:
    async with open_door() as door:
        async with door.ask("POST", CONCERNS, headers={}) as got:
            assert got.status == 401
            assert (await got.json())["detail"].startswith(URGENT)
        big = b"x" * 300_000
        async with door.ask("POST", CONCERNS, headers=door.headers(), data=big) as got:
            assert got.status == 413
            assert (await got.json())["detail"].startswith(URGENT)
