"""The event door of signals: Breathing Spaces, and casefile's answer about somebody who was introduced."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.risk.signals import commands
from services.risk.signals.models import KnownBreathingSpace
from services.risk.signals.whose import Known
from services.risk.vault import pseudonyms

handlers = Handlers()


@handlers.projection(
    "casefile.breathing_space.started", "casefile.breathing_space.changed", "casefile.breathing_space.ended"
)
async def know_breathing_spaces(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who is in a Breathing Space, from when to when."""
    await upsert(
        unit,
        cast(Table, KnownBreathingSpace.__table__),
        (
            {
                "id": event.data.breathing_space_id,
                "sequence": event.sequence,
                "person_id": event.data.person_id,
                "household_id": event.data.household_id,
                "state": event.data.state,
                "starts_on": event.data.starts_on,
                "ends_on": event.data.ends_on,
            }
            for event in events
        ),
    )


@handlers.reaction("casefile.breathing_space.ended")
async def let_go(unit: UnitOfWork, event: Event[Any]) -> None:
    """What it held back is raised, if it is fresh still."""
    await commands.let_go(
        unit,
        people=[event.data.person_id],
        households=[event.data.household_id],
        but=event.data.breathing_space_id,
    )


@handlers.reaction("casefile.introduction.answered")
async def raise_for_the_introduced(unit: UnitOfWork, event: Event[Any]) -> None:
    """What waited until casefile knows them is raised."""
    if event.data.outcome == "erased":
        # Nobody met them in time: there is nobody to offer anything to.
        return
    resident = pseudonyms.of_resident(event.data.resident_id)
    await commands.answered(unit, resident, Known(event.data.person_id, event.data.household_id))
