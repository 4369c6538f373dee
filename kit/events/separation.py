"""Every service keeps back whom a separation seals as soon as it hears of it, and says so (ownership rule 8).

The event carries whole states of the people, so it needs nothing that may come later: what keeps somebody back is in
force with this one transaction, and the word that it is goes out in the same.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from kit import clock
from kit.contracts.access import SeparationApplied
from kit.contracts.casefile.separation import SealedPerson
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store import tables
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork

TYPES = ("casefile.people.separated", "casefile.people.rejoined")

picture = Handlers()
"""For whoever only has to know (the gateway, which says nothing)."""
handlers = Handlers()
"""For the five services."""


@picture.projection(*TYPES)
@handlers.projection(*TYPES)
async def know_the_sealed(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who is kept back from whom, when everything is heard again."""
    await _keep_back(unit, (person for event in events for person in event.data.people))


@handlers.reaction(*TYPES)
async def apply(unit: UnitOfWork, event: Event[Any]) -> None:
    """Keep them back now, and say so."""
    await _keep_back(unit, event.data.people)
    say_applied(unit, event)


def say_applied(unit: UnitOfWork, event: Event[Any]) -> None:
    """Tell that this version of the separation is in force here."""
    applied = SeparationApplied(separation_id=event.data.separation_id, version=event.sequence, applied_at=clock.now())
    unit.emit(
        f"{unit.service}.separation.applied", applied, aggregate_id=applied.separation_id, sequence=applied.version
    )


async def _keep_back(unit: UnitOfWork, people: Iterable[SealedPerson]) -> None:
    await upsert(
        unit,
        tables.known_person,
        (
            {
                "id": each.person_id,
                "sequence": each.sequence,
                "households": [place.model_dump(mode="json") for place in each.households],
                "restricted": each.restricted,
                "separated_from": list(each.separated_from),
                "barred_workers": list(each.barred_workers),
                "merged_into": each.merged_into,
            }
            for each in people
        ),
    )
