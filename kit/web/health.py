"""Health for the cluster: alive, ready, which version, and figures. Never routed by the gateway.

Readiness is the service's own database, migrated at least as far as this code needs. The bus is left out on purpose:
living through its outage is what the outbox is for.
"""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kit.errors import Unavailable
from kit.service import Service
from kit.store.db import Database
from kit.store.migrate import head_of, known_to

router = APIRouter(include_in_schema=False)


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers; nothing else is asked."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """The database answers and stands at our migrations, and so does the vault where there is one."""
    await check_ready(request.app.state.database, request.app.state.composed)
    return {"status": "ready"}


@router.get("/version")
async def version(request: Request) -> dict[str, str]:
    """What is running."""
    return {"service": request.app.state.service, "version": request.app.state.settings.version}


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def check_ready(database: Database, service: Service) -> None:
    """`Unavailable` unless the service's databases answer and none is behind this code.

    One that is ahead will do: migrations only add within a release, and the processes of the version before must go
    on while the new ones start.
    """
    also = service.databases() if service.databases else {}
    for history, each in {service.name: database, **also}.items():
        await _check_migrated(each, history, "The database" if history == service.name else f"The {history} database")


async def _check_migrated(database: Database, history: str, called: str) -> None:
    try:
        async with database.engine.begin() as connection:
            stands_at = await connection.scalar(text("select version_num from alembic_version"))
    except ProgrammingError:
        raise Unavailable(f"{called} was never migrated") from None
    if stands_at != head_of(history) and stands_at in known_to(history):
        raise Unavailable(f"{called} stands at migration {stands_at}, this version needs {head_of(history)}")
