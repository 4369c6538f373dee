"""Shutting somebody out at once, and letting them in again."""

from uuid import UUID

from sqlalchemy import select

from gateway.sessions.models import Session
from gateway.sessions.queries import SessionView
from gateway.workers.commands import announce
from gateway.workers.models import Worker
from gateway.workers.queries import WorkerView
from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.store.unit import UnitOfWork

SHORTEST_REASON = 10


def check_reason(reason: str) -> None:
    """Somebody will ask why."""
    if sum(letter.isalpha() for letter in reason) < SHORTEST_REASON:
        raise invalid("/reason", f"Say why in at least {SHORTEST_REASON} letters.", "reason")


async def suspend_worker(unit: UnitOfWork, worker_id: str, reason: str) -> WorkerView:
    """Shut a worker out: every gateway refuses them within seconds, whatever session they have or begin."""
    check_reason(reason)
    if worker_id == unit.cause.actor:
        raise Conflict("Nobody suspends themselves", allowed=[])
    worker = await _worker(unit, worker_id)
    if worker.suspended_at is not None:
        raise Conflict("They are suspended already", state="suspended", allowed=["lift"])
    worker.suspended_at, worker.suspended_because = clock.now(), reason
    return announce(unit, worker)


async def lift_suspension(unit: UnitOfWork, worker_id: str) -> WorkerView:
    """Let them in again. Never by themselves: they cannot come in to do it."""
    worker = await _worker(unit, worker_id)
    if worker.suspended_at is None:
        raise Conflict("They are not suspended", state="active", allowed=["suspend"])
    worker.suspended_at = worker.suspended_because = None
    return announce(unit, worker)


async def _worker(unit: UnitOfWork, worker_id: str) -> Worker:
    worker = await unit.session.get(Worker, worker_id, with_for_update=True)
    if worker is None:
        worker = await _signed_in(unit, worker_id)
    return worker


async def _signed_in(unit: UnitOfWork, worker_id: str) -> Worker:
    """Somebody whose issuer lets them in and whom nobody has entered yet: they can be shut out all the same."""
    query = select(Session).where(Session.worker_id == worker_id).order_by(Session.last_seen_at.desc()).limit(1)
    seen = (await unit.session.scalars(query)).one_or_none()
    if seen is None:
        raise NotFound("We know of no such worker")
    worker = Worker(worker_id=worker_id, version=0, name=worker_id, roles=list(seen.roles), active=True)
    unit.session.add(worker)
    return worker


async def suspend_session(unit: UnitOfWork, session_id: UUID, reason: str) -> SessionView:
    """End one session (a lost telephone): its token opens nothing any more; the worker may sign in again."""
    check_reason(reason)
    row = (await unit.session.scalars(select(Session).where(Session.id == session_id).with_for_update())).one_or_none()
    if row is None:
        raise NotFound("We know of no such session")
    if row.suspended_at is not None:
        raise Conflict("This session is suspended already", state="suspended", allowed=[])
    row.suspended_by, row.suspended_at, row.reason = unit.cause.actor, clock.now(), reason
    unit.accessed(f"session/{row.id}")
    return SessionView.model_validate(row)
