"""Writes of restrictions and conflicts: who may not see whom. Each announces the person's new state."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.casefile.access import RestrictedPerson
from kit.errors import Conflict as Refused
from kit.errors import NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access import domain, rows
from services.casefile.access.models import Conflict, Restriction
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.people import commands as people
from services.casefile.people import membership, sealed_register
from services.casefile.people.models import Person
from services.casefile.people.states import person_state


async def restrict(unit: UnitOfWork, person_id: UUID, reason: str, allowed: Sequence[str]) -> Restriction:
    """Make a record one that nobody sees but those named and whoever answers for safeguarding."""
    domain.check_reason(reason)
    person = await people.load(unit, person_id)
    people.check_stands(person)
    if person.restricted:
        raise Refused("This record is restricted already", state="restricted", allowed=["allow", "lift"])
    row = Restriction(
        id=new_id(),
        version=1,
        person_id=person.id,
        reason=reason,
        allowed=domain.check_allowed(allowed, unit.cause.actor),
        restricted_by=unit.cause.actor,
        restricted_at=clock.business_now(),
    )
    unit.session.add(row)
    person.restricted = True
    await _announce(unit, "casefile.person.restricted", person, row.allowed)
    return row


async def allow(unit: UnitOfWork, person_id: UUID, expected: int, allowed: Sequence[str]) -> Restriction:
    """Name anew who sees it all the same."""
    person, row = await _standing(unit, person_id, expected)
    row.allowed = domain.check_allowed(allowed, unit.cause.actor)
    row.version += 1
    await _announce(unit, "casefile.person.restricted", person, row.allowed)
    return row


async def lift(unit: UnitOfWork, person_id: UUID, expected: int, reason: str) -> Restriction:
    """Open the record again to everybody who needs to know."""
    domain.check_reason(reason)
    person, row = await _standing(unit, person_id, expected)
    row.lifted_by, row.lifted_at, row.lift_reason = unit.cause.actor, clock.business_now(), reason
    row.version += 1
    person.restricted = False
    await _announce(unit, "casefile.person.unrestricted", person, ())
    return row


async def _standing(unit: UnitOfWork, person_id: UUID, expected: int) -> tuple[Person, Restriction]:
    person = await people.load(unit, person_id)
    query = select(Restriction).where(Restriction.person_id == person.id, Restriction.lifted_at.is_(None))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise Refused("This record is not restricted", state="open", allowed=["restrict"])
    check_version(row.version, expected)
    return person, row


async def _announce(unit: UnitOfWork, event: str, person: Person, allowed: Sequence[str]) -> None:
    person.version += 1
    person.changed_at = clock.business_now()
    # Out of the index, or back into it; the vault forgets what it had of them.
    await people.reindex(unit, person)
    memberships = await membership.of_person(unit, person.id)
    sealed_register.tell(unit, person, memberships)
    state = RestrictedPerson(**dict(person_state(person, memberships)), allowed_workers=tuple(allowed))
    unit.emit(event, state, aggregate_id=person.id, sequence=person.version)
    unit.accessed(f"person/{person.id}", [person.id])


async def declare(unit: UnitOfWork, person_id: UUID, relation: str, note: str) -> Conflict:
    """A worker says that somebody is close to them: from now on they are as unknown to them as a stranger."""
    person = await people.load(unit, person_id)
    people.check_met(person)
    return await _record(unit, person, unit.cause.actor, "declared", relation, note)


async def bar(unit: UnitOfWork, person_id: UUID, worker: str, note: str) -> Conflict:
    """The resident says that this worker must not see their file. Recorded by somebody of their team."""
    domain.check_barred(worker, unit.cause.actor)
    person = await people.load(unit, person_id)
    people.check_met(person)
    if not await may_see(unit, Part.INSIDE, person_id=person_id):
        raise NotFound("We know of no such person")
    return await _record(unit, person, worker, "barred", "other", note)


async def _record(unit: UnitOfWork, person: Person, worker: str, kind: str, relation: str, note: str) -> Conflict:
    if worker in person.barred:
        raise Refused("This worker does not see them already", allowed=["end"])
    row = Conflict(
        id=new_id(),
        version=1,
        person_id=person.id,
        worker=worker,
        kind=kind,
        relation=relation,
        note=note,
        recorded_by=unit.cause.actor,
        recorded_at=clock.business_now(),
    )
    unit.session.add(row)
    person.barred = sorted({*person.barred, worker})
    # Told before it holds: the caller's own announcement is about somebody who is a stranger to them from here on.
    await people.announce_change(unit, person)
    unit.accessed(f"conflict/{row.id}", [person.id])
    return row


async def end(unit: UnitOfWork, conflict_id: UUID, expected: int, reason: str) -> Conflict:
    """It no longer holds. Said by whoever answers for the worker, never by the worker."""
    domain.check_reason(reason)
    row = await rows.conflict(unit, conflict_id)
    check_version(row.version, expected)
    if row.worker == unit.cause.actor:
        raise Refused("Your manager ends it, not you", allowed=[])
    if row.ended_at is not None:
        raise Refused("This ended already", state="ended", allowed=[])
    row.ended_by, row.ended_at, row.end_reason = unit.cause.actor, clock.business_now(), reason
    row.version += 1
    person = await people.load(unit, row.person_id)
    person.barred = sorted(set(person.barred) - {row.worker})
    await people.announce_change(unit, person)
    unit.accessed(f"conflict/{row.id}", [person.id])
    return row
