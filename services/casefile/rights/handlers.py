"""The event door of rights: packages and proofs come back, one from each owner."""

from kit.contracts.casefile.people import PersonState
from kit.contracts.casefile.separation import SeparationState
from kit.contracts.catalogue import OWNERS
from kit.contracts.envelope import Event, Sealed
from kit.contracts.rights import ErasureProof, Package, RecipientsNamed, RecipientsTold
from kit.events import sealed
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.casefile.rights import commands, packages, recipients

handlers = Handlers()


@handlers.reaction(*(f"{owner}.rights.package_returned" for owner in OWNERS))
async def take_package(unit: UnitOfWork, event: Event[Sealed]) -> None:
    """What one owner holds, or a part of it."""
    package = sealed.open_sealed(unit, event)
    if isinstance(package, Package):
        await packages.take_in(unit, event.type.partition(".")[0], package)


@handlers.reaction(*(f"{owner}.rights.erased" for owner in OWNERS))
async def take_proof(unit: UnitOfWork, event: Event[ErasureProof]) -> None:
    """What one owner erased, and what it kept and why."""
    await packages.take_proof(unit, event.type.partition(".")[0], event.data)


@handlers.reaction("triage.rights.recipients_told")
async def note_who_was_told(unit: UnitOfWork, event: Event[RecipientsTold]) -> None:
    """Who had a copy of somebody's data, and how each heard of what was done with them."""
    await recipients.note(unit, event.type.partition(".")[0], event.data)


@handlers.reaction("housing.rights.recipients_named")
async def note_who_is_told_by_hand(unit: UnitOfWork, event: Event[Sealed]) -> None:
    """Who was told of somebody's stay: somebody here writes to them, or says why not."""
    named = sealed.open_sealed(unit, event)
    if isinstance(named, RecipientsNamed):
        await recipients.note(unit, event.type.partition(".")[0], named)


@handlers.reaction("casefile.person.changed")
async def look_first(unit: UnitOfWork, event: Event[PersonState]) -> None:
    """A separation or restriction that comes while a request is open: the specialist looks before it goes on."""
    if event.data.restricted or event.data.separated_from:
        await commands.guard(unit, [event.data.person_id])


@handlers.reaction("casefile.people.separated")
async def look_first_at_who_was_separated(unit: UnitOfWork, event: Event[SeparationState]) -> None:
    """A separation tells it by itself: no change of the people in it is announced besides."""
    both = {event.data.protected_person_id, event.data.separated_person_id}
    await commands.guard(unit, both | {each.person_id for each in event.data.people})
