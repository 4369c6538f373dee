"""Whoever was erased is not brought back by an event that is sent again, or comes late."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from kit.contracts.envelope import Event
from kit.store.tables import erased_person
from kit.store.unit import UnitOfWork


async def without_the_erased(unit: UnitOfWork, events: Sequence[Event[Any]]) -> Sequence[Event[Any]]:
    """The events without those that are about erased people alone: they would bring them back.

    Requests and proofs pass: a second request about the same id is answered (with nothing).
    """
    about = {event.id: event.data.concerns().person_ids for event in events if event.type.split(".")[1] != "rights"}
    named = {person for people in about.values() for person in people}
    if not named:
        return events
    query = select(erased_person.c.person_id).where(erased_person.c.person_id.in_(named))
    erased = set(await unit.session.scalars(query))
    if not erased:
        return events
    return [event for event in events if not (about.get(event.id) and about[event.id] <= erased)]
