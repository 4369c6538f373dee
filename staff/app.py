"""The staff app, composed: pages, static files, health; talks to the gateway and to nothing else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kit.settings import StaffSettings
from staff import failures, pages, rendering
from staff.client import Gateway
from staff.guard import Guard, check_form
from staff.oidc import Issuer
from staff.page import Names
from staff.purposes import KnownRoutes
from staff.session import Seal
from staff.watch import Watch


class StaffApp:
    """The ASGI application: the pages, and around them what keeps a browser safe, also when a page fails."""

    def __init__(self, settings: StaffSettings) -> None:
        self.pages = _pages(settings)
        secure = settings.staff_url.startswith("https://")
        self.seal = Seal(settings.secret_key.get_secret_value(), secure=secure)
        self.pages.state.seal = self.seal
        self._outermost = Watch(Guard(self.pages, seal=self.seal, policy=_policy(self.pages), secure=secure))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._outermost(scope, receive, send)

    def stopping(self) -> None:
        """Told by the process when it is to stop: live updates end at once."""
        self.pages.state.stop.set()


_NO_SPANS_OF_ITS_OWN: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
}
"""FastAPI's own spans hold addresses as they came, and so ids and whatever was typed (`kit.web.context` too)."""


def api(settings: StaffSettings) -> StaffApp:
    """What `kit.run` serves."""
    return StaffApp(settings)


def _pages(settings: StaffSettings) -> FastAPI:
    app = FastAPI(
        title="New Start: staff app",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_running,
        dependencies=[Depends(check_form)],
    )
    static, templates = rendering.made()
    state = app.state
    state.settings = settings
    state.gateway = Gateway(str(settings.gateway_url))
    state.routes = KnownRoutes()
    state.names = Names()
    state.static = static
    state.templates = templates
    state.issuer = Issuer(settings) if settings.oidc_issuer else None
    state.stop = asyncio.Event()
    app.include_router(pages.router())
    # Links to what another part serves are shown only when it is there.
    state.addresses = frozenset(each.path for each in iter_route_contexts(app.routes) if each.path)
    _outside_pages(app)
    failures.install(app)
    return app


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    gateway: Gateway = app.state.gateway
    await gateway.start()
    tasks = [
        asyncio.create_task(app.state.routes.follow(gateway), name="routes"),
        asyncio.create_task(rendering.warm(app.state.templates), name="templates"),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await gateway.stop()


def _policy(app: FastAPI) -> Callable[[], str]:
    """The Content-Security-Policy of every page: our own files alone, and forms that lead to us (or the issuer)."""
    issuer = app.state.settings.oidc_issuer
    forms = ["'self'"]
    if issuer:
        forms.append("https://" + urlsplit(str(issuer)).netloc)
    hashes = rendering.inline_hashes(app.state.templates, {"csrf_token": lambda: "", "session": {}, "page": {}})
    policy = (
        f"default-src 'none'; script-src 'self' {' '.join(hashes)}; style-src 'self'; img-src 'self' data:; "
        f"font-src 'self'; connect-src 'self'; form-action {' '.join(forms)}; base-uri 'none'; frame-ancestors 'none'"
    )
    return lambda: policy


def _outside_pages(app: FastAPI) -> None:
    """Static files and health; no session, no form."""

    @app.get("/static/{version}/{name:path}")
    async def read_static(request: Request, version: str, name: str) -> Response:
        answer: Response = request.app.state.static.answer(version, name)
        return answer

    @app.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        # Not the gateway: without it this app says so on every page, which is better than no page.
        return {"status": "ready"}

    @app.get("/version")
    async def version(request: Request) -> dict[str, Any]:
        return {"service": "staff", "version": request.app.state.settings.version}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
