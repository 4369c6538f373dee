"""Every error is a problem document (RFC 9457), and none repeats what it was given."""

import asyncio
import json
import logging
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog
from fastapi import APIRouter, FastAPI

from kit.errors import DomainError, FieldError, Invalid, NotFound
from kit.run import telemetry
from kit.store.db import Database
from kit.testing.databases import ServiceDatabase
from kit.testing.faults import FaultProxy
from kit.web import problems
from kit.web.app import build_app
from tests.kit import ground
from tests.kit.ground import signed

MAKE, READ, DRAFT = "casefile.thing.make", "casefile.thing.read", "casefile.draft.keep"
THINGS = "/v1/casefile/things"
DRAFTS = "/v1/casefile/drafts/contact/new"
NUL, HALF = "a\0b", "a\ud83db"


def is_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The document, checked for its form."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["type"].startswith("https://newstart.example/problems/")
    assert document["instance"] == f"urn:newstart:request:{answer.headers['X-Request-Id']}"
    assert document["title"]
    assert document["detail"]
    return document


def make(client: httpx.AsyncClient, **how: Any) -> Any:
    headers = signed(MAKE) | {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    return client.post(THINGS, headers=headers, **how)


async def test_an_unknown_address_is_404(client: httpx.AsyncClient) -> None:
    is_problem(await client.get("/v1/casefile/nothing"), 404)
    is_problem(await client.get("/"), 404)


async def test_a_wrong_method_is_405(client: httpx.AsyncClient) -> None:
    answer = await client.put(THINGS)
    is_problem(answer, 405)
    assert answer.headers["Allow"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 408, 409, 410, 413, 415, 418, 429, 500, 501, 503, 504])
async def test_every_status_that_a_library_raises(client: httpx.AsyncClient, status: int) -> None:
    answer = await client.get(f"{THINGS}/break/status?status={status}", headers=signed(READ))
    document = is_problem(answer, status)
    assert "the words of the library" not in answer.text
    assert document["title"] != ""


async def test_a_fault_says_nothing_of_itself(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{THINGS}/break/fault", headers=signed(READ))
    is_problem(answer, 500)
    assert "Ada" not in answer.text
    assert "KeyError" not in answer.text


async def test_a_constraint_of_ours_that_breaks_is_a_fault(client: httpx.AsyncClient) -> None:
    is_problem(await client.get(f"{THINGS}/break/constraint", headers=signed(READ)), 500)


async def test_two_who_save_the_same_at_once_meet_a_conflict(client: httpx.AsyncClient) -> None:
    await make(client, content='{"name": "one"}')
    answer = await make(client, content='{"name": "one"}')
    is_problem(answer, 409)
    assert "one" not in answer.json()["detail"].split()[3:]


async def test_a_statement_that_takes_too_long_is_503(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{THINGS}/break/statement", headers=signed(READ))
    is_problem(answer, 503)
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("", 422),
        ("{", 400),
        ("nonsense", 400),
        ("[]", 422),
        ("null", 422),
        (b"\xff\xfe", 400),
        ('{"name": ' + "9" * 5000 + "}", 400),
        ("[" * 100_000, 400),
        ('{"name": 1}', 422),
        ('{"name": "' + "x" * 301 + '"}', 422),
        ('{"name": "one", "size": -1}', 422),
        ('{"name": "one", "size": 1e400}', 422),
        ('{"name": "one", "Nosy Parker": 1}', 422),
    ],
    ids=range(13),
)
async def test_a_bad_body_is_named(client: httpx.AsyncClient, content: str | bytes, status: int) -> None:
    document = is_problem(await make(client, content=content), status)
    assert status == 400 or document["errors"]


async def test_a_field_at_fault_is_pointed_at_without_its_value(client: httpx.AsyncClient) -> None:
    answer = await make(client, content=json.dumps({"name": ["Ada Lovelace"], "size": "secret"}))
    document = is_problem(answer, 422)
    assert [each["pointer"] for each in document["errors"]] == ["/name", "/size"]
    assert all(each["rule"] and each["detail"] for each in document["errors"])
    assert "Ada" not in answer.text
    assert "secret" not in answer.text


