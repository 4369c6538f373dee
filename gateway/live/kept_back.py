"""Who is kept back from whom, for many listeners at once: the rule of `kit.store.access.kept_back`, read out.

That one asks the database for one caller; a change is told to hundreds. A test holds the two against each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.contracts.casefile.separation import ORGANISATION
from kit.store.tables import known_person


@dataclass(frozen=True, slots=True)
class Guard:
    """What keeps someone back: restricted from all, barred workers, and the ids they go by (merges included)."""

    ids: frozenset[UUID]
    restricted: bool = False
    barred: frozenset[str] = frozenset()

    def keeps_from(self, actor: str, hidden: frozenset[UUID], organisation: str | None = None) -> bool:
        """Whether this person does not exist for that caller."""
        theirs = organisation is not None and f"{ORGANISATION}{organisation}" in self.barred
        return self.restricted or theirs or actor in self.barred or not self.ids.isdisjoint(hidden)


async def guards(connection: AsyncConnection, person_ids: Iterable[UUID]) -> Mapping[UUID, Guard]:
    """The guard of each of these people; of a stranger, one that knows their id alone."""
    asked = sorted(set(person_ids))
    if not asked:
        return {}
    columns = (
        known_person.c.id,
        known_person.c.merged_into,
        known_person.c.restricted,
        known_person.c.barred_workers,
    )
    first = select(known_person.c.id.label("asked"), *columns).where(
        known_person.c.id == any_(literal(asked, ARRAY(Uuid)))
    )
    line = first.cte("line", recursive=True)
    line = line.union(select(line.c.asked, *columns).join(line, line.c.merged_into == known_person.c.id))
    found: dict[UUID, Guard] = {person: Guard(frozenset({person})) for person in asked}
    for row in await connection.execute(select(line)):
        before = found[row.asked]
        found[row.asked] = Guard(
            before.ids | {row.id}, before.restricted or row.restricted, before.barred | set(row.barred_workers)
        )
    return found
