"""What temporary accommodation needs to know of a homelessness case: its dates, and what of it a stay must fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kit.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Dates of a case."""

    case_id: UUID
    household_id: UUID | None
    applied_on: date
    assessed_on: date | None = None
    prevention_from: date | None = None
    prevention_until: date | None = None


async def facts_of(unit: UnitOfWork, case_id: UUID) -> CaseFacts | None:
    """The dates of a case; None where we know of no such case."""
    return None


async def reviews_pending(unit: UnitOfWork, case_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these cases in which a review or an appeal about the accommodation waits for its answer."""
    return frozenset()


async def duty_without_home(unit: UnitOfWork, days: Sequence[date]) -> dict[date, int]:
    """On each day: households to whom a duty to house them is owed and who are in no temporary home."""
    return dict.fromkeys(days, 0)
