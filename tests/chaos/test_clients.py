"""Clients that hang up, dawdle, say nothing or come all at once: the others are served all the same."""

import asyncio
import contextlib
import json
import random
import socket
import statistics
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest

from kit.run.embedded.ports import HOST
from kit.testing.faults import stalled
from kit.testing.platform import Platform
from tests.chaos.books import Books
from tests.chaos.desks import Desks, check, sign_in
from tests.chaos.hands import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

CONTACTS = "/v1/triage/contacts"
# How many requests the gateway has at one service at most (gateway/proxy.py).
BULKHEAD = 128
# The longest the gateway waits for the next piece of a body (gateway/bodies.py), and a little more.
DAWDLED_SECONDS = 45
# Closing sends a reset instead of an end.
_RESET = struct.pack("ii", 1, 0)


async def test_clients_that_hang_up(platform: Platform, books: Books) -> None:
    """In the middle of the headers, of the body, or before the answer: whole or not at all, and nobody else notices."""
    token = await asyncio.to_thread(sign_in, platform, "sade-okafor")
    markers = []
    async with Desks(platform, desks=2) as desks:
        for number in range(120):
            marker = str(uuid4())
            markers.append(marker)
            head, body = _contact(token, marker)
            async with _line(platform) as (_, writer):
                if number % 3 == 0:
                    writer.write(head[: random.randrange(len(head))])
                elif number % 3 == 1:
                    writer.write(head + body[: random.randrange(len(body))])
                else:
                    writer.write(head + body)
                await writer.drain()
                await asyncio.sleep(random.uniform(0, 0.03))
                if number % 2:
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        await desks.more(10)
    assert desks.said().keys() == {201}
    written = Counter(
        row["what_matters"]
        for row in books.rows("triage", "select what_matters from contact where what_matters = any(%s)", [markers])
    )
    assert set(written.values()) <= {1}
    # Only those who had said everything can have been heard.
    assert set(written) <= set(markers[2::3])
    await books.settle()
    await books.check(desks)


async def test_clients_that_dawdle_hold_nobody_up(platform: Platform, books: Books) -> None:
    """More slow bodies and silent lines than the gateway has places at triage; each is told, or let go, in the end."""
    token = await asyncio.to_thread(sign_in, platform, "farid-rahman")
    async with Desks(platform) as desks:
        await desks.more(10)
        with desks.watched() as before:
            await desks.more(40)
        async with asyncio.TaskGroup() as group, contextlib.AsyncExitStack() as lines:
            dripping = []
            for _ in range(BULKHEAD + 40):
                _, writer = await lines.enter_async_context(_line(platform))
                head, body = _contact(token, str(uuid4()))
                writer.write(head + body[:10])
                dripping.append((writer, body))
            for _ in range(40):
                _, writer = await lines.enter_async_context(_line(platform))
                writer.write(b"GET /v1/triage/contacts HTTP/1.1\r\nHost: x\r\nX-")
            stuck_reader, stuck = await lines.enter_async_context(_line(platform))
            head, body = _contact(token, str(uuid4()))
            stuck.write(head + body[:-5])
            waiting = group.create_task(stuck_reader.read(65536))
            with desks.watched() as meanwhile:
                for position in range(10, 20):
                    for writer, body in dripping:
                        writer.write(body[position : position + 1])
                    await desks.more(4)
            # Silence for half a minute is answered, so that the client knows.
            answer = await asyncio.wait_for(waiting, DAWDLED_SECONDS)
    assert meanwhile.said.keys() == before.said.keys() == {201}
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"application/problem+json" in answer
    await books.settle()
    await books.check(desks)


async def test_two_hundred_at_once(platform: Platform, books: Books) -> None:
    """A service that stands still fills its places; who finds none is told at once when to come back."""
    token = await asyncio.to_thread(sign_in, platform, "sade-okafor")
    fields = {"Authorization": f"Bearer {token}", "Newstart-Purpose": "front_door"}
    bodies = {str(uuid4()): "" for _ in range(200)}
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=platform.gateway, headers=fields, timeout=30, limits=limits, trust_env=False
    ) as crowd:

        async def one(marker: str) -> tuple[str, httpx.Response, float]:
            began = time.monotonic()
            answer = await crowd.post(CONTACTS, json=_body(marker), headers={"Idempotency-Key": marker})
            return marker, answer, time.monotonic() - began

        with stalled(platform.pid("triage-api")):
            asked = [asyncio.ensure_future(one(marker)) for marker in bodies]
            await until(lambda: sum(each.done() for each in asked) >= len(asked) - BULKHEAD, "the refusals")
            early = [each.result() for each in asked if each.done()]
            assert len(early) == len(asked) - BULKHEAD
        answered = [await each for each in asked]
        for _, answer, seconds in early:
            assert answer.status_code == 503
            assert "as much to do as it can" in check(answer)
            assert seconds < 10
        assert statistics.median(seconds for _, _, seconds in early) < 5
        said = Counter(answer.status_code for _, answer, _ in answered)
        assert said.keys() <= {201, 503}, said
        # Those inside are served, or told that the database had no connection left for them.
        for _, answer, _ in answered:
            check(answer)
        # Whoever was refused comes again with the same key, a few at a time; nobody is written twice.
        again = [marker for marker, answer, _ in answered if answer.status_code != 201]
        for marker in again:
            _, answer, _ = await one(marker)
            assert answer.status_code == 201, answer.text
    written = books.rows("triage", "select what_matters from contact where what_matters = any(%s)", [list(bodies)])
    assert Counter(row["what_matters"] for row in written) == Counter(bodies.keys())
    async with Desks(platform) as desks:
        await desks.more(20)
    assert desks.said().keys() == {201}
    await books.settle()
    await books.check(desks)


def _body(marker: str) -> dict[str, object]:
    needs = [{"domain": "money", "goal": marker}, {"domain": "food_and_fuel", "goal": marker}]
    return {"channel": "walk_in", "what_matters": marker, "needs": needs}


def _contact(token: str, marker: str) -> tuple[bytes, bytes]:
    """A request as it goes over the line: its head and its body."""
    body = json.dumps(_body(marker)).encode()
    lines = [
        f"POST {CONTACTS} HTTP/1.1",
        "Host: newstart.test",
        f"Authorization: Bearer {token}",
        "Newstart-Purpose: front_door",
        f"Idempotency-Key: {marker}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode(), body


@asynccontextmanager
async def _line(platform: Platform) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(HOST, platform.ports["gateway"])
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
