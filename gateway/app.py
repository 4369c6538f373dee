"""The gateway, composed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Scope, Send

from gateway.carrying import Carrier
from gateway.clock import api as clock_api
from gateway.cors import Cors
from gateway.edge import Edge, Parts
from gateway.holdings import RIGHTS
from gateway.identity import Identity
from gateway.issuer import DemoIssuer, key_of
from gateway.issuers import trusted_issuers
from gateway.limits import Limiter
from gateway.links import api as links_api
from gateway.links import handlers as links
from gateway.links import sending as letters
from gateway.links.answering import Answering
from gateway.links.opening import Opening
from gateway.live import api as live_api
from gateway.live import handlers as live
from gateway.live.feed import Feed
from gateway.matching import RouteIndex
from gateway.messages import handlers as messages
from gateway.messages import sending, sink
from gateway.ops import api as ops_api
from gateway.ops import watching
from gateway.pages import open_pages
from gateway.policy import Policy
from gateway.proxy import HttpUpstream, OwnRooms, Upstream
from gateway.refusal_record import RefusalRecord
from gateway.routes import table
from gateway.separation import handlers as apart
from gateway.separation.passing import Watch
from gateway.separation.pending import Pending
from gateway.sessions import api as sessions_api
from gateway.sessions.seen import Seen, suspended_sessions
from gateway.tables import Base
from gateway.teams import api as teams_api
from gateway.tokens import InternalTokens
from gateway.webhooks import api as webhooks_api
from gateway.webhooks import handlers as webhooks
from gateway.webhooks import inbound as webhooks_in
from gateway.webhooks import inbound_api as webhooks_in_api
from gateway.webhooks import notices as webhook_notices
from gateway.webhooks import sending as webhooks_out
from gateway.workers import api as workers_api
from gateway.workers.queries import shut_out
from kit.contracts.roles import SIGNED_IN
from kit.events import access
from kit.service import Service
from kit.settings import GatewaySettings
from kit.store.db import Database
from kit.web.app import build_app

SERVICE = Service(
    name="gateway",
    summary="The only door: who works here, the demo's clock, and everything that passes",
    metadata=Base.metadata,
    handlers=(
        access.people,
        live.handlers,
        messages.handlers,
        links.handlers,
        apart.handlers,
        webhooks.handlers,
        RIGHTS.handlers,
    ),
    loops={
        "messages": sending.run,
        "links": letters.run,
        "webhooks": webhooks_out.run,
        "webhooks-in": webhooks_in.run,
        "webhook-notices": webhook_notices.run,
        "watch-bus": watching.run,
    },
)
_SUSPENSIONS_EVERY_SECONDS = 1.0


def own_app(settings: GatewaySettings | None = None) -> FastAPI:
    """The gateway's own capabilities: a kit application like a service's, asked through the door like one."""
    app = build_app(SERVICE, settings)
    app.include_router(workers_api.router)
    app.include_router(teams_api.router)
    app.include_router(sessions_api.router)
    app.include_router(clock_api.router)
    app.include_router(links_api.router)
    app.include_router(live_api.router)
    app.include_router(webhooks_api.router)
    app.include_router(webhooks_in_api.router)
    app.include_router(ops_api.router)
    return app


def own_document() -> Mapping[str, Any]:
    """The OpenAPI document of the gateway's own routes, open pages included."""
    guarded = own_app().openapi()
    pages = open_pages(DemoIssuer("http://localhost", environment="demo")).openapi()
    schemas = {**pages["components"]["schemas"], **guarded["components"]["schemas"]}
    return {**guarded, "paths": {**guarded["paths"], **pages["paths"]}, "components": {"schemas": schemas}}


def api(settings: GatewaySettings) -> "Gateway":
    """What `kit.run` serves. Raises when the settings would put the demo issuer into production."""
    return Gateway(settings)


