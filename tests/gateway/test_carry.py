"""What passes through the door, in both directions, and what stays outside."""

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from starlette.types import Receive, Send

from gateway.bodies import LIMITS
from tests.gateway.doors import PERSON, Seen, answer, open_door, read_all


async def test_a_request_reaches_its_owner_with_an_internal_token_for_this_very_act() -> None:
    async with open_door() as door:
        async with door.get(PERSON + "?expand=a%20b&x=1") as got:
            assert got.status == 200
            assert await got.json() == {"hello": "there"}
        (seen,) = door.service.seen
        assert (seen.method, seen.path, seen.query) == ("GET", PERSON, "expand=a%20b&x=1")
        scheme, _, token = (seen.header("authorization") or "").partition(" ")
        assert scheme == "Bearer"
        principal = door.verifier("casefile").verify(token)
        assert principal.action == "casefile.person.read"
        assert principal.purpose == "front_door"
        assert principal.roles == {"triage_officer"}


async def test_nothing_a_client_writes_looks_as_if_the_door_had_said_it() -> None:
    smuggled = {
        "X-Forwarded-For": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "X-Internal-Principal": "admin",
        "Newstart-Action": "casefile.person.merge",
        "Cookie": "session=1",
        "X-Http-Method-Override": "DELETE",
        "Tracestate": "x=1",
        "Baggage": "role=manager",
        "Connection": "keep-alive, authorization",
        "Te": "trailers",
        "Accept-Encoding": "br",
        "Host": "elsewhere.test",
    }
    async with open_door() as door:
        async with door.get(headers={**door.headers(), **smuggled}) as got:
            assert got.status == 200
        (seen,) = door.service.seen
        names = {name for name, _ in seen.headers}
        assert names <= {"host", "authorization", "x-request-id", "traceparent", "accept", "accept-encoding"}
        assert seen.header("accept-encoding") is None
        assert seen.header("host") != "elsewhere.test"
        assert seen.header("traceparent") is not None


@pytest.mark.parametrize("name", ["Authorization", "Newstart-Purpose", "Idempotency-Key"])
async def test_a_field_that_stands_twice_is_refused(name: str) -> None:
    async with open_door() as door:
        headers = [*door.headers(idempotency_key="k").items()]
        headers.append((name, dict(headers).get(name, "k")))
        headers.append((name, "another"))
        async with door.http.get(door.address + PERSON, headers=headers) as got:
            assert got.status == 400
            assert (await got.json())["type"].endswith("/bad-header")
        assert door.service.seen == []


@pytest.mark.full
async def test_answers_keep_their_meaning_and_lose_what_is_about_one_connection() -> None:
    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        await answer(
            send, b"{}", 201, etag='"3"', location="/v1/x", event_id="e", set_cookie="a=b", keep_alive="timeout=5",
            x_request_id="made-up", server="me",
        )  # fmt: skip

    async with open_door(handler=handler) as door, door.get() as got:
        assert got.status == 201
        assert got.headers["ETag"] == '"3"'
        assert got.headers["Location"] == "/v1/x"
        assert got.headers["Event-Id"] == "e"
        assert got.headers["Cache-Control"] == "no-store"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers.getall("X-Request-Id") != ["made-up"]
        assert not {"Set-Cookie", "Keep-Alive", "Server"} & set(got.headers)


async def test_the_request_id_is_passed_if_it_is_a_uuid_and_made_otherwise() -> None:
    ours = "0192f7a0-1111-7000-8000-000000000001"
    async with open_door() as door:
        async with door.get(headers=door.headers(x_request_id=ours)) as got:
            assert got.headers["X-Request-Id"] == ours
        async with door.get(headers=door.headers(x_request_id="drop table")) as got:
            assert got.headers["X-Request-Id"] != "drop table"
        assert [seen.header("x-request-id") for seen in door.service.seen] == [ours, got.headers["X-Request-Id"]]


async def test_the_trace_goes_on_from_the_caller() -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    async with open_door() as door:
        async with door.get(headers=door.headers(traceparent=f"00-{trace_id}-00f067aa0ba902b7-01")):
            pass
        async with door.get(headers=door.headers(traceparent="nonsense")):
            pass
        first, second = (seen.header("traceparent") or "" for seen in door.service.seen)
    assert first.split("-")[1] == trace_id
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", second)
    assert trace_id not in second


