"""The event door of recipients: what casefile decided on somebody's data. Before what is held here is erased."""

from kit.contracts.disclosures import What, granted
from kit.contracts.envelope import Event
from kit.contracts.rights import ErasureOrdered, RightDecided
from kit.events.handlers import Handlers
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.recipients import commands

handlers = Handlers()


@handlers.reaction("casefile.rights.decided")
async def name_who_has_a_copy(unit: UnitOfWork, event: Event[RightDecided]) -> None:
    """Something was put right, or may not be used for now: casefile hears who has a copy."""
    what = granted(event.data.kind, event.data.state)
    if what is not None:
        people = await access.same_person(unit, event.data.person_id)
        await commands.name(unit, event.data.request_id, people, what)


@handlers.reaction("casefile.rights.erasure_requested")
async def name_before_it_is_erased(unit: UnitOfWork, event: Event[ErasureOrdered]) -> None:
    """Who has a copy erases theirs too."""
    await commands.name(unit, event.data.request_id, event.data.everyone(), What.ERASURE)