class Gateway:
    """The ASGI application: starts and stops its parts, and hands every request to the door."""

    def __init__(self, settings: GatewaySettings) -> None:
        demo = _demo_issuer(settings) if settings.demo_issuer else None
        self._settings = settings
        self._suspended: frozenset[str] = frozenset()
        self._session: aiohttp.ClientSession | None = None
        self._refused = RefusalRecord()
        self._seen = Seen()
        self._own = own_app(settings)
        self._identity = Identity(
            [
                *([demo.trusted()] if demo else []),
                *trusted_issuers(
                    settings.issuers, lambda: self._session, production=settings.environment == "production"
                ),
            ],
            known_roles=SIGNED_IN,
            suspended=lambda caller: caller in self._suspended,
        )
        self._upstreams: dict[str, Upstream] = {
            name: HttpUpstream(name, str(address)) for name, address in settings.upstreams.items()
        }
        self._upstreams["gateway"] = OwnRooms(self._own)
        self.routes = table(demo=demo is not None)
        policy = Policy()
        self._pending = Pending()
        self._live = self._own.state.live = Feed(
            policy,
            shut_out=lambda caller: caller in self._suspended,
            pending=lambda: self._pending.people("gateway"),
        )
        index = RouteIndex(self.routes)
        tokens = InternalTokens(settings.internal_signing_key, pending=self._pending.hidden)
        carrier = self._own.state.carrier = Carrier(index, policy, tokens, self._upstreams)
        answering = Answering(lambda: self._own.state.database, carrier)
        opening = Opening(lambda: self._own.state.database, carrier)
        self._edge = Edge(
            Parts(
                index=index,
                identity=self._identity,
                policy=policy,
                limiter=Limiter(),
                tokens=tokens,
                cors=Cors(settings.cors_origins),
                upstreams=self._upstreams,
                refused=self._refused,
                seen=self._seen.note,
                watch=Watch(self._pending, lambda: self._own.state.database),
                open_pages=open_pages(
                    demo,
                    taken=lambda: sink.taken(self._own.state.database),
                    answering=answering,
                    opening=opening,
                    database=lambda: self._own.state.database,
                    callback_token=settings.notify_callback_token,
                    secure=settings.public_url.startswith("https://"),
                ),
                health=self._own,
                urgent_detail=urgent_detail(settings.duty_numbers),
                secure=settings.public_url.startswith("https://"),
            )
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._edge(scope, receive, send)
            return
        await receive()
        stage = "startup"
        try:
            async with self._running():
                await send({"type": "lifespan.startup.complete"})
                stage = "shutdown"
                await receive()
        except Exception as error:
            await send({"type": f"lifespan.{stage}.failed", "message": f"{type(error).__name__}: {error}"})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    def stopping(self) -> None:
        """Told by the process when it is to stop, before its server waits for the answers under way."""
        self._live.end_soon()

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._own.router.lifespan_context(self._own))
            self._session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
            for upstream in self._upstreams.values():
                await upstream.start()
                stack.push_async_callback(upstream.stop)
            await self._identity.start()
            stack.push_async_callback(self._identity.stop)
            database: Database = self._own.state.database
            stack.push_async_callback(self._refused.drain, database)
            for name, work in (
                ("suspensions", self._follow_suspensions(database)),
                ("sessions", self._seen.keep(database)),
                ("refusals", self._refused.keep(database)),
                ("live", self._live.run(database)),
                ("separations", self._pending.follow(database)),
            ):
                stack.push_async_callback(_ended, asyncio.create_task(work, name=name))
            yield

    async def _follow_suspensions(self, database: Database) -> None:
        """Whoever is suspended is out within seconds, at every gateway; a lost database leaves the list as it was."""
        while True:
            with contextlib.suppress(SQLAlchemyError, OSError):
                self._suspended = await shut_out(database) | await suspended_sessions(database)
            await asyncio.sleep(_SUSPENSIONS_EVERY_SECONDS)


def _demo_issuer(settings: GatewaySettings) -> DemoIssuer:
    key = key_of(settings.secret_key.get_secret_value())
    return DemoIssuer(settings.public_url, environment=settings.environment, signing_key=key)


def urgent_detail(numbers: Mapping[str, str]) -> str:
    """What someone reads whose safeguarding concern did not arrive."""
    who = ", ".join(f"{name} {number}" for name, number in numbers.items())
    return f"Not received. Phone the duty team now: {who}."


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
