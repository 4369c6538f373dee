"""What this service knows of people and households: who may be shown, and who belongs together.

Filled from events by `kit.events.access`. A person who is restricted, or hidden from this caller, is as unknown as a
stranger: same answer, same words.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, Text, Uuid, and_, cast, exists, false, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from kit import clock
from kit.contracts.casefile.separation import ORGANISATION
from kit.errors import NotFound
from kit.store.tables import known_household, known_person, known_team
from kit.store.unit import Cause, UnitOfWork

CIRCLE = "household_circle"
"""Code in `known_team` of the team around a household: not one of the council's teams."""
ALLOWED = "restricted_allowed"
"""Code in `known_team` of those who see one restricted record all the same."""


class Membership(BaseModel):
    """A household someone belongs to, from one day to another."""

    household_id: UUID
    since: date
    until: date | None


class Member(BaseModel):
    """Someone of a household, from one day to another."""

    person_id: UUID
    since: date
    until: date | None


class KnownPerson(BaseModel):
    """A person as this service has heard of them: ids and dates."""

    person_id: UUID
    households: list[Membership]


class KnownHousehold(BaseModel):
    """A household as this service has heard of it: ids and dates."""

    household_id: UUID
    members: list[Member]


async def person(unit: UnitOfWork, person_id: UUID) -> KnownPerson:
    """The person, put on record as read; `NotFound` also for one who may not be shown."""
    query = select(known_person).where(
        known_person.c.id == person_id, ~kept_back(unit.cause, literal(person_id, known_person.c.id.type))
    )
    row = (await unit.session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such person")
    unit.accessed(f"person/{person_id}", [person_id])
    memberships = [
        Membership(household_id=each["household_id"], since=each["from"], until=each["to"]) for each in row.households
    ]
    return KnownPerson(person_id=person_id, households=memberships)


async def household(unit: UnitOfWork, household_id: UUID) -> KnownHousehold:
    """The household with the members who may be shown, put on record as read."""
    row = (
        await unit.session.execute(select(known_household).where(known_household.c.id == household_id))
    ).one_or_none()
    if row is None:
        raise NotFound("We know of no such household")
    ids = [UUID(each["person_id"]) for each in row.members]
    there = func.unnest(literal(ids, ARRAY(Uuid))).column_valued("somebody")
    unseen = set(await unit.session.scalars(select(there).where(kept_back(unit.cause, there))))
    members = [
        Member(person_id=id_, since=each["from"], until=each["to"])
        for id_, each in zip(ids, row.members, strict=True)
        if id_ not in unseen
    ]
    unit.accessed(f"household/{household_id}", [each.person_id for each in members])
    return KnownHousehold(household_id=household_id, members=members)


def kept_back(cause: Cause, person: ColumnElement[Any]) -> ColumnElement[bool]:
    """A condition: `person` (a column of person ids, or `any_` of an array of them) may not be shown to the caller.

    A column without a table (`column_valued`) has a name that `known_person` has not: within, `id` would be theirs.

    Restricted people, people hidden from this caller and people this worker is barred from are kept back, also under
    the ids that were merged into theirs. Nobody kept back: false, also for null.
    """
    line = _and_whom_they_were_merged_into(person)
    allowed = exists(
        select(known_team.c.id).where(
            known_team.c.id == cast(func.md5(ALLOWED + ":" + cast(line.c.id, Text)), Uuid),
            known_team.c.members.contains(cast(literal(json.dumps([{"worker_id": cause.actor}]), Text), JSONB)),
        )
    )
    closed = or_(line.c.restricted & ~allowed, _bars(cause, line.c.barred_workers), line.c.id.in_(cause.hidden))
    rule = exists(select(1).select_from(line).where(closed))
    # Someone hidden may not have reached our access tables yet.
    return or_(rule, func.coalesce(or_(false(), *(literal(each) == person for each in cause.hidden)), false()))


def home_kept_back(cause: Cause, household: ColumnElement[Any]) -> ColumnElement[bool]:
    """A condition: of a household (a column of ids) somebody may not be shown to the caller who lives there now, or who
    was the last to leave.

    For what names a household and nobody of it: whom of them it is about, nobody said. False for null, and for a
    household that nobody has told us of.
    """
    whoever = known_person.alias("whoever")
    here = {"household_id": cast(household, Text)}
    unseen = kept_back(cause, whoever.c.id)

    def somebody(rule: ColumnElement[bool], **more: Any) -> ColumnElement[bool]:
        said = [each for name, value in (here | more).items() for each in (name, value)]
        place = func.jsonb_build_array(func.jsonb_build_object(*said))
        return exists(select(whoever.c.id).where(whoever.c.households.contains(place), rule).correlate_except(whoever))

    lives_there, left_it = somebody(unseen, to=null()), and_(somebody(unseen), ~somebody(~unseen, to=null()))
    return household.is_not(None) & or_(lives_there, left_it)


def of_the_council() -> ColumnElement[bool]:
    """A condition on `known_team`: one of the council's own teams, not those around a household or a record."""
    return known_team.c.code.not_in((CIRCLE, ALLOWED))


def _bars(cause: Cause, barred: ColumnElement[Any]) -> ColumnElement[bool]:
    """By name, or everybody who signs in for an organisation that works with the other one (a separation)."""
    names = [cause.actor, *([f"{ORGANISATION}{cause.organisation}"] if cause.organisation else [])]
    return barred.op("&&", is_comparison=True)(literal(names, ARRAY(Text)))


def allowed_team(person_id: UUID) -> UUID:
    """The id in `known_team` of those who see this restricted record; SQL makes the same one."""
    return UUID(hashlib.md5(f"{ALLOWED}:{person_id}".encode(), usedforsecurity=False).hexdigest())


def _and_whom_they_were_merged_into(person: ColumnElement[Any]) -> Any:
    columns = (
        known_person.c.id,
        known_person.c.merged_into,
        known_person.c.restricted,
        known_person.c.barred_workers,
    )
    first: Select[Any] = select(*columns).where(known_person.c.id == person).correlate_except(known_person)
    line = first.cte("line", recursive=True, nesting=True)
    return line.union(select(*columns).join(line, line.c.merged_into == known_person.c.id))


async def who_lives_in(unit: UnitOfWork, household_id: UUID) -> Sequence[UUID]:
    """Everybody of a household now, under every id merged into theirs. Who may know of them is asked elsewhere."""
    there = [{"household_id": str(household_id), "to": None}]
    line = select(known_person.c.id).where(known_person.c.households.contains(there)).cte("line", recursive=True)
    line = line.union(select(known_person.c.id).join(line, known_person.c.merged_into == line.c.id))
    return (await unit.session.scalars(select(line.c.id))).all()


async def same_person(unit: UnitOfWork, person_id: UUID) -> Sequence[UUID]:
    """The person's id and every id merged into it: rows keep the id they were written with (ownership rule 1)."""
    line = select(literal(person_id).label("id")).cte("line", recursive=True)
    line = line.union(select(known_person.c.id).join(line, known_person.c.merged_into == line.c.id))
    return (await unit.session.scalars(select(line.c.id))).all()


async def current_household(unit: UnitOfWork, person_id: UUID) -> UUID | None:
    """The one household the person belongs to today, or None.

    None too for someone of two households, a child of separated parents for example: which of them this is about is
    for a person to say, and a wrong guess would show one home's story to the other.
    """
    line = _and_whom_they_were_merged_into(literal(person_id))
    found = await unit.session.execute(
        select(known_person.c.households).where(
            known_person.c.id == select(line.c.id).where(line.c.merged_into.is_(None)).scalar_subquery()
        )
    )
    row = found.one_or_none()
    current = {UUID(each["household_id"]) for each in (row.households if row else []) if _covers(each, clock.today())}
    return current.pop() if len(current) == 1 else None


def _covers(membership: dict[str, Any], day: date) -> bool:
    until = membership["to"]
    return date.fromisoformat(membership["from"]) <= day and (until is None or day < date.fromisoformat(until))
