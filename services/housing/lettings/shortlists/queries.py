"""Reads of shortlists by officers: who is on one, in order, and what came of each."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.lettings import rows
from services.housing.lettings.models import Shortlist, ShortlistLine

_LAST = 2**31 - 1


class ShortlistView(BaseModel):
    """A frozen list: its hash and its draw. Of nobody."""

    model_config = ConfigDict(from_attributes=True)

    advert_id: UUID
    version: int
    hash: str
    bidders: int
    tied: int
    left_out: int
    drawn: bool
    draw: dict[str, Any] | None = Field(description="The public record: for the verifier")
    frozen_at: UtcDatetime


class LineView(BaseModel):
    """Where somebody stood, and what came of it."""

    model_config = ConfigDict(from_attributes=True)

    bid_id: UUID
    application_id: UUID
    person_id: UUID
    household_id: UUID | None
    place: int | None
    first: int | None
    last: int | None
    band: str
    priority_date: date
    comes_first_by: list[str]
    outcome: str = Field(description="waiting | offered | refused | passed | let | left_out")
    refusals: list[dict[str, str]]
    passed_because: str | None
    passed_words: str | None
    passed_by: str | None


async def shortlist(unit: UnitOfWork, advert_id: UUID) -> ShortlistView:
    """The list of an advert."""
    row = await unit.session.get(Shortlist, advert_id)
    if row is None:
        raise NotFound("This advert has no shortlist: bidding is not over")
    unit.accessed(f"shortlist/{advert_id}")
    return ShortlistView.model_validate(row)


async def lines(unit: UnitOfWork, advert_id: UUID, place: Sequence[Any] | None, most: int) -> list[LineView]:
    """Up to `most` after `place`, in order; whoever was left out comes last."""
    order = (func.coalesce(ShortlistLine.place, ShortlistLine.first, _LAST), ShortlistLine.bid_id)
    query = select(ShortlistLine).where(ShortlistLine.advert_id == advert_id, rows.lines_visible_to(unit.cause))
    if place is not None:
        query = query.where(tuple_(*order) > (place[0], UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed(f"shortlist/{advert_id}", {row.person_id for row in found})
    return [LineView.model_validate(row) for row in found]


def place_of(shown: LineView) -> list[Any]:
    """Where a line stands in the list."""
    return [shown.place or shown.first or _LAST, str(shown.bid_id)]
