"""What every service knows of people, households and colleagues to decide who may see what (ownership rule 1).

Ids and flags only, kept from casefile's and the gateway's events, alike everywhere.
"""

from collections.abc import Sequence
from typing import Any

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store import tables
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork

PEOPLE = (
    "casefile.person.registered",
    "casefile.person.changed",
    "casefile.person.merged",
    "casefile.person.unmerged",
)
HOUSEHOLDS = ("casefile.household.formed", "casefile.household.changed")

people = Handlers()
households = Handlers()
colleagues = Handlers()


@people.projection(*PEOPLE)
async def know_people(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Where a person belongs and who may not see them."""
    await upsert(
        unit,
        tables.known_person,
        (
            {
                "id": event.data.person_id,
                "sequence": event.sequence,
                "households": [each.model_dump(mode="json") for each in event.data.households],
                "restricted": event.data.restricted,
                "separated_from": list(event.data.separated_from),
                "barred_workers": list(event.data.barred_workers),
                "merged_into": event.data.merged_into,
            }
            for event in events
        ),
    )


@households.projection(*HOUSEHOLDS)
async def know_households(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who lives together, from when to when."""
    await upsert(
        unit,
        tables.known_household,
        (
            {
                "id": event.data.household_id,
                "sequence": event.sequence,
                "members": [each.model_dump(mode="json") for each in event.data.members],
            }
            for event in events
        ),
    )


@colleagues.projection("gateway.worker.changed")
async def know_workers(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who works here, in which roles, and who is suspended."""
    await upsert(
        unit,
        tables.known_worker,
        (
            {
                "id": event.subject,
                "sequence": event.sequence,
                "principal": event.data.worker_id,
                "roles": list(event.data.roles),
                "active": event.data.active,
                "suspended": event.data.suspended_at is not None,
            }
            for event in events
        ),
    )


@colleagues.projection("gateway.team.changed")
async def know_teams(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Which team has whom."""
    await upsert(
        unit,
        tables.known_team,
        (
            {
                "id": event.data.team_id,
                "sequence": event.sequence,
                "code": event.data.code,
                "members": [each.model_dump(mode="json") for each in event.data.members],
            }
            for event in events
        ),
    )


@colleagues.projection("gateway.clock.moved")
async def follow_the_clock(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Where the business clock stands."""
    await upsert(
        unit,
        tables.business_clock,
        (
            {"id": event.subject, "sequence": event.sequence, "offset_seconds": event.data.offset_seconds}
            for event in events
        ),
    )
