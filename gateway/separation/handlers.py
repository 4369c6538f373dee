"""The event door of separations: what casefile separated is known here too, and who has confirmed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from gateway.separation.models import AppliedSeparation, PendingSeparation
from kit.contracts.access import SeparationApplied
from kit.contracts.catalogue import SERVICES
from kit.contracts.envelope import Event
from kit.events import separation
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork

handlers = Handlers()


@handlers.projection(*separation.TYPES)
async def keep_back_here(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who is kept back from whom, for what the door itself tells; and which pair a separation is about."""
    await separation.know_the_sealed(unit, events)
    for event in events:
        data = event.data
        # The answer to the POST may have been lost on its way: the pair is the same.
        await unit.session.execute(
            update(PendingSeparation)
            .where(
                PendingSeparation.protected_person_id == data.protected_person_id,
                PendingSeparation.separated_person_id == data.separated_person_id,
                PendingSeparation.separation_id.is_(None),
            )
            .values(separation_id=data.separation_id)
        )
        await _note(unit, data.separation_id, "gateway", event.sequence)


@handlers.projection(*(f"{service}.separation.applied" for service in SERVICES))
async def note_who_confirmed(unit: UnitOfWork, events: Sequence[Event[SeparationApplied]]) -> None:
    """A service keeps them back itself from now on."""
    for event in events:
        await _note(unit, event.data.separation_id, event.type.partition(".")[0], event.data.version)


async def _note(unit: UnitOfWork, separation_id: UUID, service: str, version: int) -> None:
    new = insert(AppliedSeparation).values(separation_id=separation_id, service=service, version=version)
    await unit.session.execute(
        new.on_conflict_do_update(
            index_elements=["separation_id", "service"],
            set_={"version": new.excluded.version},
            where=new.excluded.version > AppliedSeparation.version,
        )
    )
