"""Reads of tenancies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.lettings import rows
from services.housing.lettings.models import Letting
from services.housing.lettings.states import Letting as LettingIs
from services.housing.lettings.states import OfferKind
from services.housing.lettings.tenancies.domain import Tenancy


class LettingView(BaseModel):
    """A tenancy."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    offer_id: UUID | None
    advert_id: UUID | None
    home_id: UUID
    application_id: UUID
    person_id: UUID
    household_id: UUID | None
    person_ids: list[UUID] = Field(description="Who signs")
    kind: OfferKind
    sensitive: bool
    quota: str | None
    tenancy: Tenancy
    rent: str | None
    weekly_rent_pence: int | None
    state: LettingIs
    starts_on: date
    ends_on: date | None
    end_reason: str | None
    started_by: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which tenancies a list shows; None does not narrow it."""

    home_id: UUID | None = None
    household_id: UUID | None = None
    application_id: UUID | None = None
    state: LettingIs | None = None
    since: date | None = None


async def letting(unit: UnitOfWork, letting_id: UUID) -> LettingView:
    """One of them."""
    query = select(Letting).where(Letting.id == letting_id, rows.lettings_visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such tenancy")
    unit.accessed(f"letting/{row.id}", {row.person_id, *row.person_ids})
    return LettingView.model_validate(row)


async def lettings(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> list[LettingView]:
    """Up to `most` after `place`, by the day on which they start."""
    query = select(Letting).where(rows.lettings_visible_to(unit.cause))
    for name in ("home_id", "household_id", "application_id", "state"):
        if (wanted := getattr(filters, name)) is not None:
            query = query.where(getattr(Letting, name) == wanted)
    if filters.since is not None:
        query = query.where(Letting.starts_on >= filters.since)
    order = (Letting.starts_on, Letting.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("lettings", {each for row in found for each in (row.person_id, *row.person_ids)})
    return [LettingView.model_validate(row) for row in found]


def place_of(shown: LettingView) -> list[Any]:
    """Where a tenancy stands in the list."""
    return [shown.starts_on.isoformat(), str(shown.id)]


async def of_homes(unit: UnitOfWork, home_ids: Collection[UUID]) -> dict[UUID, Letting]:
    """Who lives in these homes now, for the other parts of housing: the tenancy that has not ended."""
    query = select(Letting).where(Letting.home_id.in_(list(home_ids)), Letting.state == LettingIs.STARTED)
    return {row.home_id: row for row in await unit.session.scalars(query)}
