"""The event door of messages: a service asks; the gateway says what became of it; triage how people may be reached."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from kit.contracts.codes import NeedDomain
from kit.contracts.envelope import Event
from kit.contracts.event_type import SERVICES
from kit.contracts.messages import MessageRequested
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.casefile.messages import commands
from services.casefile.messages.models import KnownNeed, KnownSafeContact, MessageResult

handlers = Handlers()


@handlers.reaction(*(f"{each}.message.requested" for each in SERVICES))
async def address_message(unit: UnitOfWork, event: Event[MessageRequested]) -> None:
    """Find the safe way and the safe words, or say that there is none."""
    await commands.address(unit, event.type.partition(".")[0], event.data)


@handlers.projection("gateway.message.sent", "gateway.message.failed")
async def note_result(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """What became of a message."""
    await upsert(
        unit,
        cast(Table, MessageResult.__table__),
        (
            {
                "id": event.data.message_id,
                "sequence": event.sequence,
                "state": event.data.state,
                "reason": event.data.reason,
                "changed_at": event.data.changed_at,
            }
            for event in events
        ),
    )


@handlers.projection("triage.safe_contact.told")
async def know_safe_ways(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """How it is safe to reach somebody, as they said it in one contact."""
    await upsert(
        unit,
        cast(Table, KnownSafeContact.__table__),
        (
            {
                "id": event.data.contact_id,
                "sequence": event.sequence,
                "person_id": event.data.person_id,
                "ways": list(event.data.ways),
                "never": list(event.data.never),
                "told_at": event.data.told_at,
            }
            for event in events
        ),
    )


@handlers.projection("triage.need.recorded", "triage.need.met")
async def know_abuse(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Where there is or was abuse: a need met does not make a kitchen table safe."""
    await upsert(
        unit,
        cast(Table, KnownNeed.__table__),
        (
            {
                "id": event.data.need_id,
                "sequence": event.sequence,
                "person_id": event.data.person_id,
                "household_id": event.data.household_id,
            }
            for event in events
            if event.data.domain is NeedDomain.DOMESTIC_ABUSE
        ),
    )
