"""The event door of links: letters to partners, and where the things stand that links answer."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from gateway.links import commands, shared
from gateway.links.models import KnownQuestion
from kit.contracts.envelope import Event, Sealed
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork

handlers = Handlers()

_MOVES = (
    "requested",
    "changed",
    "received",
    "accepted",
    "rejected",
    "on_hold",
    "in_progress",
    "completed",
    "failed",
    "cancelled",
    "chased",
    "escalated",
)


@handlers.reaction("triage.partner_message.addressed")
async def take_letter(unit: UnitOfWork, event: Event[Sealed]) -> None:
    """A partner is to be written to; where an answer is wanted, by a one-time link."""
    await commands.take(unit, event)


@handlers.reaction("casefile.share.changed")
async def know_shared_page(unit: UnitOfWork, event: Event[Sealed]) -> None:
    """A page may be opened by link and word, or no more."""
    await shared.hear(unit, event)


@handlers.projection(
    *(f"triage.referral.{each}" for each in _MOVES),
    *(f"triage.capacity_question.{each}" for each in ("asked", "answered", "unanswered")),
)
async def know_questions(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Where referrals and questions stand, so that a link's page asks for what may be answered."""
    await upsert(
        unit,
        cast(Table, KnownQuestion.__table__),
        (
            {
                "id": event.subject,
                "sequence": event.sequence,
                "kind": event.type.split(".")[1],
                "state": event.data.state,
                "domain": event.data.domain,
                "urgency": event.data.urgency,
            }
            for event in events
        ),
    )
