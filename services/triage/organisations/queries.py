"""Reads of organisations. They are about no resident, so no read of them goes on a person's record."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.triage.organisations.domain import LANDLORDS, Kind, Status
from services.triage.organisations.models import Organisation
from services.triage.organisations.shapes import OrganisationView


@dataclass(frozen=True, slots=True)
class Filters:
    """Which organisations a list shows; None does not narrow it."""

    kind: Kind | None = None
    status: Status | None = None


async def row(unit: UnitOfWork, organisation_id: UUID, *, for_change: bool = False) -> Organisation:
    """The row, locked if it is to change; `NotFound`."""
    query = select(Organisation).where(Organisation.id == organisation_id)
    if for_change:
        query = query.with_for_update()
    found = (await unit.session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound("We know of no such organisation")
    return found


async def active(unit: UnitOfWork, organisation_id: UUID, pointer: str = "/organisation_id") -> Organisation:
    """The organisation that a request names, for writing to it; `Invalid` at `pointer` if unknown or ended."""
    found = await unit.session.get(Organisation, organisation_id)
    if found is None:
        raise invalid(pointer, "We know of no such organisation", "known-organisation")
    if found.status != Status.ACTIVE:
        raise invalid(pointer, f"We no longer work with {found.name}", "active-organisation")
    return found


async def names(unit: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of those we know."""
    rows = await unit.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {each.id: each.name for each in rows}


def is_landlord(organisation: Organisation) -> bool:
    """Whether only mediation and payment messages may go to it."""
    return Kind(organisation.kind) in LANDLORDS


async def view(unit: UnitOfWork, organisation_id: UUID) -> OrganisationView:
    """One of them; `NotFound`."""
    return OrganisationView.model_validate(await row(unit, organisation_id))


async def listed(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[OrganisationView]:
    """Up to `most` after `place`, by name."""
    query = select(Organisation)
    if filters.kind is not None:
        query = query.where(Organisation.kind == filters.kind)
    if filters.status is not None:
        query = query.where(Organisation.status == filters.status)
    order = (Organisation.name, Organisation.id)
    if place is not None:
        query = query.where(tuple_(*order) > (place[0], UUID(place[1])))
    rows = await unit.session.scalars(query.order_by(*order).limit(most))
    return [OrganisationView.model_validate(each) for each in rows]


def place_of(shown: OrganisationView) -> list[Any]:
    """Where one stands in the list."""
    return [shown.name, str(shown.id)]
