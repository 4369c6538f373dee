"""The event door of webhooks: everything that an endpoint may have asked for."""

from collections.abc import Sequence
from typing import Any

from gateway.webhooks import deliveries
from gateway.webhooks.offered import OFFERED
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork

handlers = Handlers()


@handlers.batched_reaction(*OFFERED)
async def put_in_line(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Each event once to each endpoint; a replay of the log sends nothing twice."""
    await deliveries.put_in_line(unit, events)
