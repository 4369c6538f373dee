"""The event door of rights: packages and proofs come back, one from each owner."""

from kit.contracts.casefile.people import PersonState
from kit.contracts.catalogue import OWNERS
from kit.contracts.envelope import Event, Sealed
from kit.contracts.rights import ErasureProof, Package
from kit.events import sealed
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.casefile.rights import commands, packages

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


@handlers.reaction("casefile.person.changed")
async def look_first(unit: UnitOfWork, event: Event[PersonState]) -> None:
    """A separation or restriction that comes while a request is open: the specialist looks before it goes on."""
    if event.data.restricted or event.data.separated_from:
        await commands.guard(unit, event.data.person_id)
