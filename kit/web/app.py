"""`build_app`: every service's HTTP door is made here, so that all of them answer alike."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI

from kit.events import sealed
from kit.events.handlers import kinds_by_type
from kit.service import Service, opened
from kit.settings import Settings
from kit.store import business_clock
from kit.store.db import Database
from kit.web import health, problems, rooms
from kit.web.context import NO_SPANS_OF_ITS_OWN, ContextMiddleware
from kit.web.identity import Verifier
from kit.web.routing import UnitRoute


def build_app(service: Service, settings: Settings | None = None) -> FastAPI:
    """The service's API under `/v1/<service>`, with the rooms every service has and its health at the root.

    Without settings the app can describe itself (OpenAPI) but not serve.
    """
    app = FastAPI(
        telemetry=NO_SPANS_OF_ITS_OWN,
        title=f"New Start: {service.name}",
        summary=service.summary,
        version="1",
        lifespan=_lifespan(service, settings),
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: f"{service.name}_{route.name}",
        # The gateway's documents are the public ones; this one serves the merge and the tests.
        openapi_url="/openapi.json",
        separate_input_output_schemas=False,
        redirect_slashes=False,
    )
    app.state.service = service.name
    app.state.composed = service
    app.state.kinds = kinds_by_type(service.handlers)
    app.include_router(health.router)
    prefix = f"/v1/{service.name}"
    for router in (*service.routers, rooms.router(service)):
        _must_be_guarded(router)
        app.include_router(router, prefix=prefix)
    problems.install(app)
    _describe_refusals(app)
    app.add_middleware(problems.ProblemMiddleware)
    app.add_middleware(ContextMiddleware, service=service.name)
    return app


def _describe_refusals(app: FastAPI) -> None:
    """What a refusal looks like; and whatever has a body may be sent one that can't be read."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = describe()
            document["components"]["schemas"] |= problems.schemas()
            operations = [each for path in document["paths"].values() for each in path.values()]
            for responses in (each["responses"] for each in operations if "requestBody" in each):
                responses.setdefault("400", responses["422"])
        return describe()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _must_be_guarded(router: APIRouter) -> None:
    for route in router.routes:
        # Nothing else either: a router within a router would hide its routes from us.
        if not isinstance(route, UnitRoute):
            raise TypeError(f"{route!r} is outside the unit of work: make its router with route_class=UnitRoute")


def _lifespan(service: Service, settings: Settings | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if settings is None:
            raise RuntimeError("this app was built to describe itself, not to serve")
        async with serving(app, service, settings):
            yield

    return lifespan


@asynccontextmanager
async def serving(app: FastAPI, service: Service, settings: Settings) -> AsyncIterator[None]:
    """What a running app needs: its database, the key check, the business clock."""
    database = Database(
        settings.database_url.get_secret_value(), pool=settings.database_pool, name=f"{service.name}-api"
    )
    app.state.database = database
    app.state.settings = settings
    app.state.verifier = Verifier(settings.internal_public_keys, service.name)
    sealed.use_keys(service.name, settings.sealing_private_keys, settings.sealing_public_keys)
    app.state.cursor_key = settings.secret_key.get_secret_value().encode()
    try:
        async with business_clock.followed(database), opened(service, settings):
            yield
    finally:
        await database.close()
