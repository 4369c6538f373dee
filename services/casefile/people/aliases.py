"""Which rows are one person: a merged row points at the one that stands, and that one may be merged in its turn."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

_INSIDE = text(
    """
    with recursive inside (top, id) as (
        select merged_into, id from person where merged_into = any(cast(:ids as uuid[]))
        union all
        select inside.top, person.id from person join inside on person.merged_into = inside.id
    )
    select top, id from inside order by top, id
    """
)
_ABOVE = text(
    """
    with recursive above (start, id, step) as (
        select id, merged_into, 1 from person where id = any(cast(:ids as uuid[])) and merged_into is not null
        union all
        select above.start, person.merged_into, above.step + 1
        from person join above on person.id = above.id where person.merged_into is not null
    )
    select start, id from above order by start, step
    """
)
_WHOLE = text(
    """
    with recursive whole (id) as (
        select unnest(cast(:ids as uuid[]))
        union
        select related.id from whole, lateral (
            select person.id from person where person.merged_into = whole.id
            union all
            select person.merged_into from person where person.id = whole.id and person.merged_into is not null
        ) as related
    )
    select id from whole
    """
)


async def merged_into_them(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """For each person, the ids that lead to them, through however many merges."""
    return await _lists(session, _INSIDE, ids)


async def leads_to(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """For each merged person, whom they are merged into, whom that one is, and so on to the one that stands."""
    return await _lists(session, _ABOVE, ids)


async def all_ids(session: AsyncSession, ids: Collection[UUID]) -> frozenset[UUID]:
    """Every id of these people: merged away or standing."""
    if not ids:
        return frozenset()
    return frozenset((await session.execute(_WHOLE, {"ids": list(ids)})).scalars())


async def _lists(session: AsyncSession, query: TextClause, ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    if ids:
        for key, id_ in await session.execute(query, {"ids": list(ids)}):
            found.setdefault(key, []).append(id_)
    return found
