"""What every part of lettings announces: the whole published state, and on record whose it is."""

from kit import clock
from kit.contracts.housing.lettings import AdvertState, BidState, LettingState, OfferState, ShortlistState
from kit.store.unit import UnitOfWork
from services.housing.lettings.models import Advert, Bid, Letting, Offer, Shortlist
from services.housing.lettings.states import Advert as AdvertIs


def tell_advert(unit: UnitOfWork, row: Advert, *, opened: bool = False) -> None:
    """An advert came to a new state."""
    state = AdvertState.model_validate(
        {
            "advert_id": row.id,
            "home_id": row.home_id,
            "number": row.number,
            "state": row.state,
            "bedrooms": row.rules["bedrooms"],
            "rent": row.rent,
            "opens_at": row.opens_at,
            "closes_at": row.closes_at,
            "changed_at": row.changed_at,
        }
    )
    closed = "housing.advert.closed" if row.state == AdvertIs.CLOSED else "housing.advert.changed"
    type_ = "housing.advert.opened" if opened else closed
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"advert/{row.id}")


def tell_bid(unit: UnitOfWork, row: Bid) -> None:
    """A bid was placed or taken back."""
    state = BidState.model_validate(
        {
            "bid_id": row.id,
            "advert_id": row.advert_id,
            "application_id": row.application_id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "channel": row.channel,
            "state": row.state,
            "placed_at": row.placed_at,
            "changed_at": row.changed_at,
        }
    )
    type_ = "housing.bid.placed" if row.state == "placed" else "housing.bid.withdrawn"
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"bid/{row.id}", [row.person_id])


def tell_shortlist(unit: UnitOfWork, row: Shortlist) -> None:
    """A list was frozen, or its ties were drawn."""
    state = ShortlistState(
        advert_id=row.advert_id,
        digest=row.hash,
        bidders=row.bidders,
        tied=row.tied,
        draw=row.draw["commitment"] if row.draw else None,
        drawn=row.drawn,
        frozen_at=row.frozen_at,
        changed_at=row.changed_at,
    )
    type_ = "housing.shortlist.frozen" if row.version == 1 else "housing.shortlist.drawn"
    unit.emit(type_, state, aggregate_id=row.advert_id, sequence=row.version)


def tell_offer(unit: UnitOfWork, row: Offer, type_: str) -> None:
    """An offer came to a new version. `type_`: which of `housing.offer.*` it is."""
    row.version, row.changed_at = row.version + 1, clock.business_now()
    state = OfferState.model_validate(
        {
            "offer_id": row.id,
            "advert_id": row.advert_id,
            "home_id": row.home_id,
            "application_id": row.application_id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "kind": row.kind,
            "state": row.state,
            "final": row.final,
            "auto_bid": row.auto_bid,
            "suitable": row.suitable,
            "counts": row.counts,
            "refused_because": row.refused_because,
            "answer_by": row.answer_by,
            "made_at": row.made_at,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"offer/{row.id}", [row.person_id])


def tell_letting(unit: UnitOfWork, row: Letting) -> None:
    """A tenancy began or ended."""
    state = LettingState.model_validate(
        {
            "letting_id": row.id,
            "home_id": row.home_id,
            "offer_id": row.offer_id,
            "application_id": row.application_id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "tenant_person_ids": tuple(row.person_ids),
            "kind": row.kind,
            "tenancy": row.tenancy,
            "rent": row.rent,
            "weekly_rent_pence": row.weekly_rent_pence,
            "state": row.state,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "changed_at": row.changed_at,
        }
    )
    type_ = "housing.letting.started" if row.state == "started" else "housing.letting.ended"
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"letting/{row.id}", {row.person_id, *row.person_ids})
