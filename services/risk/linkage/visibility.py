"""Who may not be shown to whom: the case file's rules hold for residents that it knows."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import UnitOfWork
from services.risk.linkage import ledger


async def people_of(vault: AsyncSession, residents: Collection[UUID]) -> dict[UUID, UUID]:
    """The case file's id of those residents that it knows."""
    found = await vault.execute(
        text("select resident_id, person_id from resident where resident_id = any(:ids) and person_id is not null"),
        {"ids": sorted(residents)},
    )
    return {row.resident_id: row.person_id for row in found}


async def kept_back(unit: UnitOfWork, vault: AsyncSession, residents: Collection[UUID]) -> set[UUID]:
    """Which of these residents the caller may not be shown: restricted, separated from them, or barred."""
    people = await people_of(vault, residents)
    if not people:
        return set()
    there = func.unnest(literal(sorted(set(people.values())), ARRAY(Uuid))).column_valued("id")
    unseen = set(await unit.session.scalars(select(there).where(access.kept_back(unit.cause, there))))
    return {resident for resident, person in people.items() if person in unseen}


async def may_see(unit: UnitOfWork, vault: AsyncSession, records: Collection[UUID]) -> None:
    """NotFound where one of the records is of somebody who is kept back from the caller."""
    residents = set((await ledger.residents_of(vault, records)).values())
    if await kept_back(unit, vault, residents):
        raise NotFound("There is no such record")
