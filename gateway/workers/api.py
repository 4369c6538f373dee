"""The HTTP door of workers."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from gateway.workers import commands, queries
from gateway.workers.commands import WorkerEntry
from gateway.workers.queries import WorkerView
from kit.errors import Invalid
from kit.web.pages import Page, Paging
from kit.web.preconditions import expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, prefix="/v1/workers", tags=["workers"])

WorkerId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$", description="Subject of their tokens")]
_MOST_IDS = 100


@router.get("", **may("gateway.worker.read"))
async def list_workers(
    unit: Unit,
    paging: Paging,
    ids: Annotated[str | None, Query(max_length=13_000, description="Up to 100 ids, separated by commas")] = None,
    role: Annotated[str | None, Query(max_length=64)] = None,
) -> Page[WorkerView]:
    """The workers with these ids, or all of them page by page."""
    if ids is not None:
        asked = list(dict.fromkeys(each for each in ids.split(",") if each))
        if len(asked) > _MOST_IDS:
            raise Invalid(f"Ask for at most {_MOST_IDS} workers at once")
        return Page[WorkerView](items=await queries.by_ids(unit, asked))
    after = str(paging.place[0]) if paging.place else None
    found = await queries.listed(unit, role=role, after=after, limit=paging.limit + 1)
    return paging.page(found, lambda worker: [worker.worker_id])


@router.get("/{worker_id}", **may("gateway.worker.read", refusals=(404,)))
async def read_worker(response: Response, unit: Unit, worker_id: WorkerId) -> WorkerView:
    """One worker."""
    found = await queries.one(unit, worker_id)
    set_etag(response, found.version)
    return found


@router.put("/{worker_id}", **may("gateway.worker.change", made=WorkerView, refusals=(409, 412, 428)))
async def put_worker(
    response: Response,
    unit: Unit,
    worker_id: WorkerId,
    entry: WorkerEntry,
    if_match: Annotated[str | None, Header()] = None,
) -> WorkerView:
    """Put a worker's entry in place of the one you read (If-Match), or make a new one."""
    expected = expected_version(if_match) if if_match is not None else None
    worker, created = await commands.put_worker(unit, worker_id, entry, expected)
    if created:
        response.status_code = 201
        response.headers["Location"] = f"/v1/workers/{worker_id}"
    set_etag(response, worker.version)
    return worker
