"""Need to know: the one rule of who may see which part of a file. Every aggregate's `visible_to` is made of it.

The front of a file (who they are, that there is a case, who works on it) is for any worker whose purpose the gateway
let pass. The inside takes a reason that is on record: a place in the team around the household, or that of an absent
colleague one stands in for; an encounter in the last 28 days; answering for those who have one; broken glass; or a role
that answers for everybody. A compartment takes more than that. Nothing reaches past a restriction, a conflict or a
separation (`services.casefile.people.visibility`): those come first, on every part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, column, exists, or_, select, text, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import InstrumentedAttribute

from kit import clock
from kit.store.unit import UnitOfWork
from services.casefile.access.circle import MET_FOR
from services.casefile.access.models import KnownLine, KnownTeamLine
from services.casefile.cases.models import Case
from services.casefile.people.models import Household, Membership, Person
from services.casefile.people.sealed_off import made_once
from services.casefile.people.visibility import (
    by_the_platform,
    lived_in_by_the_visible,
    out_of_conflict,
    visible_to,
)


class Part(StrEnum):
    """A part of the file, from what any worker with a purpose may see to what only a few may."""

    FRONT = "front"
    INSIDE = "inside"
    RESTRICTED = "restricted"
    ABUSE = "abuse"
    SAFEGUARDING = "safeguarding"
    DRUGS_AND_ALCOHOL = "drugs_and_alcohol"
    IMMIGRATION = "immigration"
    CRIME = "crime"


@dataclass(frozen=True, slots=True)
class Sight:
    """Who sees a part. Whoever is of a sealed case in this compartment, or was let in for it, always does.

    `everybodys`: roles that see it of every household, by the purposes they may say so for. `related`: roles that see
    it of households they have to do with; None is any role. `holders`: account manager and lead do, whatever their
    role. `purposes`: the only ones it is seen for. `glass`: whether breaking the glass may open it.
    """

    everybodys: Mapping[str, frozenset[str]]
    related: frozenset[str] | None = frozenset()
    holders: bool = False
    purposes: frozenset[str] | None = None
    glass: bool = False


_SAFE = frozenset({"safeguarding", "domestic_abuse", "supervision", "emergency_response", "information_governance"})
_ANSWERING: Final[Mapping[str, frozenset[str]]] = {
    "safeguarding_lead": _SAFE | {"front_door", "targeted_support", "statutory_referral"},
    "information_governance_lead": frozenset({"information_governance"}),
}
_LEAD: Final = {"safeguarding_lead": _SAFE}

SIGHTS: Final[Mapping[Part, Sight]] = {
    Part.INSIDE: Sight(
        {**_ANSWERING, "reviewing_officer": frozenset({"supervision", "leaving_care"})}, None, holders=True, glass=True
    ),
    Part.RESTRICTED: Sight(_ANSWERING, frozenset({"manager"}), holders=True, glass=True),
    Part.ABUSE: Sight(
        _LEAD,
        frozenset({"targeted_specialist"}),
        purposes=_SAFE | {"targeted_support"},
    ),
    Part.SAFEGUARDING: Sight(
        _LEAD, frozenset({"targeted_specialist", "personal_adviser", "manager"}), holders=True, glass=True
    ),
    Part.DRUGS_AND_ALCOHOL: Sight({}, glass=True),
    Part.IMMIGRATION: Sight({}, frozenset({"manager"}), holders=True),
    Part.CRIME: Sight(
        _LEAD,
        frozenset({"targeted_specialist", "manager"}),
        purposes=_SAFE | {"community_safety", "targeted_support"},
        glass=True,
    ),
}
"""Who sees which part. The front has no line: it is everybody's whom the gateway let pass."""


def glass_opens() -> tuple[Part, ...]:
    """The parts that breaking the glass may open."""
    return tuple(part for part, sight in SIGHTS.items() if sight.glass)


async def about_person(
    unit: UnitOfWork, person_id: InstrumentedAttribute[UUID], part: Part = Part.INSIDE
) -> ColumnElement[bool]:
    """A condition: the caller may see this part of the file of the person in this column."""
    visible = await visible_to(unit)
    return made_once(unit, ("person", person_id, part, visible), lambda: _about_person(unit, person_id, part, visible))


