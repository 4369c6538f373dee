"""The register as lettings see it: who could bid, and where they stand. Reads the register's, decants' own queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, literal, select

from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.lettings.rules import Bidder


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application with whose it is. `bidder` is all that the rules see."""

    application_id: UUID
    person_id: UUID
    household_id: UUID | None
    bidder: Bidder


async def applicants(unit: UnitOfWork, ids: Collection[UUID], on: date) -> Mapping[UUID, Applicant]:
    """These applications as they stand, with ages on that day; whoever is not on the register is not in it.

    The system's own reading: nobody is kept back, because a list that leaves out the protected would betray them.
    """
    raise NotImplementedError


async def everybody(unit: UnitOfWork, bedrooms: Collection[int], on: date) -> Sequence[Applicant]:
    """Every active application that needs so many bedrooms."""
    raise NotImplementedError


async def by_number(unit: UnitOfWork, number: str) -> UUID | None:
    """The application of a bidding number."""
    raise NotImplementedError


async def shown(unit: UnitOfWork, applicant: Applicant) -> bool:
    """Whether the caller may know of them: whoever is kept back is as unknown as a stranger."""
    kept_back = select(access.kept_back(unit.cause, literal(applicant.person_id, Uuid)))
    return not await unit.session.scalar(kept_back)
