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


_KNOWN = text(
    """
    select r.pseudonym, r.person_id, c.household_reference, r.introduced_into
    from resident as r
    left join record as c on c.source = 'casefile' and c.reference = cast(r.person_id as text)
         and c.withdrawn_at is null
    where r.pseudonym = any(:residents) and r.person_id is not null and r.erased_at is null
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


async def introduce(unit: UnitOfWork, residents: Collection[UUID]) -> None:
    """Ask casefile to take these residents in, for an offer of help alone. Who may not be contacted is passed over."""
    await introductions.introduce(unit, residents)