def _about_person(
    unit: UnitOfWork, person_id: InstrumentedAttribute[UUID], part: Part, visible: ColumnElement[bool]
) -> ColumnElement[bool]:
    front = exists(select(Person.id).where(Person.id == person_id, visible).correlate(person_id.class_))
    if part is Part.FRONT or by_the_platform(unit):
        return front
    if _answers_for_everybody(unit, SIGHTS[part]):
        return front & out_of_conflict(unit, person_id=person_id)
    theirs: ColumnElement[bool] = person_id.in_(_ids(unit, part, _PEOPLE, "ntk_people"))
    if _managing(unit, SIGHTS[part]):
        homes = select(Membership.household_id).join(_FILE, _FILE.c.household_id == Membership.household_id)
        there = homes.where(Membership.person_id == person_id, Membership.until.is_(None), _taken())
        theirs = or_(theirs, ~exists(there.correlate(person_id.class_)))
    return front & out_of_conflict(unit, person_id=person_id) & theirs


async def about_household(
    unit: UnitOfWork, household_id: InstrumentedAttribute[UUID], part: Part = Part.INSIDE
) -> ColumnElement[bool]:
    """A condition: the caller may see this part of the file of the household in this column."""
    front = await lived_in_by_the_visible(unit, household_id)
    if part is Part.FRONT or by_the_platform(unit):
        return front
    return made_once(
        unit,
        ("household", front, part),
        lambda: front & out_of_conflict(unit, household_id=household_id) & _of_theirs(unit, household_id, part),
    )


async def in_its_part(
    unit: UnitOfWork, household_id: InstrumentedAttribute[UUID], entries: Mapping[Part, ColumnElement[bool]]
) -> ColumnElement[bool]:
    """A condition: the caller may see the part of the household's file that an entry is in.

    `entries` says which rows are of which part. As `about_household` for each of them, but what is the same for all of
    them is asked once: that halves a statement in which every compartment stands.
    """
    front = await lived_in_by_the_visible(unit, household_id)
    if by_the_platform(unit):
        return front & or_(*entries.values())
    ways = [rows & _of_theirs(unit, household_id, part) for part, rows in entries.items()]
    return front & out_of_conflict(unit, household_id=household_id) & or_(*ways)


def _of_theirs(unit: UnitOfWork, household_id: InstrumentedAttribute[UUID], part: Part) -> ColumnElement[bool]:
    if _answers_for_everybody(unit, SIGHTS[part]):
        return true()
    theirs: ColumnElement[bool] = household_id.in_(_ids(unit, part, _HOUSEHOLDS, "ntk_households"))
    if _managing(unit, SIGHTS[part]):
        there = select(_FILE.c.id).where(_FILE.c.household_id == household_id, _taken())
        theirs = or_(theirs, ~exists(there.correlate(household_id.class_)))
    return theirs


async def may_see(
    unit: UnitOfWork,
    part: Part = Part.INSIDE,
    *,
    person_id: UUID | None = None,
    household_id: UUID | None = None,
) -> bool:
    """Whether the caller may see this part of this one file. For commands; queries join the condition instead."""
    if person_id is not None:
        rule = await about_person(unit, Person.id, part)
        return await unit.session.scalar(select(Person.id).where(Person.id == person_id, rule)) is not None
    rule = await about_household(unit, Household.id, part)
    return await unit.session.scalar(select(Household.id).where(Household.id == household_id, rule)) is not None


def _fits(unit: UnitOfWork, sight: Sight) -> bool:
    return sight.purposes is None or unit.cause.purpose in sight.purposes


def _answers_for_everybody(unit: UnitOfWork, sight: Sight) -> bool:
    purpose = unit.cause.purpose
    return any(purpose in sight.everybodys[role] for role in unit.cause.roles if role in sight.everybodys)


def _managing(unit: UnitOfWork, sight: Sight) -> bool:
    """A manager sees also what nobody with another manager works on: somebody has to allocate it."""
    may = sight.related is None or "manager" in sight.related
    return may and "manager" in unit.cause.roles and _fits(unit, sight)


# The SQL ------------------------------------------------------------------------------------------------------------
# Every branch begins with the worker: a few hundred rows by an index, once for a statement, however many rows it asks.

_ME = """
me (worker) as (
    select cast(:ntk_actor as text)
    union all
    select away.worker from known_line as away
    where away.covered_by = :ntk_actor and away.absent_from <= :ntk_today
        and (away.absent_until is null or away.absent_until > :ntk_today)
)"""
_MANAGED = """
managed (worker) as (
    select line.worker from known_line as line join me on line.manager = me.worker
    union
    select unnest(team.members) from known_team_line as team join me on team.manager = me.worker
)"""
_HELD = """
    select file.household_id from {whose} join case_file as file on file.account_manager = {whose}.worker
    where file.state = 'open' and file.compartment = ''
    union all
    select file.household_id from {whose} join case_file as file on file.lead = {whose}.worker
    where file.state = 'open' and file.compartment = ''"""
