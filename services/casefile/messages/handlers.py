"""The event door of messages: a service asks that a person be told something."""

from kit.contracts.envelope import Event
from kit.contracts.event_type import SERVICES
from kit.contracts.messages import MessageRequested
from kit.events.handlers import Handlers, NotYet
from kit.store.unit import UnitOfWork

handlers = Handlers()


@handlers.reaction(*(f"{each}.message.requested" for each in SERVICES))
async def address_message(unit: UnitOfWork, event: Event[MessageRequested]) -> None:
    """Find the safe way and the safe words, or say that there is none."""
    raise NotYet
