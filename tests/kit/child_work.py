"""What a child process does. Imported once by the fork server, so that a child is there in milliseconds."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import uvloop

from kit import crash_points
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.run import telemetry
from kit.run.embedded.ports import free
from kit.run.embedded.processes import die_with_parent
from kit.run.worker import build_worker
from kit.service import Service
from kit.store.unit import UnitOfWork
from tests.kit import ground

poisonous = Handlers()


@poisonous.reaction(ground.FORMED)
async def choke(unit: UnitOfWork, event: Event[Any]) -> None:
    """Ends the process for one household, as a library that crashes would."""
    if event.subject == UUID(int=666):
        os._exit(11)
    await ground.count_effect(unit, event)


slow = Handlers()


@slow.batched_reaction(ground.FORMED)
async def take_time(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Long enough for a stop to come in between."""
    print("working", flush=True)
    await asyncio.sleep(1.0)
    for event in events:
        await ground.count_effect(unit, event)


_BODIES = {"poison": poisonous, "slow": slow}


def run(half: str, database_url: str, nats_url: str, crash_at: str | None, body: str, log: str) -> None:
    """One worker until it is told to stop."""
    die_with_parent(signal.SIGKILL, os.getppid())
    with open(log, "ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    crash_points._ARMED = crash_at
    telemetry.set_up(half, "worker", "test")
    uvloop.run(_work(_service(half, body), database_url, nats_url))


def _service(half: str, body: str) -> Service:
    if half == ground.MAKER:
        return ground.service(routers=())
    return ground.counter(_BODIES[body]) if body in _BODIES else ground.counter()


async def _work(service: Service, database_url: str, nats_url: str) -> None:
    port = free(1)[0]
    worker = build_worker(service, ground.settings(database_url, nats_url, metrics_port=port))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop.set)
    await worker.run()