_TEAM = """
    select member.household_id from {whose} join case_member as member on member.worker = {whose}.worker
    join case_file as file on file.id = member.case_id
    where member.compartment = '' and (
        member.until is null or (file.state = 'closed' and member.until >= file.closed_at and member.until > :ntk_since)
    )"""
_MET = """
    select place.household_id from circle_place as place
    where place.worker = :ntk_actor and place.since <= :ntk_now and (place.until is null or place.until > :ntk_now)
    union all
    select unnest(met.household_ids) from known_encounter_worker as took
    join known_encounter as met on met.id = took.encounter_id
    where took.worker = :ntk_actor and took.at > :ntk_since
    union all
    select home.household_id from known_encounter_worker as took
    join known_encounter as met on met.id = took.encounter_id
    cross join lateral unnest(met.person_ids) as whom (id)
    join person as they on they.id = whom.id
    join membership as home on home.person_id in (they.id, they.merged_into) and home.until is null
    where took.worker = :ntk_actor and took.at > :ntk_since"""
_GLASS = """
    select glass.household_id from broken_glass as glass
    where glass.worker = :ntk_actor and glass.until > :ntk_real and {part} = any (glass.parts)"""
_LET_IN = """
    select member.household_id from case_member as member
    where member.worker = :ntk_actor and member.compartment = {part} and member.until is null
    union all
    select place.household_id from circle_place as place
    where place.worker = :ntk_actor and place.since <= :ntk_now and (place.until is null or place.until > :ntk_now)
        and {part} = any (place.parts)"""
_HOUSEHOLDS = "with recursive {names}, mine (household_id) as ({mine}) select household_id as id from mine"
_PEOPLE = """
with recursive {names}, mine (household_id) as ({mine}),
people (id) as (
    select home.person_id from membership as home join mine on mine.household_id = home.household_id
    where home.until is null or home.until > :ntk_then
    union
    select inside.id from person as inside join people on inside.merged_into = people.id
)
select id from people"""
# The case of a household as a manager's rule looks at it, one household at a time.
_FILE: Final = Case.__table__.alias("others_file")


def _taken() -> ColumnElement[bool]:
    """People work on this open case who have a manager: of those a manager sees what is their own people's."""
    hands = [_FILE.c.account_manager, _FILE.c.lead]
    line = exists(select(KnownLine.id).where(KnownLine.worker.in_(hands), KnownLine.manager.is_not(None)))
    team = KnownTeamLine.members.bool_op("&&")(array(hands))
    teams = exists(select(KnownTeamLine.id).where(team, KnownTeamLine.manager.is_not(None)))
    # In the open alone: that a household became somebody else's would tell of its sealed case.
    return and_(_FILE.c.state == "open", _FILE.c.compartment == "", or_(line, teams))


def _ids(unit: UnitOfWork, part: Part, frame: str, name: str) -> Any:
    """The frame's ids as a subquery that a statement runs once."""
    return made_once(unit, (name, part), lambda: _ids_of(unit, part, frame, name))


def _ids_of(unit: UnitOfWork, part: Part, frame: str, name: str) -> Any:
    sight, roles = SIGHTS[part], frozenset(unit.cause.roles)
    # The part stands in the words: one statement may ask for several, and a parameter of one name has one value.
    names, mine = [_ME], [_LET_IN.format(part=f"'{part.value}'")]
    if _fits(unit, sight):
        if sight.related is None or roles & sight.related:
            mine += [_HELD.format(whose="me"), _TEAM.format(whose="me"), _MET]
        elif sight.holders:
            mine.append(_HELD.format(whose="me"))
        if _managing(unit, sight):
            names.append(_MANAGED)
            mine += [_HELD.format(whose="managed"), _TEAM.format(whose="managed")]
    if sight.glass:
        mine.append(_GLASS.format(part=f"'{part.value}'"))
    sql = frame.format(names=",".join(names), mine="\n    union all".join(mine))
    since = clock.business_now() - MET_FOR
    values: dict[str, Any] = {
        "ntk_actor": unit.cause.actor,
        "ntk_now": clock.business_now(),
        "ntk_real": clock.now(),
        "ntk_since": since,
        "ntk_today": clock.today(),
        "ntk_then": since.date(),
    }
    found = text(sql).bindparams(**{key: value for key, value in values.items() if f":{key}" in sql})
    return select(found.columns(column("id", Uuid)).subquery(name).c.id)
