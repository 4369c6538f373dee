"""Who may not be shown to whom: the case file's rules hold for residents that it knows."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, cast, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from kit.store import access
from kit.store.tables import known_person
from kit.store.unit import UnitOfWork
from services.risk.facts.models import Placing
from services.risk.linkage import ledger
from services.risk.vault import door

_OF_PEOPLE = text(
    "select pseudonym from resident where person_id = any(:people) and erased_at is null and pseudonym is not null"
)


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
    there = func.unnest(literal(sorted(set(people.values())), ARRAY(Uuid))).column_valued("somebody")
    unseen = set(await unit.session.scalars(select(there).where(access.kept_back(unit.cause, there))))
    return {resident for resident, person in people.items() if person in unseen}


async def may_see(unit: UnitOfWork, vault: AsyncSession, records: Collection[UUID]) -> None:
    """NotFound where one of the records is of somebody who is kept back from the caller."""
    residents = set((await ledger.residents_of(vault, records)).values())
    if await kept_back(unit, vault, residents):
        raise NotFound("There is no such record")


NOT_FOR_A_LIST: Final = "not_for_a_list"
"""Why a home that was listed gets no offer after all: somebody of it is kept back since. A code."""


async def homes_kept_back(unit: UnitOfWork) -> set[UUID]:
    """Homes (pseudonyms) of people whose record is restricted, or who are kept apart from somebody.

    Never on a generalist's list, nor in a count: of a small group or ward, the difference of two counts says where
    they went, whoever asks.
    """
    people = (
        await unit.session.scalars(
            select(known_person.c.id).where(
                or_(known_person.c.restricted, func.cardinality(cast(known_person.c.separated_from, ARRAY(Text))) > 0)
            )
        )
    ).all()
    if not people:
        return set()
    async with door.opened(unit, "name_residents", record=f"residents/{len(people)}") as vault:
        residents = list(await vault.scalars(_OF_PEOPLE, {"people": sorted(people)}))
    theirs = func.unnest(literal(sorted(residents), ARRAY(Uuid))).column_valued("resident")
    homes = select(Placing.household).where(Placing.resident.in_(select(theirs)), Placing.household.is_not(None))
    return {each for each in await unit.session.scalars(homes) if each is not None}
