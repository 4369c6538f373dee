"""What an operator's hands do to a running platform: take a process away, wait for it, start one more."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import psutil

from kit.contracts.event_type import OWNERS
from kit.run.embedded import status
from kit.run.embedded.ports import free
from kit.run.embedded.welcome import is_ready
from kit.testing.platform import Platform

ROOT = Path(__file__).resolve().parents[2]
APIS = tuple(f"{owner}-api" for owner in OWNERS)
WORKERS = tuple(f"{owner}-worker" for owner in OWNERS)


@asynccontextmanager
async def without(platform: Platform, name: str, how: signal.Signals | None = None) -> AsyncIterator[None]:
    """The platform meanwhile works without that process; afterwards it is ready again."""
    await asyncio.to_thread(platform.stop, name, how)
    try:
        yield
    finally:
        await asyncio.to_thread(platform.start, name)
        await whole(platform)


async def whole(platform: Platform, within: float = 40.0) -> None:
    """Until every api and worker says that it is ready."""

    def waiting() -> list[str]:
        running = status.read(platform.state)["processes"]
        ports = {name: platform.ports[name.removesuffix("-api")] for name in (*APIS, *WORKERS)}
        return [name for name, port in ports.items() if name not in running or not is_ready(port)]

    await until(lambda: not waiting(), "every process to be ready", within)


async def until(holds: Callable[[], Any], what: str, within: float = 30.0) -> None:
    """Waits for it off the loop, so that the desks go on meanwhile."""
    limit = time.monotonic() + within
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < limit, f"waited {within:.0f} s for {what}"
        await asyncio.sleep(0.1)


async def killed(platform: Platform, name: str) -> None:
    """Ends it as a power cut would, and waits for its successor to be ready."""
    before = platform.pid(name)
    platform.kill(name)
    await until(lambda: status.read(platform.state)["processes"].get(name, {}).get("pid", before) != before, name)
    await whole(platform)


@contextmanager
def second_worker(platform: Platform, service: str, **other: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One more worker of a service, beside the supervisor's; `other` settings in place of its own."""
    (port,) = free(1)
    environment = {**platform.environment(service), "NEWSTART_METRICS_PORT": str(port), **other}
    log = platform.state / "logs" / f"{service}-worker-by-hand.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "kit.run", service, "worker"],
            env=environment,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        limit = time.monotonic() + 60
        while not is_ready(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < limit, "the second worker was not ready within a minute"
            time.sleep(0.1)
        yield process
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(process.pid).resume()
        process.terminate()
        assert process.wait(30) == 0, log.read_text()[-2000:]


async def run(platform: Platform, name: str, *arguments: str) -> str:
    """A command of the platform's own, in the environment of a service (or of the `topology` job); its output."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", *arguments],
        env=platform.environment(name),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@asynccontextmanager
async def only_worker(platform: Platform, service: str, **other: str) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A worker with other settings, in place of the supervisor's. Off the loop: a proxy of ours may carry its lines."""
    async with without(platform, f"{service}-worker"):
        by_hand = second_worker(platform, service, **other)
        process = await asyncio.to_thread(by_hand.__enter__)
        try:
            yield process
        finally:
            await asyncio.to_thread(by_hand.__exit__, None, None, None)
