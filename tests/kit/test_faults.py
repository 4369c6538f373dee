"""The fault proxy does each fault it promises, and only that."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kit.testing.faults import FaultProxy

HOST = "127.0.0.1"
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def heard() -> list[bytes]:
    return []


@pytest.fixture
async def proxy(heard: list[bytes]) -> AsyncIterator[FaultProxy]:
    """Before a server that notes what it hears and says it back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65_536):
                heard.append(piece)
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(echo, HOST, 0)
    async with FaultProxy(server.sockets[0].getsockname()[1]) as standing_between:
        yield standing_between
    server.close()
    await server.wait_closed()


@asynccontextmanager
async def line_through(proxy: FaultProxy) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    yield reader, writer
    writer.transport.abort()


async def answer(line: Line, said: bytes, seconds: float = 2.0) -> bytes:
    reader, writer = line
    writer.write(said)
    async with asyncio.timeout(seconds):
        return await reader.readexactly(len(said))


async def test_it_carries_both_ways_and_many_at_once(proxy: FaultProxy) -> None:
    async with line_through(proxy) as one, line_through(proxy) as two:
        assert await answer(one, b"one" * 100_000) == b"one" * 100_000
        assert await answer(two, b"two") == b"two"


async def test_a_cut_ends_lines_and_refuses_new_ones_until_healed(proxy: FaultProxy) -> None:
    async with line_through(proxy) as line:
        await answer(line, b"fine")
        proxy.cut()
        assert await line[0].read() == b""
    async with line_through(proxy) as refused:
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await answer(refused, b"anyone?")
    proxy.heal()
    async with line_through(proxy) as line:
        assert await answer(line, b"again") == b"again"


async def test_a_reset_breaks_lines_and_new_ones_work(proxy: FaultProxy) -> None:
    async with line_through(proxy) as line:
        await answer(line, b"fine")
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            await line[0].read()
    async with line_through(proxy) as line:
        assert await answer(line, b"new") == b"new"


async def test_dropping_the_way_back_leaves_the_way_there(proxy: FaultProxy, heard: list[bytes]) -> None:
    async with line_through(proxy) as line:
        proxy.drop("down")
        with pytest.raises(TimeoutError):
            await answer(line, b"lost answer", 0.2)
        assert heard == [b"lost answer"]
        proxy.drop("up")
        line[1].write(b"unheard")
        await asyncio.sleep(0.1)
        assert heard == [b"lost answer"]
        proxy.heal()
        assert await answer(line, b"well") == b"well"


async def test_a_delay_holds_each_way_back(proxy: FaultProxy) -> None:
    proxy.delay(0.15)
    async with line_through(proxy) as line:
        began = time.monotonic()
        await answer(line, b"late")
        assert 0.3 <= time.monotonic() - began < 1.5


async def test_a_slow_line_takes_its_time(proxy: FaultProxy) -> None:
    proxy.slow(100_000)
    async with line_through(proxy) as line:
        began = time.monotonic()
        await answer(line, b"x" * 20_000, 5)
        assert time.monotonic() - began >= 0.4


async def test_a_server_that_is_down_looks_like_a_broken_line(proxy: FaultProxy) -> None:
    proxy.target = 9
    async with line_through(proxy) as line:
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await answer(line, b"anyone?")
