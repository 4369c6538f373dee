"""The event door of access: every service's seals, who met whom, whose work is whose, teams around households."""

from collections.abc import Iterable, Sequence
from typing import Any

from kit.contracts.access import OddPattern, ReadsTold
from kit.contracts.catalogue import CATALOGUE, OWNERS
from kit.contracts.envelope import Event, Sealed, subject_for
from kit.events import sealed
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.casefile.access import circle, commands, record
from services.casefile.access.models import (
    KnownEncounter,
    KnownEncounterWorker,
    KnownLine,
    KnownSeal,
    KnownTeamLine,
)

handlers = Handlers()

ENCOUNTERS = tuple(
    f"triage.{aggregate}.{event}"
    for aggregate, events in (
        ("contact", ("received", "changed", "decided")),
        ("appointment", ("booked", "changed", "missed")),
        ("handover", ("offered", "accepted", "declined", "withdrawn", "lapsed", "escalated")),
        ("outreach", ("attempted", "accepted")),
        ("referral", ("requested", "changed")),
    )
    for event in events
)
"""What makes a worker one who has met somebody, or is about to."""
CASES = tuple(
    name
    for name, declared in CATALOGUE.items()
    if name.startswith("casefile.case.") and declared.model is not None and "casefile" in declared.consumers
)


@handlers.projection(*(f"{owner}.access.recorded" for owner in OWNERS))
async def keep_seals(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """A copy of each seal, so that nobody can rewrite a service's record of access unseen."""
    await upsert(
        unit,
        KnownSeal.metadata.tables[KnownSeal.__tablename__],
        (
            {
                "id": event.subject,
                "sequence": event.sequence,
                "service": event.type.partition(".")[0],
                "batch": event.data.batch,
                "entries": event.data.count,
                "digest": event.data.digest,
                "previous_digest": event.data.previous_digest,
                "sealed_at": event.data.sealed_at,
            }
            for event in events
        ),
    )


@handlers.reaction(*(f"{owner}.access.told" for owner in OWNERS if owner != "casefile"))
async def keep_reads(unit: UnitOfWork, event: Event[Sealed]) -> None:
    """Who read what about whom in another service: the person and reviewers see the whole with us."""
    told = sealed.open_sealed(unit, event)
    if isinstance(told, ReadsTold):
        await record.keep(unit, event.type.partition(".")[0], told)


@handlers.projection(*ENCOUNTERS)
async def know_encounters(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Whom contacts, appointments and handovers are about, and who took part in them when last."""
    met, took = [], []
    for event in events:
        concerns = event.data.concerns()
        id_ = subject_for(event.type.rpartition(".")[0], str(event.subject))
        met.append(
            {
                "id": id_,
                "sequence": event.sequence,
                "person_ids": sorted(concerns.person_ids),
                "household_ids": sorted(concerns.household_ids),
            }
        )
        # An appointment still to come is reason enough until it is long over.
        at = max(filter(None, (event.data.happened_at(), getattr(event.data, "starts_at", None))))
        took += [
            {
                "id": subject_for(f"encounter:{id_}", worker),
                "sequence": event.sequence,
                "encounter_id": id_,
                "worker": worker,
                "at": at,
            }
            for worker in sorted(_workers(event))
        ]
    await upsert(unit, KnownEncounter.metadata.tables[KnownEncounter.__tablename__], met)
    await upsert(unit, KnownEncounterWorker.metadata.tables[KnownEncounterWorker.__tablename__], took)


def _workers(event: Event[Any]) -> Iterable[str]:
    named = ("held_by", "worker", "to_worker", "accepted_by")
    found = {event.actor, *(getattr(event.data, name, None) for name in named)}
    return {worker for worker in found if worker and not worker.startswith("system:")}


@handlers.projection("gateway.worker.changed")
async def know_lines(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who answers for whom, and who stands in for somebody away."""
    await upsert(
        unit,
        KnownLine.metadata.tables[KnownLine.__tablename__],
        (
            {
                "id": event.subject,
                "sequence": event.sequence,
                "worker": event.data.worker_id,
                "manager": event.data.manager,
                "absent_from": event.data.absent_from,
                "absent_until": event.data.absent_until,
                "covered_by": event.data.covered_by,
            }
            for event in events
        ),
    )


@handlers.projection("gateway.team.changed")
async def know_team_lines(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who answers for a team, and who is of it now."""
    await upsert(
        unit,
        KnownTeamLine.metadata.tables[KnownTeamLine.__tablename__],
        (
            {
                "id": event.data.team_id,
                "sequence": event.sequence,
                "manager": event.data.manager,
                "members": sorted({each.worker_id for each in event.data.members if each.to is None}),
            }
            for event in events
        ),
    )


@handlers.reaction(*(f"{owner}.access.noticed" for owner in OWNERS))
async def alert(unit: UnitOfWork, event: Event[OddPattern]) -> None:
    """Whichever service noticed it: one alert while it is open."""
    data = event.data
    figures = {"count": data.count, "minutes": data.minutes, "service": event.type.partition(".")[0]}
    await commands.raise_alert(unit, data.kind, data.worker_id, figures)


@handlers.reaction(*CASES)
async def tell_team(unit: UnitOfWork, event: Event[Any]) -> None:
    """The team changed with the case: every service hears who may look inside now."""
    await circle.tell(unit, event.data.household_id)
