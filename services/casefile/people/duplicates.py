"""Likely duplicates: stand-in until its author lands it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.casefile.people.search_index import Entry


@dataclass(frozen=True, slots=True)
class Likely:
    """Someone who may be the newcomer. Not `searchable`: the officer must not know of them."""

    person_id: UUID
    searchable: bool


async def likely_duplicates(session: AsyncSession, entry: Entry, *, excluded: Collection[UUID] = ()) -> list[Likely]:
    """People who may be the newcomer, the likeliest first."""
    return []