async def test_a_pointer_is_written_as_the_standard_says(client: httpx.AsyncClient) -> None:
    document = is_problem(await make(client, content=json.dumps({"name": "one", "a/b~c": 1, "x" * 500: 2})), 422)
    assert [each["pointer"] for each in document["errors"]] == ["/a~1b~0c", "/" + "x" * 64]


@pytest.mark.parametrize("text", [NUL, HALF], ids=["NUL", "half a surrogate pair"])
async def test_a_character_that_cannot_be_stored_is_422(client: httpx.AsyncClient, text: str) -> None:
    is_problem(await make(client, content=json.dumps({"name": text})), 422)
    is_problem(await make(client, content=json.dumps({"name": "one", text: 1})), 422)
    for body in ({"a": text}, {text: "a"}, {"a": {"b": [text]}}):
        answer = await client.put(
            DRAFTS, content=json.dumps(body), headers=signed(DRAFT) | {"Content-Type": "application/json"}
        )
        is_problem(answer, 422)


async def test_a_character_that_cannot_be_stored_in_the_address(client: httpx.AsyncClient) -> None:
    for address in (f"{THINGS}/break/%00", f"{THINGS}/break/%ED%A0%BD", f"{THINGS}?after=%00", f"{THINGS}?after=%FF"):
        answer = await client.get(address, headers=signed(READ))
        assert answer.status_code < 500


async def test_a_number_that_cannot_be_stored_is_422(client: httpx.AsyncClient) -> None:
    for content in ('{"a": NaN}', '{"a": Infinity}'):
        answer = await client.put(DRAFTS, content=content, headers=signed(DRAFT) | {"Content-Type": "application/json"})
        is_problem(answer, 422)


@pytest.mark.parametrize("depth", [100, 300, 900])
async def test_a_deep_body_is_kept_or_refused(client: httpx.AsyncClient, depth: int) -> None:
    content = '{"a": ' + "[" * depth + "]" * depth + "}"
    headers = signed(DRAFT) | {"Content-Type": "application/json"}
    answer = await client.put(DRAFTS, content=content, headers=headers)
    assert answer.status_code in {200, 400, 422}, answer.text
    if answer.status_code == 200:
        assert (await client.get(DRAFTS, headers=headers)).status_code == 200


async def test_a_bad_path_or_query_is_named(client: httpx.AsyncClient) -> None:
    headers = signed("casefile.thing.change") | {"If-Match": '"1"'}
    answer = await client.patch(f"{THINGS}/Ada", json={"name": "x"}, headers=headers)
    document = is_problem(answer, 422)
    assert "path thing_id" in document["errors"][0]["detail"]
    is_problem(await client.get(f"{THINGS}/break/status?status=Ada", headers=signed(READ)), 422)


async def test_who_asks_is_not_quoted(client: httpx.AsyncClient) -> None:
    answer = await client.get(THINGS, headers={"Authorization": "Bearer Ada.Lovelace.secret"})
    is_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Ada" not in answer.text


async def test_the_callers_request_id_is_kept(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"X-Request-Id": "0192-abc"})
    assert is_problem(answer, 404)["instance"] == "urn:newstart:request:0192-abc"


# Out of reach -----------------------------------------------------------------------------------------------


async def test_no_database_is_503_and_nothing_is_saved(maker: ServiceDatabase) -> None:
    port = int(maker.url.rpartition(":")[2].partition("/")[0])
    async with FaultProxy(port) as proxy:
        app = ground.app_on(maker.url.replace(f":{port}/", f":{proxy.port}/"))
        async with ground.running(app) as client:
            assert (await make(client, content='{"name": "before"}')).status_code == 201
            proxy.cut()
            for answer in [await make(client, content='{"name": "meanwhile"}') for _ in range(3)]:
                is_problem(answer, 503)
                assert answer.headers["Retry-After"] == "5"
            is_problem(await client.get("/readyz"), 503)
            assert (await client.get("/livez")).status_code == 200
            proxy.heal()
            assert (await make(client, content='{"name": "after"}')).status_code == 201
    assert [row["name"] for row in maker.rows("select name from thing order by id")] == ["before", "after"]


