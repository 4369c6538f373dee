"""The HTTP door of sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from gateway.sessions import commands, queries
from gateway.sessions.queries import SessionView
from gateway.workers.queries import WorkerView
from kit.web.pages import Page, Paging
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, prefix="/v1", tags=["sessions"])

WorkerId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$", description="Subject of their tokens")]


class Suspension(BaseModel):
    """Why. It is kept with the suspension."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


@router.get("/sessions", **may("gateway.session.read"))
async def list_sessions(
    unit: Unit, paging: Paging, worker_id: Annotated[str | None, Query(max_length=128)] = None
) -> Page[SessionView]:
    """Who is signed in, the session used last first; of one worker, or all."""
    found = await queries.listed(unit, worker_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.last_seen_at.isoformat(), str(each.id)])


@router.post(
    "/sessions/{session_id}/suspension",
    status_code=201,
    **may("gateway.session.suspend", keyed=True, refusals=(404, 409)),
)
async def suspend_session(unit: Unit, response: Response, session_id: UUID, body: Suspension) -> SessionView:
    """End one session within seconds: its token opens nothing any more."""
    view = await commands.suspend_session(unit, session_id, body.reason)
    response.headers["Location"] = f"/v1/sessions?worker_id={view.worker_id}"
    return view


@router.post(
    "/workers/{worker_id}/suspension",
    status_code=201,
    **may("gateway.session.suspend", keyed=True, refusals=(404, 409)),
)
async def suspend_worker(unit: Unit, response: Response, worker_id: WorkerId, body: Suspension) -> WorkerView:
    """Shut a worker out within seconds, at every gateway, in every session."""
    view = await commands.suspend_worker(unit, worker_id, body.reason)
    response.headers["Location"] = f"/v1/workers/{worker_id}"
    set_etag(response, view.version)
    return view


@router.delete("/workers/{worker_id}/suspension", **may("gateway.session.suspend", refusals=(404, 409)))
async def lift_suspension(unit: Unit, response: Response, worker_id: WorkerId) -> WorkerView:
    """Let them in again."""
    view = await commands.lift_suspension(unit, worker_id)
    set_etag(response, view.version)
    return view
