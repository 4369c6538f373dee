"""The event door of leaving care: an adviser leaves, is suspended, or is back."""

from kit.contracts.envelope import Event
from kit.contracts.gateway import WorkerState
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.casefile.leavingcare import handovers

handlers = Handlers()


@handlers.reaction("gateway.worker.changed")
async def follow_advisers(unit: UnitOfWork, event: Event[WorkerState]) -> None:
    """Whoever may no longer act needs somebody in their place for each young person."""
    if event.data.suspended_at is not None or not event.data.active:
        await handovers.adviser_left(unit, event.data.worker_id)
    else:
        await handovers.adviser_is_back(unit, event.data.worker_id)
