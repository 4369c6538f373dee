"""The event door of replies: the gateway took one in."""

from typing import Any

from kit.contracts.envelope import Event
from kit.contracts.messages import TextReply
from kit.events.handlers import Handlers
from kit.events.sealed import open_sealed
from kit.store.unit import UnitOfWork
from services.casefile.replies import commands

handlers = Handlers()


@handlers.reaction("gateway.reply.received")
async def take_reply(unit: UnitOfWork, event: Event[Any]) -> None:
    """Somebody texted back: find out who, and keep it for whoever works with them."""
    told = open_sealed(unit, event)
    assert isinstance(told, TextReply)
    await commands.take(unit, told)
