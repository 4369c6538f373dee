"""Reads of offers, and the words of the letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.homes import queries as homes
from services.housing.lettings import rows, states
from services.housing.lettings.models import Offer, OfferStep
from services.housing.lettings.states import OFFERS, OfferKind, WhyDirect, WhyRefused
from services.housing.lettings.states import Offer as OfferIs


class StepView(BaseModel):
    """One change of an offer."""

    model_config = ConfigDict(from_attributes=True)

    was: str | None
    became: str
    why: str | None
    done_by: str
    done_at: UtcDatetime


class OfferView(BaseModel):
    """An offer, with what may become of it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    advert_id: UUID | None
    bid_id: UUID | None
    home_id: UUID
    application_id: UUID
    person_id: UUID
    household_id: UUID | None
    kind: OfferKind
    why_direct: WhyDirect | None
    words: str | None
    sensitive: bool
    state: OfferIs
    allowed: list[OfferIs] = Field(default_factory=list)
    final: bool
    auto_bid: bool = Field(description="Nobody bid: the system did for them")
    suitable: bool | None
    checked_with_household: bool
    checked_by: str | None
    checked_words: str | None
    refused_because: WhyRefused | None
    answer_words: str | None
    answered_at: UtcDatetime | None
    answer_by: date
    days_left: int | None = Field(default=None, description="To answer; below nought: it is late, and nothing happens")
    counts: bool
    counted_by: str | None
    counted_words: str | None
    made_by: str
    made_at: UtcDatetime


class OfferDetail(OfferView):
    """An offer with its whole story."""

    steps: list[StepView] = Field(default_factory=list)


class OfferLetter(BaseModel):
    """What we write to them; name and address come from casefile."""

    offer_id: UUID
    person_id: UUID
    title: str
    paragraphs: list[str]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which offers a list shows; None does not narrow it."""

    state: OfferIs | None = None
    advert_id: UUID | None = None
    home_id: UUID | None = None
    application_id: UUID | None = None
    person_id: UUID | None = None
    late: bool | None = None


def view(row: Offer) -> OfferView:
    """An offer as it is shown."""
    shown = OfferView.model_validate(row)
    shown.allowed = list(OFFERS[shown.state])
    if shown.state is OfferIs.MADE:
        shown.days_left = (row.answer_by - clock.today()).days
    return shown


async def _load(unit: UnitOfWork, offer_id: UUID) -> Offer:
    query = select(Offer).where(Offer.id == offer_id, rows.offers_visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such offer")
    unit.accessed(f"offer/{row.id}", [row.person_id])
    return row


async def offer(unit: UnitOfWork, offer_id: UUID) -> OfferDetail:
    """One of them, with its story."""
    row = await _load(unit, offer_id)
    query = select(OfferStep).where(OfferStep.offer_id == offer_id).order_by(OfferStep.done_at, OfferStep.id)
    steps = [StepView.model_validate(each) for each in await unit.session.scalars(query)]
    return OfferDetail(**view(row).model_dump(), steps=steps)


async def offers(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> list[OfferView]:
    """Up to `most` after `place`, the oldest first."""
    query = select(Offer).where(rows.offers_visible_to(unit.cause))
    for name in ("state", "advert_id", "home_id", "application_id", "person_id"):
        if (wanted := getattr(filters, name)) is not None:
            query = query.where(getattr(Offer, name) == wanted)
    if filters.late is not None:
        late = (Offer.state == OfferIs.MADE) & (Offer.answer_by < clock.today())
        query = query.where(late if filters.late else ~late)
    order = (Offer.made_at, Offer.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("offers", {row.person_id for row in found})
    return [view(row) for row in found]


def place_of(shown: OfferView) -> list[Any]:
    """Where an offer stands in the list."""
    return [shown.made_at.isoformat(), str(shown.id)]


async def letter(unit: UnitOfWork, offer_id: UUID) -> OfferLetter:
    """The offer in words."""
    row = await _load(unit, offer_id)
    home = (await homes.by_ids(unit, [row.home_id]))[row.home_id]
    size = "one room" if home.bedrooms == 0 else f"{home.bedrooms} bedroom{'s' if home.bedrooms > 1 else ''}"
    floor = "" if home.floor is None else f" on floor {home.floor}{', with a lift' if home.lift else ''}"
    paragraphs = [
        f"We offer you a home: {home.address}, {home.postcode}. It has {size}{floor}.",
        f"Please tell us by {row.answer_by.day} {row.answer_by:%B %Y} whether you would like it. You may see it first.",
    ]
    if row.words:
        paragraphs.append(f"Why this home: {row.words}")
    if row.auto_bid:
        paragraphs.append(
            "We bid for this home for you, as we agreed. An officer will talk with you about whether it suits you; "
            "until then saying no counts for nothing."
        )
    paragraphs.append(states.letter_of(row.final))
    title = "A final offer of a home" if row.final else "An offer of a home"
    return OfferLetter(offer_id=row.id, person_id=row.person_id, title=title, paragraphs=paragraphs)