@pytest.mark.full
async def test_a_large_body_streams_through_both_ways_without_being_held() -> None:
    arrived: asyncio.Event = asyncio.Event()
    go_on: asyncio.Event = asyncio.Event()

    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/csv")]})
        message = await receive()
        arrived.set()
        total = len(message["body"])
        while message.get("more_body"):
            message = await receive()
            total += len(message["body"])
            await send({"type": "http.response.body", "body": b"x" * len(message["body"]), "more_body": True})
        await send({"type": "http.response.body", "body": str(total).encode()})

    async def rows() -> AsyncIterator[bytes]:
        yield b"a" * 100_000
        # The service has the first rows before the last ones are even written.
        await asyncio.wait_for(arrived.wait(), 5)
        go_on.set()
        for _ in range(200):
            yield b"a" * 100_000

    async with open_door(handler=handler) as door:
        headers = door.headers("administrator", "data_migration", idempotency_key="1", content_type="text/csv")
        async with door.ask("POST", "/v1/casefile/imports", headers=headers, data=rows()) as got:
            assert got.status == 200
            body = await got.read()
    assert go_on.is_set()
    assert body.endswith(b"20100000")


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit_is_413_declared_or_streamed(declared: bool) -> None:
    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        seen.body = await read_all(receive)
        await answer(send)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"{" * (LIMITS["json"] // 5)

    async with open_door(handler=handler) as door:
        data = b"{" * (LIMITS["json"] + 1) if declared else pieces()
        headers = door.headers(idempotency_key="1", content_type="application/json")
        async with door.ask("POST", "/v1/triage/contacts", headers=headers, data=data) as got:
            assert got.status == 413
            problem = await got.json()
        assert problem["type"].endswith("/body-too-large")
        assert got.content_type == "application/problem+json"
        assert door.service.seen == []
        # The next request on the same door is none the worse.
        async with door.get() as again:
            assert again.status == 200


async def test_a_bulk_body_that_grows_over_the_limit_is_cut_off_and_the_service_hears_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(LIMITS, "bulk", 1_000_000)
    cut = asyncio.Event()

    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        with pytest.raises(ConnectionError):
            await read_all(receive)
        cut.set()

    async def rows() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"row\n" * 10_000
            await asyncio.sleep(0.005)

    async with open_door(handler=handler) as door:
        headers = door.headers("administrator", "data_migration", idempotency_key="1")
        async with door.ask("POST", "/v1/casefile/imports", headers=headers, data=rows()) as got:
            assert got.status == 413
        await asyncio.wait_for(cut.wait(), 3)
        assert door.upstream.in_flight == 0


async def test_a_read_takes_no_body() -> None:
    async with open_door() as door, door.get(data=b"x") as got:
        assert got.status == 413


async def test_larger_answers_are_packed_for_those_who_accept_it() -> None:
    large = json.dumps({"text": "word " * 1000}).encode()

    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        if "stream" in seen.query:
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
            )
            await send({"type": "http.response.body", "body": large[:100], "more_body": True})
            await send({"type": "http.response.body", "body": large[100:]})
        else:
            await answer(send, large if "large" in seen.query else b"{}", etag='"7"')

    async with open_door(handler=handler) as door, aiohttp.ClientSession(auto_decompress=False) as raw:
        async with raw.get(door.address + PERSON + "?large", headers=door.headers(accept_encoding="gzip")) as got:
            assert got.headers["Content-Encoding"] == "gzip"
            assert "accept-encoding" in got.headers["Vary"].lower()
            body = await got.read()
            assert int(got.headers["Content-Length"]) == len(body) < len(large)
            assert gzip.decompress(body) == large
            assert got.headers["ETag"] == '"7"'
        async with raw.get(door.address + PERSON + "?stream", headers=door.headers(accept_encoding="gzip")) as got:
            assert gzip.decompress(await got.read()) == large
        async with raw.get(door.address + PERSON + "?large", headers=door.headers(accept_encoding="br")) as got:
            assert "Content-Encoding" not in got.headers
            assert await got.read() == large
        async with raw.get(door.address + PERSON, headers=door.headers(accept_encoding="gzip")) as got:
            assert "Content-Encoding" not in got.headers


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True), ("br, GZIP;q=0.5", True), ("gzip ; q=1.0, br", True), ("gzip;q=0.001", True),
        ("gzip;q=0", False), ("gzip;q=0.0, br", False), ("x-gzip", False), ("identity", False), ("", False),
    ],
)  # fmt: skip
async def test_packing_is_taken_at_its_word(accepted: str, packed: bool) -> None:
    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        await answer(send, b"[" + b" " * 2000 + b"]")

    async with open_door(handler=handler) as door, door.get(headers=door.headers(accept_encoding=accepted)) as got:
        assert ("Content-Encoding" in got.headers) is packed


async def test_web_pages_of_other_origins_only_by_list() -> None:
    async with open_door(origins=("https://staff.test",)) as door:
        ask = {"Origin": "https://staff.test", "Access-Control-Request-Method": "GET"}
        async with door.ask("OPTIONS", PERSON, headers=ask) as got:
            assert got.status == 204
            assert got.headers["Access-Control-Allow-Origin"] == "https://staff.test"
            assert got.headers["Access-Control-Allow-Methods"] == "GET, PATCH"
            assert "Access-Control-Allow-Credentials" not in got.headers
        async with door.get(headers=door.headers(origin="https://staff.test")) as got:
            assert got.headers["Access-Control-Allow-Origin"] == "https://staff.test"
            assert "etag" in got.headers["Access-Control-Expose-Headers"]
        async with door.get(headers=door.headers(origin="https://evil.test")) as got:
            assert "Access-Control-Allow-Origin" not in got.headers
        async with door.ask("OPTIONS", PERSON, headers={**ask, "Origin": "https://evil.test"}) as got:
            assert got.status == 405
            assert "Access-Control-Allow-Origin" not in got.headers
