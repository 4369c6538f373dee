"""Which requests a caller may reach, and how one is loaded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kit.contracts.rights import LivedIn
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Membership, Person
from services.casefile.rights.domain import SPECIALISTS
from services.casefile.rights.models import LegalHold, RightsRequest
from services.casefile.separation.models import Separation


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which request: whose person they may know of, or who took it in themselves.

    The second so that a request about somebody unknown or restricted reads, to who received it, like any other.
    """
    theirs = or_(await about_person(unit, RightsRequest.person_id, Part.FRONT), _nobody())
    if SPECIALISTS & set(unit.cause.roles):
        # The specialist hears first of whoever is kept apart, restricted ones included.
        return or_(theirs, RightsRequest.received_by == unit.cause.actor, RightsRequest.guarded)
    return or_(theirs, RightsRequest.received_by == unit.cause.actor)


def _nobody() -> ColumnElement[bool]:
    """The id leads to nobody: erased since, or never known here. There is nobody left to keep it back for."""
    return ~exists(select(Person.id).where(Person.id == RightsRequest.person_id).correlate(RightsRequest))


async def inside(unit: UnitOfWork) -> ColumnElement[bool]:
    """Who may see what a package holds. Not by having received it: that shows who asked, not what is held."""
    theirs = or_(await about_person(unit, RightsRequest.person_id, Part.FRONT), _nobody())
    return or_(theirs, RightsRequest.guarded) if SPECIALISTS & set(unit.cause.roles) else theirs


async def holds_visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which legal hold."""
    return or_(await about_person(unit, LegalHold.person_id, Part.FRONT), LegalHold.placed_by == unit.cause.actor)


async def load(
    unit: UnitOfWork, request_id: UUID, expected: int | None = None, *, within: bool = False
) -> RightsRequest:
    """A request, locked; NotFound for one the caller may not reach, Stale for another version than they saw."""
    rule = await (inside if within else visible_to)(unit)
    query = select(RightsRequest).where(RightsRequest.id == request_id, rule).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such request")
    if expected is not None:
        check_version(row.version, expected)
    return row


async def everyone(unit: UnitOfWork, person_id: UUID) -> frozenset[UUID]:
    """Every id of one person."""
    return await all_ids(unit.session, [person_id]) | {person_id}


async def homes(unit: UnitOfWork, people: frozenset[UUID]) -> frozenset[UUID]:
    """The households they belong or belonged to."""
    query = select(Membership.household_id).where(Membership.person_id.in_(people)).distinct()
    return frozenset(await unit.session.scalars(query))


async def lived_in(unit: UnitOfWork, people: frozenset[UUID]) -> tuple[LivedIn, ...]:
    """When they belonged to which household."""
    query = select(Membership).where(Membership.person_id.in_(people)).order_by(Membership.since)
    return tuple(
        LivedIn(household_id=each.household_id, since=each.since, until=each.until)
        for each in await unit.session.scalars(query)
    )


async def homes_of_nobody_else(unit: UnitOfWork, people: frozenset[UUID]) -> frozenset[UUID]:
    """Those of them to which nobody else ever belonged."""
    query = select(Membership.household_id).where(
        Membership.household_id.in_(await homes(unit, people)), Membership.person_id.not_in(people)
    )
    return await homes(unit, people) - frozenset(await unit.session.scalars(query))


async def guarded_now(unit: UnitOfWork, row: RightsRequest) -> bool:
    """Whether the specialist must be asked: also when a separation or restriction came after the request."""
    if row.guarded:
        return True
    people = await everyone(unit, row.person_id)
    if row.asker_person_id is not None:
        people |= await everyone(unit, row.asker_person_id)
    return await is_guarded(unit, people)


async def waits_for_the_specialist(unit: UnitOfWork, row: RightsRequest) -> bool:
    """Whether the specialist must look before it goes on: not yet, or not since the latest separation."""
    if not await guarded_now(unit, row):
        return False
    if row.cleared_at is None:
        return True
    since = await separated_since(unit, row)
    return since is not None and since > row.cleared_at


async def separated_since(unit: UnitOfWork, row: RightsRequest) -> datetime | None:
    """When the latest separation that stands of anybody concerned began; None: there is none."""
    people = await everyone(unit, row.person_id)
    if row.asker_person_id is not None:
        people |= await everyone(unit, row.asker_person_id)
    ids = literal(sorted(await with_whom_they_lived(unit, people)), ARRAY(Uuid))
    concerned = or_(Separation.people.overlap(ids), Separation.separated_person_id == any_(ids))
    began: datetime | None = await unit.session.scalar(
        select(func.max(Separation.started_at)).where(Separation.state == "standing", concerned)
    )
    return began


async def with_whom_they_lived(unit: UnitOfWork, people: frozenset[UUID]) -> frozenset[UUID]:
    """They, and whoever belongs or belonged to a household of theirs."""
    near = select(Membership.person_id).where(Membership.household_id.in_(await homes(unit, people)))
    return people | frozenset(await unit.session.scalars(near.distinct()))


async def is_guarded(unit: UnitOfWork, people: frozenset[UUID]) -> bool:
    """Whether one of them, or somebody who lives or lived with them, is kept apart from somebody or restricted."""
    ids = literal(sorted(people), ARRAY(Uuid))
    near = select(Membership.person_id).where(Membership.household_id.in_(await homes(unit, people)))
    concerned = or_(Person.id == any_(ids), Person.id.in_(near))
    apart = or_(Person.restricted, Person.separated_from != [], Person.kept_from != [])
    # Also who is named as the other one: they are kept from somebody, though nothing is kept from view of them.
    named = exists(select(Person.id).where(Person.separated_from.overlap(ids)))
    found = await unit.session.scalar(select(or_(exists(select(Person.id).where(concerned, apart)), named)))
    return bool(found) or bool(unit.cause.hidden & people)
