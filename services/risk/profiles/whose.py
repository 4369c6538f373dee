"""Which casefile household a pseudonym stands for, and the other way. Asked of the vault, and on record there.

A casefile household stands where most of its people live now by what linkage says; nobody else counts in that, or
naming a stranger would open the stranger's home. People of a bulk import are found by the register's own records, since
no event told of them; people introduced for an offer by casefile's answer, and for an offer alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select, text

from kit import clock
from kit.store import access
from kit.store.tables import known_household
from kit.store.unit import UnitOfWork
from services.risk.vault import door


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a casefile household stands in the analytics zone; `residents` by casefile's person ids (pseudonyms)."""

    household: UUID | None = None
    residents: Mapping[UUID, UUID] = field(default_factory=dict)


_OFFERING = "outreach"

# The register's own records say who belongs to a casefile household, also before an event told us.
_PEOPLE = text(
    """
    select r.person_id, r.pseudonym, home.pseudonym as household,
           c.household_reference is not null or coalesce(r.introduced_into = :introduced_into, false) as listed
    from resident as r
    left join record as c on c.source = 'casefile' and c.reference = cast(r.person_id as text)
         and c.household_reference = :household_id and c.withdrawn_at is null
    left join home_member as m on m.resident_id = r.resident_id and m.until is null
    left join home on home.home_id = m.home_id
    where r.erased_at is null and r.joined_into is null
      and (r.person_id = any(:people) or (r.introduced_into = :introduced_into and r.introduction = 'introduced')
        or r.person_id in (
        select cast(reference as uuid) from record
        where source = 'casefile' and household_reference = :household_id and withdrawn_at is null))
    """
)

_INTRODUCED = text(
    """
    select r.introduced_into from home
    join home_member as m on m.home_id = home.home_id and m.until is null
    join resident as r on r.resident_id = m.resident_id and r.erased_at is null
    where home.pseudonym = :household and r.introduction = 'introduced' and r.introduced_into is not null
    order by r.introduced_into limit 1
    """
)

_HOUSEHOLDS = text(
    """
    select home.pseudonym, c.household_reference, count(*) as people
    from home
    join home_member as m on m.home_id = home.home_id and m.until is null
    join resident as r on r.resident_id = m.resident_id and r.erased_at is null
         and r.introduction is distinct from 'introduced'
    join record as c on c.source = 'casefile' and c.reference = cast(r.person_id as text)
         and c.household_reference is not null and c.withdrawn_at is null
    where home.pseudonym = any(:households)
    group by home.pseudonym, c.household_reference
    order by home.pseudonym, people, c.household_reference
    """
)


async def members(unit: UnitOfWork, household_id: UUID) -> set[UUID]:
    """A casefile household's people of today, as far as events told us."""
    listed = await unit.session.scalar(select(known_household.c.members).where(known_household.c.id == household_id))
    today = clock.today().isoformat()
    return {UUID(each["person_id"]) for each in listed or () if each["to"] is None or each["to"] > today}


async def placed(
    unit: UnitOfWork, household_id: UUID, members: Collection[UUID], others: Collection[UUID] = ()
) -> Placed:
    """The household's pseudonym, and its members' residents and those of others, as far as they are linked.

    Whom casefile has only for an offer of help (introduced) is found for that, and for no other purpose.
    """
    # Linkage may know somebody by an id that was merged into theirs.
    now = {alias: each for each in {*members, *others} for alias in await access.same_person(unit, each)}
    values = {
        "household_id": str(household_id),
        "introduced_into": household_id if unit.cause.purpose == _OFFERING else None,
        "people": sorted(now),
    }
    async with door.opened(unit, "find_household", record=f"household/{household_id}", people=members) as vault:
        rows = (await vault.execute(_PEOPLE, values)).all()
    homes: dict[UUID, int] = {}
    for row in rows:
        if row.household is not None and (row.listed or now.get(row.person_id) in members):
            homes[row.household] = homes.get(row.household, 0) + 1
    household = max(homes, key=lambda each: (homes[each], each.int)) if homes else None
    return Placed(household, {now.get(row.person_id, row.person_id): row.pseudonym for row in rows})


async def people_of(unit: UnitOfWork, residents: Collection[UUID]) -> set[UUID]:
    """Casefile's ids of those of these residents (pseudonyms) that it knows."""
    if not residents:
        return set()
    async with door.opened(unit, "name_residents", record=f"residents/{len(residents)}") as vault:
        rows = await vault.scalars(
            text("select person_id from resident where pseudonym = any(:residents) and person_id is not null"),
            {"residents": sorted(residents)},
        )
        return {UUID(str(each)) for each in rows}


async def casefile_households(unit: UnitOfWork, households: Collection[UUID]) -> dict[UUID, UUID]:
    """Casefile's ids of those of these pseudonyms that it knows: of each, the household that most belong to.

    Those whom it has only for an offer (introduced) are not known in this sense.
    """
    if not households:
        return {}
    async with door.opened(unit, "name_households", record=f"households/{len(households)}") as vault:
        rows = (await vault.execute(_HOUSEHOLDS, {"households": sorted(households)})).all()
    # In order of how many: the last one stands.
    return {row.pseudonym: UUID(row.household_reference) for row in rows}


async def introduced_household(unit: UnitOfWork, household: UUID) -> UUID | None:
    """Casefile's id of a pseudonym whose people it has only for an offer of help; None for any other purpose."""
    if unit.cause.purpose != _OFFERING:
        return None
    async with door.opened(unit, "name_households", record="households/1") as vault:
        return (await vault.execute(_INTRODUCED, {"household": household})).scalar()
