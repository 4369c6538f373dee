"""Keeping what changed, for an hour, so that every gateway can tell it and nobody who was away misses it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, insert, text

from gateway.live.lists import Followed
from gateway.live.models import LiveChange
from kit.contracts.envelope import Event
from kit.store.unit import UnitOfWork

KEPT: Final = timedelta(hours=1)
# Numbers must come in the order of the commits: who follows reads "after the last I saw".
_LIVING = text(
    """
    select wanted.home, known_person.id from unnest(cast(:homes as text[])) as wanted (home)
    join known_person
        on known_person.households @> jsonb_build_array(jsonb_build_object('household_id', wanted.home, 'to', null))
    """
)
_IN_ORDER = text("select pg_advisory_xact_lock(4_005_002)")


async def note(unit: UnitOfWork, events: Sequence[Event[Any]], heard: Mapping[str, Sequence[Followed]]) -> None:
    """Note on which lists these events changed something."""
    living = await _living_in(unit, {home for event in events for home in event.data.concerns().household_ids})
    changes = [
        {
            "list_name": each.name,
            "kind": event.type.rpartition(".")[2],
            "subject": event.subject,
            "person_ids": _about(event, living),
            "own": each.own(event.data),
        }
        for event in events
        for each in heard[event.type]
        if each.concerns(event.data)
    ]
    if not changes:
        return
    await unit.session.execute(delete(LiveChange).where(LiveChange.at < func.now() - KEPT))
    await unit.session.execute(_IN_ORDER)
    await unit.session.execute(insert(LiveChange).values(changes))


def _about(event: Event[Any], living: Mapping[UUID, frozenset[UUID]]) -> list[UUID]:
    """Whom a change is about: those it names; where it names only homes, whoever lives there now."""
    about = event.data.concerns()
    people = about.person_ids or {each for home in about.household_ids for each in living.get(home, ())}
    return sorted(people)


async def _living_in(unit: UnitOfWork, homes: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    """Who lives in each of these homes now: what is told of a sealed home is kept back like what is told of them."""
    if not homes:
        return {}
    rows = await unit.session.execute(_LIVING, {"homes": [str(home) for home in homes]})
    found: dict[UUID, set[UUID]] = {}
    for row in rows:
        found.setdefault(UUID(row.home), set()).add(row.id)
    return {home: frozenset(people) for home, people in found.items()}
