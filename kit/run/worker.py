"""`build_worker`: what runs beside every service's API: relay, consumers, alarms, jobs, seals, housekeeping.

Stops well: nothing new is taken, what is in hand is finished, what was only fetched is given back.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog
import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kit.errors import Unavailable
from kit.events import reads, sealed
from kit.events.bus import Bus
from kit.events.handlers import KINDS, handled
from kit.events.inbox import Consumer, Inbox
from kit.events.relay import Relay
from kit.events.topology import durables
from kit.run import figures
from kit.service import Service, opened
from kit.settings import Settings
from kit.store import audit, business_clock, housekeeping, odd_reading
from kit.store.db import Database, is_transient
from kit.store.jobs import Jobs
from kit.store.timers import Timers
from kit.web import health, problems
from kit.web.context import NO_SPANS_OF_ITS_OWN

log = structlog.get_logger(__name__)

_SEAL_EVERY_SECONDS = 1.0
_TIDY_EVERY_SECONDS = 60.0
_HEARTBEAT_LIMIT_SECONDS = 60.0


class Worker:
    """One worker process of one service."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.stop = asyncio.Event()
        self._hearts: list[Relay | Consumer] = []

    async def run(self) -> None:
        """Work until `stop` is set, then finish what is in hand."""
        settings, name, lasting = self.settings, self.service.name, self.service.lasting_drafts
        database = Database(
            settings.database_url.get_secret_value(), pool=settings.database_pool, name=f"{name}-worker"
        )
        sealed.use_keys(name, settings.sealing_private_keys, settings.sealing_public_keys)
        health_server = asyncio.create_task(self._serve_health(database), name="health")
        async with business_clock.followed(database), opened(self.service, settings):
            tasks = [
                asyncio.create_task(each, name=label)
                for label, each in (
                    ("jobs", Jobs(database, name, self.service.jobs).run(self.stop)),
                    ("timers", Timers(database, name, self.service.timers).run(self.stop)),
                    ("seal", self._every(_SEAL_EVERY_SECONDS, lambda: audit.seal(database, name, reads.tell))),
                    ("watch", self._every(odd_reading.EVERY_SECONDS, odd_reading.Watch(database, name).look)),
                    ("tidy", self._every(_TIDY_EVERY_SECONDS, lambda: housekeeping.tidy(database, lasting))),
                    ("figures", self._every(figures.EVERY_SECONDS, lambda: figures.take(database, name))),
                    ("bus", self._on_the_bus(database)),
                    *((label, run(database, settings, self.stop)) for label, run in self.service.loops.items()),
                )
            ]
            stopped = asyncio.create_task(self._stopped(), name="stop")
            await asyncio.wait({*tasks, stopped}, return_when=asyncio.FIRST_COMPLETED)
            self.stop.set()
            _, late = await asyncio.wait(tasks, timeout=settings.drain_seconds)
            for task in late:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        health_server.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await health_server
        await database.close()
        for failed in ends:
            if isinstance(failed, Exception):
                raise failed

    async def _stopped(self) -> None:
        await self.stop.wait()

    async def _on_the_bus(self, database: Database) -> None:
        """Relay and consumers, over one connection that reconnects for ever."""
        async with self._connected() as bus:
            if bus is None:
                return
            relay = Relay(database, bus, self.service.name)
            self._hearts.append(relay)
            running = [asyncio.create_task(relay.run(), name="relay")]
            types = {kind: handled(self.service.handlers, kind) for kind in KINDS}
            for durable in durables(self.service.name, types):
                inbox = Inbox(database, self.service.name, durable.kind, types[durable.kind])
                consumer = Consumer(await bus.pull(durable.stream, durable.name), inbox, self.stop)
                self._hearts.append(consumer)
                running.append(asyncio.create_task(consumer.run(), name=f"{durable.stream}:{durable.kind}"))
            stopped = asyncio.create_task(self._stopped())
            done, _ = await asyncio.wait({*running, stopped}, return_when=asyncio.FIRST_COMPLETED)
            self.stop.set()
            relay.stop()
            await asyncio.gather(*running)
            for task in done - {stopped}:
                task.result()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Bus | None]:
        """The bus, waited for; None when told to stop first."""
        url = self.settings.nats_url
        if url is None:
            raise Unavailable("NEWSTART_NATS_URL is not set: a worker needs the bus")
        connecting = asyncio.ensure_future(
            Bus.connect(url.get_secret_value(), self.service.name, on_lost=self.stop.set)
        )
        stopping = asyncio.ensure_future(self.stop.wait())
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not connecting.done():
            connecting.cancel()
            yield None
            return
        bus = connecting.result()
        try:
            yield bus
        finally:
            await bus.close()

    async def _every(self, seconds: float, work: Callable[[], Awaitable[int]]) -> None:
        """Do it again and again; a lost database is waited out. A full batch is followed at once by the next."""
        while not self.stop.is_set():
            try:
                did = await work()
            except Exception as error:
                if not is_transient(error):
                    raise
                did = 0
            if did < 1000:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self.stop.wait(), seconds)

    def alive(self) -> bool:
        """Whether every loop has turned within a minute."""
        now = time.monotonic()
        return all(now - heart.heartbeat < _HEARTBEAT_LIMIT_SECONDS for heart in self._hearts)

    async def _serve_health(self, database: Database) -> None:
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, telemetry=NO_SPANS_OF_ITS_OWN)
        problems.install(app)

        @app.get("/livez")
        async def livez() -> dict[str, str]:
            if not self.alive():
                raise Unavailable("A loop of this worker stands still")
            return {"status": "alive"}

        @app.get("/readyz")
        async def readyz() -> dict[str, str]:
            await health.check_ready(database, self.service)
            return {"status": "ready"}

        @app.get("/version")
        async def version() -> dict[str, str]:
            return {"service": self.service.name, "version": self.settings.version}

        @app.get("/metrics")
        async def metrics() -> Response:
            return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

        app.add_middleware(problems.ProblemMiddleware)
        server = _Server(
            uvicorn.Config(app, self.settings.host, self.settings.metrics_port, log_level="warning", access_log=False)
        )
        serving = asyncio.create_task(server.serve(), name="health-server")
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """A server inside a worker: the worker itself hears the signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def build_worker(service: Service, settings: Settings) -> Worker:
    """The worker of one service."""
    return Worker(service, settings)
