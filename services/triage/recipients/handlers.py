"""The event door of recipients: what casefile decided on somebody's data. Before what is held here is erased."""

from kit.contracts.disclosures import What, granted
from kit.contracts.envelope import Event
from kit.contracts.rights import ErasureOrdered, RightDecided
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.triage.objections.queries import whole_person
from services.triage.recipients import commands

handlers = Handlers()


@handlers.reaction("casefile.rights.decided")
async def tell_what_was_decided(unit: UnitOfWork, event: Event[RightDecided]) -> None:
    """Something was put right, or may not be used for now: who has a copy hears of it."""
    what = granted(event.data.kind, event.data.state)
    if what is not None:
        people = await whole_person(unit, event.data.person_id)
        await commands.tell(unit, event.data.request_id, people, what)


@handlers.reaction("casefile.rights.erasure_requested")
async def tell_before_it_is_erased(unit: UnitOfWork, event: Event[ErasureOrdered]) -> None:
    """Who has a copy erases theirs too."""
    await commands.tell(unit, event.data.request_id, event.data.everyone(), What.ERASURE)
