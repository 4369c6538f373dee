"""The event door of steps: a worker is suspended or leaves."""

from kit.contracts.envelope import Event
from kit.contracts.gateway import WorkerState
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.casefile.steps import commands

handlers = Handlers()


@handlers.reaction("gateway.worker.changed")
async def free_offers(unit: UnitOfWork, event: Event[WorkerState]) -> None:
    """What was offered to somebody who may no longer act goes back to its sender."""
    if event.data.suspended_at is not None or not event.data.active:
        await commands.lapse_offers_to(unit, event.data.worker_id)
