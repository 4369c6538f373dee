"""What every service knows of people, households and colleagues to decide who may see what (ownership rule 1).

Ids and flags only, kept from casefile's and the gateway's events, alike everywhere.
"""

from collections.abc import Sequence
from typing import Any

from kit.contracts.envelope import Event, subject_for
from kit.events.handlers import Handlers
from kit.store import access, tables
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork

PEOPLE = (
    "casefile.person.registered",
    "casefile.person.changed",
    "casefile.person.merged",
    "casefile.person.unmerged",
    "casefile.person.restricted",
    "casefile.person.unrestricted",
)
RESTRICTED = ("casefile.person.restricted", "casefile.person.unrestricted")
CIRCLES = ("casefile.access.granted", "casefile.access.revoked", "casefile.access.broken_glass")
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


@people.projection(*RESTRICTED)
async def know_who_sees_the_restricted(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who sees a restricted record all the same: a team of its own, under an id made from the person's."""
    await upsert(
        unit,
        tables.known_team,
        (
            {
                "id": access.allowed_team(event.data.person_id),
                "sequence": event.sequence,
                "code": access.ALLOWED,
                "members": [{"worker_id": each} for each in event.data.allowed_workers],
            }
            for event in events
        ),
    )


@colleagues.projection(*CIRCLES)
async def know_circles(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """The team around each household, with who broke the glass and until when."""
    await upsert(
        unit,
        tables.known_team,
        (
            {
                "id": subject_for(access.CIRCLE, str(event.data.household_id)),
                "sequence": event.sequence,
                "code": access.CIRCLE,
                "members": [each.model_dump(mode="json") for each in event.data.members],
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
