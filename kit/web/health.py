"""Health for the cluster: alive, ready, which version, and figures. Never routed by the gateway.

Readiness is the service's own database at the migrations this code was written for. The bus is left out on purpose:
living through its outage is what the outbox is for.
"""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from kit.errors import Unavailable
from kit.store.db import Database
from kit.store.migrate import head_of

router = APIRouter(include_in_schema=False)


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers; nothing else is asked."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """The database answers and stands at our migrations."""
    await check_ready(request.app.state.database, request.app.state.service)
    return {"status": "ready"}


@router.get("/version")
async def version(request: Request) -> dict[str, str]:
    """What is running."""
    return {"service": request.app.state.service, "version": request.app.state.settings.version}


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def check_ready(database: Database, service: str) -> None:
    """`Unavailable` unless the database answers and its migrations are ours."""
    async with database.engine.connect() as connection:
        stands_at = await connection.scalar(text("select version_num from alembic_version"))
    if stands_at != head_of(service):
        raise Unavailable(f"The database stands at migration {stands_at}, this version needs {head_of(service)}")