@pytest.mark.full
async def test_a_connection_cut_in_the_middle_is_503(maker: ServiceDatabase) -> None:
    port = int(maker.url.rpartition(":")[2].partition("/")[0])
    async with FaultProxy(port) as proxy:
        app = ground.app_on(maker.url.replace(f":{port}/", f":{proxy.port}/"))
        async with ground.running(app) as client:
            asking = asyncio.ensure_future(make(client, content='{"name": "dawdling"}'))
            working = (
                "select from pg_stat_activity where state = 'idle in transaction' and datname = current_database()"
            )
            await ground.until(lambda: len(maker.rows(working)) == 1, "the request to be at work")
            proxy.reset()
            is_problem(await asking, 503)
    assert maker.rows("select * from thing") == []


async def test_an_exhausted_pool_is_503(maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    app = ground.app_on(maker.url)
    async with ground.running(app) as client:
        database: Database = app.state.database
        monkeypatch.setattr(database.engine.pool, "_timeout", 0.05)
        held = [await database.engine.connect() for _ in range(10)]
        is_problem(await make(client, content='{"name": "one"}'), 503)
        for connection in held:
            await connection.close()
        assert (await make(client, content='{"name": "one"}')).status_code == 201


# The last nets ----------------------------------------------------------------------------------------------


async def test_a_fault_outside_the_routes_is_a_problem_too(maker: ServiceDatabase) -> None:
    app: FastAPI = ground.app_on(maker.url)

    @app.get("/outside")
    async def outside() -> None:
        raise RuntimeError("Ada")

    async with ground.running(app) as client:
        answer = await client.get("/outside")
        is_problem(answer, 500)
        assert "Ada" not in answer.text


async def test_health_is_free_and_says_what_it_must(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).json() == {"status": "alive"}
    assert (await client.get("/version")).json() == {"service": "casefile", "version": "0.1.0"}
    assert "newstart_http_request_seconds" in (await client.get("/metrics")).text
    # Nobody migrated this database.
    is_problem(await client.get("/readyz"), 503)


def test_a_route_outside_the_unit_of_work_is_refused() -> None:
    bare = APIRouter()

    @bare.get("/bare")
    def endpoint() -> None: ...

    hiding = APIRouter()
    hiding.include_router(bare)
    for router in (bare, hiding):
        with pytest.raises(TypeError, match="outside the unit of work"):
            build_app(ground.service(routers=(router,)))


def test_a_route_without_an_action_is_refused() -> None:
    from kit.web.routing import UnitRoute

    router = APIRouter(route_class=UnitRoute)
    with pytest.raises(ValueError, match="names no action"):
        router.get("/nameless")(lambda: None)


def test_a_refusal_may_carry_more() -> None:
    error = Invalid("No", FieldError("/a", "bad", "rule"), your_version=uuid4())
    answer = problems.of_exception(error, "1")
    assert answer.status_code == 422
    assert json.loads(bytes(answer.body))["your_version"]


@pytest.mark.parametrize("kind", [kind for kind in DomainError.__subclasses__() if kind.__module__ == "kit.errors"])
def test_every_refusal_has_its_own_words(kind: type[DomainError]) -> None:
    assert kind.slug
    assert kind.title
    assert 400 <= kind.status < 600
    assert kind is NotFound or kind.status != 404


def test_a_logged_fault_holds_no_values(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the exception's text nor any frame's variables: both may be a person's record."""
    # Only its logs are wanted here; a tracer provider would stay for the tests that come after.
    monkeypatch.setattr(telemetry.trace, "set_tracer_provider", lambda provider: None)
    before = structlog.get_config()
    handlers = logging.root.handlers[:]
    telemetry.set_up("casefile", "api", "1")
    try:
        name_of_a_person = "Ada Lovelace"
        try:
            raise KeyError(name_of_a_person)
        except KeyError as error:
            structlog.get_logger("t").error("fault", exc_info=problems._frames_only(error))
    finally:
        structlog.configure(**before)
        logging.root.handlers[:] = handlers
    written = capsys.readouterr().out
    entry = json.loads(written.splitlines()[-1])
    assert "Lovelace" not in written
    assert entry["exception"][0]["frames"][-1]["name"] == "test_a_logged_fault_holds_no_values"
