"""The heart of the inbox: enter the ids, run the handlers, all inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.contracts.envelope import Event
from kit.events.erased import without_the_erased
from kit.events.handlers import Handler, Kind
from kit.store.unit import UnitOfWork

_CLAIM = text(
    "insert into inbox (consumer, event_id) select :consumer, id from unnest(cast(:ids as uuid[])) as id order by id"
    " on conflict do nothing returning event_id"
)


async def claim(session: AsyncSession, kind: Kind, events: Mapping[UUID, Event[Any]]) -> list[Event[Any]]:
    """Enter the ids into the inbox; returns, in order, the events whose effect is not here yet.

    Another transaction with the same id makes this wait, and then skip it.
    """
    rows = await session.execute(_CLAIM, {"consumer": kind, "ids": list(events)})
    new = set(rows.scalars())
    return [event for id_, event in events.items() if id_ in new]


async def dispatch(unit: UnitOfWork, by_type: Mapping[str, list[Handler]], events: Sequence[Event[Any]]) -> None:
    """Run each handler once with its share of the events, in their order; who was erased stays so."""
    events = await without_the_erased(unit, events)
    shares: dict[int, tuple[Handler, list[Event[Any]]]] = {}
    for event in events:
        for handler in by_type.get(event.type, ()):
            shares.setdefault(id(handler), (handler, []))[1].append(event)
    for handler, share in shares.values():
        await handler.run(unit, share)
