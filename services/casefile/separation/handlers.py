"""The event door of separations: who has to do with whom from now on, who moved in, and which service has confirmed."""

from collections.abc import Sequence
from typing import Any

from kit import clock
from kit.contracts.access import SeparationApplied
from kit.contracts.casefile.people import PersonMerge
from kit.contracts.catalogue import SERVICES, live_types
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.casefile.separation import commands, sealing, ties

handlers = Handlers()

# Whoever does something about somebody stands in a case fact of it. Ours are the whole of what all services tell.
_FACTS = tuple(each.type for each in live_types() if each.case_fact)


@handlers.batched_reaction(*_FACTS)
async def bar_who_deals_with_them(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who from now on has to do with a separated person is told nothing of the protected one."""
    now = clock.business_now()
    met = []
    for event in events:
        about = event.data.concerns()
        if about.person_ids or about.household_ids:
            met.append(commands.Met(about.person_ids, about.household_ids, tuple(ties.of_event(event, now))))
    if met:
        await commands.follow_ties(unit, met)


@handlers.reaction("casefile.household.formed", "casefile.household.changed")
async def seal_who_moved_in(unit: UnitOfWork, event: Event[Any]) -> None:
    """For loads, which write members by the thousand; all else is sealed where it happens."""
    await commands.follow_home(unit, event.data.household_id)


@handlers.reaction("casefile.person.merged", "casefile.person.unmerged")
async def seal_who_it_turned_out_to_be(unit: UnitOfWork, event: Event[PersonMerge]) -> None:
    """Two records of one person are sealed alike."""
    await commands.follow_people(unit, [event.data.person_id, event.data.survivor_id])


@handlers.projection(*(f"{service}.separation.applied" for service in SERVICES))
async def note_who_confirmed(unit: UnitOfWork, events: Sequence[Event[SeparationApplied]]) -> None:
    """Which service keeps back what is sealed, up to which version."""
    for event in events:
        await sealing.confirmed(unit, event.data, event.type.partition(".")[0])
