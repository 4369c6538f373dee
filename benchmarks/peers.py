"""What one would write without the kit and without the gateway: the same answers, plainly made."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from starlette.types import ASGIApp

from benchmarks.small_service import HouseholdRow, HouseholdView, NewHousehold, row_of
from kit.ids import new_id

POOL = 16


def httpx_proxy(upstream: str) -> ASGIApp:
    """A proxy as tutorials have it: FastAPI in front, one httpx client behind. No identity, no policy, no limits."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(base_url=upstream) as client:
            app.state.client = client
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.api_route("/v1/{path:path}", methods=["GET", "POST"])
    async def carry(request: Request, path: str) -> Response:
        client: httpx.AsyncClient = request.app.state.client
        answer = await client.request(
            request.method,
            request.url.path,
            params=request.query_params,
            headers={"authorization": request.headers["authorization"]},
            content=await request.body(),
        )
        return Response(answer.content, answer.status_code, {"content-type": answer.headers["content-type"]})

    return app


def bare_endpoint() -> ASGIApp:
    """FastAPI and SQLAlchemy as their documentation has it: one row, one commit, nothing else."""
    engine = create_async_engine(os.environ["NEWSTART_DATABASE_URL"], pool_size=POOL, max_overflow=0)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    app = FastAPI()

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as opened:
            yield opened

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/households", status_code=201)
    async def form_household(body: NewHousehold, opened: Annotated[AsyncSession, Depends(session)]) -> HouseholdView:
        row = HouseholdRow(id=new_id(), **row_of(body))
        opened.add(row)
        await opened.commit()
        return HouseholdView(id=row.id, version=1, **body.model_dump())

    return app


def key_set(document: dict[str, Any]) -> ASGIApp:
    """An identity provider, as far as the gateway asks one: its public keys."""
    app = FastAPI()

    @app.get("/jwks")
    async def jwks() -> dict[str, Any]:
        return document

    return app
