"""What housing tells of letting homes: adverts, bids, shortlists, offers, tenancies.

Ids, codes, days and amounts. Why somebody stands where they stand, and every word, stays with housing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, Sha256, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live

_LONDON: Final = ZoneInfo("Europe/London")


class AdvertState(EventData):
    """An advert of one home, whole, as of this version."""

    advert_id: UUID
    home_id: UUID
    number: int = Field(ge=1, description="What people bid for by telephone and text")
    state: Literal["open", "closed", "shortlisted", "let", "withdrawn"]
    bedrooms: int = Field(ge=0)
    rent: Code | None = Field(None, description="The rent's kind, e.g. formula or market_60")
    opens_at: UtcDatetime
    closes_at: UtcDatetime
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class BidState(EventData):
    """A household's bid for a home, whole, as of this version."""

    bid_id: UUID
    advert_id: UUID
    application_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    channel: Literal["web", "phone", "text", "in_person", "paper", "auto"]
    state: Literal["placed", "withdrawn"]
    placed_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Who bid."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class ShortlistState(EventData):
    """A shortlist, frozen: its digest is its proof. Of no one bidder."""

    advert_id: UUID
    digest: Sha256 = Field(description="SHA-256 of the list as it was frozen")
    bidders: int = Field(ge=0)
    tied: int = Field(ge=0, description="How many of them share their place with another")
    draw: Sha256 | None = Field(None, description="The commitment of the public draw that settles the ties")
    drawn: bool = Field(description="Nothing is left to be drawn")
    frozen_at: UtcDatetime
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was frozen, or drawn."""
        return self.changed_at


class OfferState(EventData):
    """An offer of a home, whole, as of this version."""

    offer_id: UUID
    advert_id: UUID | None = None
    home_id: UUID
    application_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    kind: Literal["choice", "direct", "right_to_return"]
    state: Literal["made", "accepted", "refused", "withdrawn", "let"]
    final: bool = Field(description="A final Part 6 offer: refusing it may end a homelessness duty (HA 1996 s193(7))")
    auto_bid: bool = Field(description="Nobody bid: the system did for them")
    suitable: bool | None = Field(None, description="As an officer found with the household; null: not looked at yet")
    counts: bool = Field(False, description="A refusal that a named officer counts; never of its own accord")
    refused_because: Code | None = None
    answer_by: date
    made_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """To whom it was made."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class LettingState(EventData):
    """A tenancy, whole, as of this version."""

    letting_id: UUID
    home_id: UUID
    offer_id: UUID | None = None
    application_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    tenant_person_ids: tuple[UUID, ...] = Field(description="Who signs; the first is person_id")
    kind: Literal["choice", "direct", "right_to_return"]
    tenancy: Code
    rent: Code | None = Field(None, description="The rent's kind, e.g. formula or market_60")
    weekly_rent_pence: int | None = Field(None, ge=0)
    state: Literal["started", "ended", "fell_through"]
    starts_on: date
    ends_on: date | None = Field(None, description="The last day")
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The tenants and their household."""
        return Concerns.of(people=(self.person_id, *self.tenant_person_ids), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When the tenancy began, or the day after its last."""
        if self.state == "started":
            return datetime.combine(self.starts_on, time(), _LONDON).astimezone(UTC)
        return self.changed_at


_OPEN, _PERSONAL = Sensitivity.OPEN, Sensitivity.PERSONAL


def _offer(event: str, summary: str, *consumers: str) -> EventType:
    return live(f"housing.offer.{event}", OfferState, summary, _PERSONAL, *consumers, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    live("housing.advert.opened", AdvertState, "A home is advertised", _OPEN),
    live("housing.advert.closed", AdvertState, "Bidding for a home closed", _OPEN),
    live("housing.advert.changed", AdvertState, "An advert was shortlisted, let or withdrawn", _OPEN),
    live("housing.bid.placed", BidState, "A household bid for a home", _PERSONAL, case_fact=True),
    live("housing.bid.withdrawn", BidState, "A household took a bid back", _PERSONAL, case_fact=True),
    live("housing.shortlist.frozen", ShortlistState, "A shortlist was frozen with its hash", _OPEN),
    live("housing.shortlist.drawn", ShortlistState, "The ties of a shortlist were drawn in public", _OPEN),
    _offer("made", "A home was offered", "risk"),
    _offer("accepted", "An offer was accepted", "risk"),
    _offer("refused", "An offer was refused", "risk"),
    _offer("withdrawn", "An offer was taken back, and counts against nobody"),
    _offer("changed", "An officer checked an offer with the household, or put its answer right"),
    live("housing.letting.started", LettingState, "A tenancy began", _PERSONAL, "risk", case_fact=True),
    live("housing.letting.ended", LettingState, "A tenancy ended, or fell through", _PERSONAL, "risk", case_fact=True),
)
