"""Which casefile household a pseudonym stands for, and the other way: linkage's answers, as profiles use them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from kit.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a casefile household stands in the analytics zone; `residents` by casefile's person ids."""

    household: UUID | None = None
    residents: Mapping[UUID, UUID] = field(default_factory=dict)


async def placed(unit: UnitOfWork, household_id: UUID, people: Collection[UUID]) -> Placed:
    """The household's pseudonym, and its members' and these people's residents, as far as they are linked."""
    return Placed()


async def casefile_households(unit: UnitOfWork, households: Collection[UUID]) -> dict[UUID, UUID]:
    """Casefile's ids of those of these pseudonyms that it knows."""
    return {}
