"""The one rule of who may be shown at all, under whichever of their ids.

Nobody hidden from this caller (a separation), nobody with whom they have a declared conflict, nobody restricted but to
the few named for it and to whoever answers for safeguarding. People whom risk introduced and nobody has met are shown
for outreach, and for no other purpose. What of a file is seen beyond its front is `access.need_to_know`.
"""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, column, exists, select, text
from sqlalchemy.orm import InstrumentedAttribute

from kit.store.unit import SYSTEM_PURPOSE, UnitOfWork
from services.casefile.people import sealed_off
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Membership, Person
from services.casefile.people.sealed_off import made_once
from services.casefile.people.search_models import PersonSearch

OUTREACH = "outreach"
_HIDDEN: Final = "hidden_people"
_ANSWERS_FOR_RESTRICTED: Final = "safeguarding_lead"
_RESTRICTED_FOR: Final = frozenset({"safeguarding", "domestic_abuse", "supervision", "emergency_response"})

# Few rows are merged; only those are followed to whom they lead.
_LEADS_TO_NOBODY_RESTRICTED = text(
    """
    (person.merged_into is null or not exists (
        with recursive above (id) as (
            select person.merged_into
            union
            select further.merged_into from person as further join above on further.id = above.id
            where further.merged_into is not null
        )
        select from above join person as standing on standing.id = above.id where standing.restricted
    ))
    """
)
_SHOWN_THOUGH_RESTRICTED = """
    ((not person.restricted or exists (
        select from restriction as mine
        where mine.person_id = person.id and mine.lifted_at is null and :seen_by = any (mine.allowed)
    )) and (person.merged_into is null or not exists (
        with recursive above (id) as (
            select person.merged_into
            union
            select further.merged_into from person as further join above on further.id = above.id
            where further.merged_into is not null
        )
        select from above join person as standing on standing.id = above.id
        where standing.restricted and not exists (
            select from restriction as mine
            where mine.person_id = standing.id and mine.lifted_at is null and :seen_by = any (mine.allowed)
        )
    )))
    """
# Everybody this worker may not see, under each of their ids: run once for a statement.
_KEPT_FROM = """
    with recursive kept (id) as (
        select conflict.person_id from conflict where conflict.worker = :kept_from and conflict.ended_at is null
        union
        select related.id from kept, lateral (
            select lower.id from person as lower where lower.merged_into = kept.id
            union all
            select upper.merged_into from person as upper where upper.id = kept.id and upper.merged_into is not null
        ) as related
    )
    """
_KEPT_PEOPLE = f"{_KEPT_FROM} select id from kept"
_KEPT_HOMES = f"""{_KEPT_FROM}
    select home.household_id as id from membership as home join kept on kept.id = home.person_id
    where home.until is null"""
_KEPT_WITH_THEM = f"""{_KEPT_FROM}
    select near.person_id as id from kept
    join membership as home on home.person_id = kept.id and home.until is null
    join membership as near on near.household_id = home.household_id and near.until is null"""


def unlisted() -> ColumnElement[bool]:
    """People whom nobody may be told of: restricted, or merged into someone who is. A condition on `Person`."""
    return ~(Person.restricted.is_(False) & _LEADS_TO_NOBODY_RESTRICTED)


def by_the_platform(unit: UnitOfWork) -> bool:
    """Whether the platform acts by itself: an effect of an event, a timer. No person reads what it reads."""
    cause = unit.cause
    return not cause.roles and (cause.causation_id is not None or cause.purpose == SYSTEM_PURPOSE)


def sees_restricted(unit: UnitOfWork) -> bool:
    """Whether the caller answers for restricted records, and asks for that."""
    return _ANSWERS_FOR_RESTRICTED in unit.cause.roles and unit.cause.purpose in _RESTRICTED_FOR


