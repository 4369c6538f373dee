"""The HTTP door of loads: what became of a file. The files themselves come in where homes and applications do."""

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from kit.errors import DomainError
from kit.web.pages import Page, Paging
from kit.web.routing import Unit, UnitRoute, may
from services.housing.loads import queries
from services.housing.loads.domain import LoadKind, NotAFile
from services.housing.loads.queries import LoadView, RefusalView

router = APIRouter(route_class=UnitRoute, tags=["loads"])


class LoadAccepted(BaseModel):
    """The file is stored whole; its rows are being worked off."""

    load_id: UUID
    rows: int


class UnknownForm(DomainError):
    """Not a kind of content that this door reads."""

    slug = "unsupported-media-type"
    title = "We cannot read that kind of content"
    status = 415


async def body(request: Request) -> AsyncIterator[bytes]:
    """The body as it streams in."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise NotAFile("The file broke off before its end: nothing of it was stored") from None


@router.get("/loads", **may("housing.load.read"))
async def list_loads(unit: Unit, paging: Paging, kind: LoadKind) -> Page[LoadView]:
    """Files that were loaded, the newest first."""
    return paging.page(await queries.loads(unit, kind, paging.place, paging.limit + 1), queries.place_of)


@router.get("/loads/{load_id}", **may("housing.load.read", refusals=(404,)))
async def read_load(unit: Unit, load_id: UUID) -> LoadView:
    """One of them, with what became of its rows."""
    return await queries.load(unit, load_id)


@router.get("/loads/{load_id}/refusals", **may("housing.load.read", refusals=(404,)))
async def list_refusals(unit: Unit, paging: Paging, load_id: UUID) -> Page[RefusalView]:
    """The rows that were left out, by line, field and rule."""
    rows = await queries.refusals(unit, load_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of_refusal)
