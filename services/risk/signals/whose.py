"""Who a resident is in casefile, and asking it: linkage's part, as signals use it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from kit.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whom casefile knows."""

    person_id: UUID
    household_id: UUID


async def known(unit: UnitOfWork, residents: Collection[UUID]) -> dict[UUID, Known]:
    """Casefile's ids of those of these residents (pseudonyms) that it knows."""
    return {}


async def introduce(unit: UnitOfWork, residents: Collection[UUID]) -> None:
    """Ask casefile to take these residents in, for an offer of help alone."""