async def hidden_from(unit: UnitOfWork) -> frozenset[UUID]:
    """Every id of the people hidden from this caller by a separation (ownership rule 8). Asked once for a request: in
    what one request merges is nobody who is hidden from whoever asked for it.
    """
    ids = unit.cause.hidden | await sealed_off.people(unit)
    asked = unit.session.info.get(_HIDDEN)
    if asked is None or asked[0] != ids:
        asked = unit.session.info[_HIDDEN] = ids, await all_ids(unit.session, ids)
    whole: frozenset[UUID] = asked[1]
    return whole


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The rule as a condition on `Person`."""
    hidden = await hidden_from(unit)
    return made_once(unit, ("visible_to", hidden), lambda: _visible_to(unit, hidden))


def _visible_to(unit: UnitOfWork, hidden: Collection[UUID]) -> ColumnElement[bool]:
    rule: ColumnElement[bool] = Person.id.not_in(_kept(unit, _KEPT_PEOPLE, "kept_people"))
    if not sees_restricted(unit):
        rule &= text(_SHOWN_THOUGH_RESTRICTED).bindparams(seen_by=unit.cause.actor)
    if unit.cause.purpose != OUTREACH:
        rule &= Person.introduced.is_(False)
    if hidden:
        rule &= Person.id.not_in(hidden)
    return rule


def out_of_conflict(
    unit: UnitOfWork,
    *,
    person_id: InstrumentedAttribute[UUID] | None = None,
    household_id: InstrumentedAttribute[UUID] | None = None,
) -> ColumnElement[bool]:
    """A condition: nobody with whom the caller has a conflict lives there; the inside of a file is a household's."""
    if household_id is not None:
        return household_id.not_in(_kept(unit, _KEPT_HOMES, "kept_homes"))
    assert person_id is not None
    return person_id.not_in(_kept(unit, _KEPT_WITH_THEM, "kept_with_them"))


def _kept(unit: UnitOfWork, sql: str, name: str) -> Any:
    def made() -> Any:
        found = text(sql).bindparams(kept_from=unit.cause.actor).columns(column("id", Uuid))
        return select(found.subquery(name).c.id)

    return made_once(unit, name, made)


def found_for(unit: UnitOfWork) -> ColumnElement[bool] | None:
    """Whom a search may find for this caller besides those that every search finds."""
    if unit.cause.purpose == OUTREACH:
        return PersonSearch.person_id.in_(select(Person.id).where(Person.introduced, ~Person.restricted))
    if sees_restricted(unit):
        return PersonSearch.person_id.in_(
            select(Person.id).where(Person.restricted, Person.merged_into.is_(None), ~Person.introduced)
        )
    allowed = text(
        "select mine.person_id as id from restriction as mine"
        " where mine.lifted_at is null and :seen_by = any (mine.allowed)"
    )
    found = allowed.bindparams(seen_by=unit.cause.actor).columns(column("id", Uuid))
    return PersonSearch.person_id.in_(
        select(Person.id).where(
            Person.id.in_(select(found.subquery("allowed").c.id)), Person.merged_into.is_(None), ~Person.introduced
        )
    )


def searchable_by(unit: UnitOfWork) -> ColumnElement[bool]:
    """A condition on the index: nobody with whom the caller has a conflict takes a place in what a search finds."""
    return PersonSearch.person_id.not_in(_kept(unit, _KEPT_PEOPLE, "kept_from_search"))


async def shown_of(unit: UnitOfWork, person_ids: Collection[UUID]) -> set[UUID]:
    """Which of these people may be shown."""
    if not person_ids:
        return set()
    return set(await unit.session.scalars(select(Person.id).where(Person.id.in_(person_ids), await visible_to(unit))))


async def lived_in_by_the_visible(unit: UnitOfWork, household_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """A household none of whose people may be shown is as unknown as they are: a condition on its id's column."""
    visible = await visible_to(unit)

    def made() -> ColumnElement[bool]:
        people = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
        there = people.where(Membership.household_id == household_id, visible)
        return exists(there.correlate(household_id.class_)) & sealed_off.home_open_to(unit, household_id)

    return made_once(unit, ("lived_in", household_id, visible), made)
