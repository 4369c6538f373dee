"""Who a resident is in casefile, and asking it: for signals and for published cohorts."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from kit.store import access
from kit.store.unit import UnitOfWork
from services.risk.linkage import introductions
from services.risk.vault import door


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whom casefile knows."""

    person_id: UUID
    household_id: UUID


# Who was asked for may have been joined into another since: what is known of that one counts. Casefile's answer may
# stand with the one who was introduced, whoever that person's records went to later.
_LINE = """
    with recursive line as (
        select pseudonym as asked, resident_id, joined_into, person_id, introduced_into, erased_at
        from resident where pseudonym = any(:residents)
        union
        select line.asked, r.resident_id, r.joined_into, r.person_id, r.introduced_into, r.erased_at
        from line join resident r on r.resident_id = line.joined_into
    )"""
_KNOWN = text(
    f"""{_LINE}
    select line.asked as pseudonym, line.person_id, c.household_reference,
           case when c.household_reference is null then coalesce(line.introduced_into, (
               select r.introduced_into from resident r
               where r.person_id = line.person_id and r.introduced_into is not null and r.erased_at is null
               order by r.introduced_at desc nulls last limit 1
           )) end as introduced_into
    from line
    left join record as c on c.source = 'casefile' and c.reference = cast(line.person_id as text)
         and c.withdrawn_at is null
    where line.person_id is not null and line.joined_into is null and line.erased_at is null
    """
)
_SAME = text(
    f"""{_LINE}
    select r.pseudonym from line join resident r on r.resident_id = line.resident_id
    where r.pseudonym is not null and r.erased_at is null
    """
)


async def known(unit: UnitOfWork, residents: Collection[UUID]) -> dict[UUID, Known]:
    """Casefile's ids of those of these residents (pseudonyms) that it knows, introduced ones included."""
    if not residents:
        return {}
    async with door.opened(unit, "name_residents", record=f"residents/{len(residents)}") as vault:
        rows = (await vault.execute(_KNOWN, {"residents": sorted(residents)})).all()
    found: dict[UUID, Known] = {}
    for row in rows:
        # The register's word first, then what events told; of somebody not met yet only casefile's answer tells.
        household_id = (
            UUID(row.household_reference)
            if row.household_reference
            else await access.current_household(unit, row.person_id) or row.introduced_into
        )
        if household_id is not None:
            found[row.pseudonym] = Known(row.person_id, household_id)
    return found


async def joined_into(unit: UnitOfWork, resident: UUID) -> set[UUID]:
    """The pseudonym of a resident, and of whom they were joined into since: what waits for either has one answer."""
    async with door.opened(unit, "name_residents", record="residents/1") as vault:
        return {resident, *(row.pseudonym for row in await vault.execute(_SAME, {"residents": [resident]}))}


async def introduce(unit: UnitOfWork, residents: Collection[UUID]) -> None:
    """Ask casefile to take these residents in, for an offer of help alone. Who may not be contacted is passed over."""
    await introductions.introduce(unit, residents)
