"""Services that are dead, slow, full or break off, and clients that go away."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from starlette.types import Receive, Send

from gateway.breaker import Breaker
from gateway.proxy import Timeouts
from tests.gateway.doors import CONCERNS, PERSON, URGENT, Seen, answer, listening, open_door, read_all

QUICK = Timeouts(connect=0.5, answer=0.3)


async def test_a_dead_service_is_503_with_retry_after() -> None:
    async with open_door(dead=True) as door, door.get() as got:
        assert got.status == 503
        assert got.content_type == "application/problem+json"
        assert int(got.headers["Retry-After"]) > 0
        problem = await got.json()
        assert problem["type"].endswith("/service-unavailable")
        assert "Nothing was sent" in problem["detail"]
        assert got.headers["X-Request-Id"] in problem["instance"]


async def test_a_slow_service_is_504() -> None:
    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        await asyncio.sleep(5)

    async with open_door(handler=handler, timeouts=QUICK) as door, door.get() as got:
        assert got.status == 504
        assert (await got.json())["type"].endswith("/service-timeout")


async def test_an_upload_that_takes_longer_than_an_answer_may_is_no_timeout() -> None:
    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        await answer(send, str(len(await read_all(receive))).encode())

    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(8):
            await asyncio.sleep(0.1)
            yield b"row\n"

    async with open_door(handler=handler, timeouts=QUICK) as door:
        headers = door.headers("administrator", "data_migration", idempotency_key="1")
        async with door.ask("POST", "/v1/casefile/imports", headers=headers, data=slowly()) as got:
            assert (got.status, await got.text()) == (200, "32")


@pytest.mark.parametrize("trouble", ["dead", "slow", "refused", "fault", "not a problem"])
async def test_a_safeguarding_concern_that_did_not_arrive_says_whom_to_phone(trouble: str) -> None:
    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        match trouble:
            case "slow":
                await asyncio.sleep(5)
            case "refused":
                body = json.dumps({"type": "x", "title": "t", "status": 422, "detail": "No such team."}).encode()
                await answer(send, body, 422, content_type="application/problem+json")
            case "not a problem":
                await answer(send, b"<html>oops</html>", 500, content_type="text/html")
            case _:
                raise RuntimeError("fault")

    opening = open_door(handler=handler, timeouts=QUICK, dead=trouble == "dead")
    async with opening as door, door.ask("POST", CONCERNS, data=b"{}") as got:
        problem = await got.json(content_type="application/problem+json")
        assert got.status == {"dead": 503, "slow": 504, "refused": 422}.get(trouble, 500)
        assert problem["detail"].startswith(URGENT)
        assert ("No such team." in problem["detail"]) is (trouble == "refused")


async def test_a_received_safeguarding_concern_is_passed_as_it_is() -> None:
    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        await answer(send, b'{"detail":"ok"}', 201, location="/v1/x")

    async with open_door(handler=handler) as door, door.ask("POST", CONCERNS, data=b"{}") as got:
        assert (got.status, await got.json()) == (201, {"detail": "ok"})


async def test_a_full_service_turns_away_what_it_cannot_carry_but_never_a_concern() -> None:
    release, both = asyncio.Event(), asyncio.Event()
    inside = 0

    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        nonlocal inside
        if seen.method == "GET":
            inside += 1
            if inside == 2:
                both.set()
            await release.wait()
        await answer(send)

    async with open_door(handler=handler, in_flight=2) as door:
        waiting = [asyncio.ensure_future(_status(door.get())) for _ in range(2)]
        await asyncio.wait_for(both.wait(), 5)
        async with door.get() as got:
            assert got.status == 503
            assert "Retry-After" in got.headers
        assert await _status(door.ask("POST", CONCERNS, headers=door.headers(), data=b"{}")) == 200
        release.set()
        assert await asyncio.gather(*waiting) == [200, 200]
        assert await _status(door.get()) == 200


async def test_a_client_that_goes_away_takes_its_request_with_it() -> None:
    cancelled = asyncio.Event()

    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        await read_all(receive)
        assert (await receive())["type"] == "http.disconnect"
        cancelled.set()

    async with open_door(handler=handler) as door:
        with pytest.raises(TimeoutError):
            await _status(door.get(timeout=aiohttp.ClientTimeout(total=0.3)))
        await asyncio.wait_for(cancelled.wait(), 3)
        assert door.upstream.in_flight == 0


async def test_a_client_that_goes_away_in_the_middle_of_its_upload_ends_it() -> None:
    gone = asyncio.Event()

    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        with pytest.raises(ConnectionError):
            await read_all(receive)
        gone.set()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"row\n" * 100
            await asyncio.sleep(0.01)

    async with open_door(handler=handler) as door:
        headers = door.headers("administrator", "data_migration", idempotency_key="1")
        impatient = aiohttp.ClientTimeout(total=0.3)
        with pytest.raises(TimeoutError):
            await _status(door.ask("POST", "/v1/casefile/imports", headers=headers, data=endless(), timeout=impatient))
        await asyncio.wait_for(gone.wait(), 3)
        assert door.upstream.in_flight == 0


async def test_an_answer_that_breaks_off_breaks_off_at_the_client_too() -> None:
    async def handler(seen: Seen, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/csv")]})
        await send({"type": "http.response.body", "body": b"a,b\n" * 30_000, "more_body": True})
        raise RuntimeError("broke off")

    async with open_door(handler=handler) as door:
        async with door.get() as got:
            assert got.status == 200
            with pytest.raises(aiohttp.ClientPayloadError):
                await got.read()
        assert door.upstream.in_flight == 0


@pytest.mark.parametrize(
    ("method", "keyed", "times"), [("GET", False, 2), ("POST", True, 2), ("POST", False, 1), ("PATCH", False, 1)]
)
async def test_a_lost_connection_is_tried_again_once_where_that_is_safe(method: str, keyed: bool, times: int) -> None:
    """Safe: a read, or a create that its key keeps from happening twice."""
    met = 0

    async def flaky(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal met
        met += 1
        await reader.readuntil(b"\r\n\r\n")
        if met > 1:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(flaky, "127.0.0.1", 0)
    async with server, open_door() as door:
        door.upstream.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        path = {"GET": PERSON, "PATCH": PERSON}.get(method, "/v1/triage/contacts" if keyed else CONCERNS)
        headers = door.headers(**({"idempotency_key": "1"} if keyed else {}), content_type="application/json")
        async with door.ask(method, path, headers=headers, data=None if method == "GET" else b"{}") as got:
            assert got.status == (200 if times == 2 else 503)
            if times == 1:
                assert "may or may not" in (await got.json())["detail"]
        assert met == times


async def test_an_answer_that_is_not_http_is_502() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    async with server, open_door() as door:
        door.upstream.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with door.get() as got:
            assert got.status == 502
            assert (await got.json())["type"].endswith("/bad-answer")


async def test_a_service_that_comes_back_is_found_again_after_a_pause() -> None:
    async with open_door(dead=True) as door:
        for _ in range(12):
            assert await _status(door.get()) == 503
        async with door.get() as got:
            assert "not answering" in (await got.json())["detail"], "the breaker spares callers the wait"
        async with listening(door.service) as address:
            door.upstream.address = address
            statuses = []
            for _ in range(60):
                statuses.append(await _status(door.get()))
                if statuses[-5:] == [200] * 5:
                    break
                await asyncio.sleep(0.05)
            assert 503 not in statuses[statuses.index(200) :], "once it works, all may pass"
            assert statuses[-1] == 200


async def test_a_client_that_stops_in_the_middle_takes_up_nobodys_time_but_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.bodies.LONGEST_PAUSE_SECONDS", 0.2)
    held: list[int] = []

    async def stalled() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(0.1)
        held.append(door.upstream.in_flight)
        await asyncio.sleep(5)
        yield b"}"

    async with open_door() as door:
        headers = door.headers(idempotency_key="1", content_type="application/json")
        async with door.ask("POST", "/v1/triage/contacts", headers=headers, data=stalled()) as got:
            assert got.status == 408
            assert (await got.json())["type"].endswith("/request-timeout")
        assert (held, door.service.seen) == ([0], [])


def test_the_breaker_lets_one_request_try_after_each_pause() -> None:
    now = 0.0
    breaker = Breaker(threshold=3, pause=2, clock=lambda: now)
    for _ in range(2):
        breaker.failed()
    assert breaker.lets_through()
    breaker.failed()
    assert breaker.open
    assert not breaker.lets_through()
    now = 2.1
    assert breaker.lets_through()
    assert not breaker.lets_through(), "only one at a time"
    breaker.failed()
    now = 4.0
    assert not breaker.lets_through()
    now = 4.2
    assert breaker.lets_through()
    breaker.worked()
    assert breaker.lets_through()
    assert not breaker.open


async def _status(asking: Any) -> int:
    async with asking as got:
        return int(got.status)
