"""The tables of lettings: adverts, bids, shortlists, offers, tenancies. Homes and applications are named by id."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Integer, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base

_MERGED = "casefile's id, never changed by a merge"
_LIVE = text("state in ('made', 'accepted')")


class LettingQuota(Base):
    """A share of homes that goes to a group first, by the allocation scheme, from a day on."""

    __tablename__ = "letting_quota"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    groups: Mapped[list[str]] = mapped_column(ARRAY(Text))
    percent: Mapped[int] = mapped_column(SmallInteger, comment="of the lettings of a financial year")
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column(comment="the last day")
    source: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Shares of homes for groups, by the allocation scheme"},)


class Advert(Base):
    """One home, offered to whoever may bid by its rules."""

    __tablename__ = "advert"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(start=1001), unique=True, comment="to bid by voice")
    version: Mapped[int] = mapped_column(BigInteger)
    home_id: Mapped[UUID] = mapped_column()
    state: Mapped[str] = mapped_column(Text, comment="open | closed | shortlisted | let | withdrawn")
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="published with it, never changed")
    shown: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the home as it is shown")
    rent: Mapped[str | None] = mapped_column(Text, comment="the rent's kind")
    sensitive: Mapped[bool] = mapped_column(comment="results name neither home nor grounds")
    seed_source: Mapped[str] = mapped_column(Text, comment="of a draw, named before anybody bids")
    seed_from: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    opens_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closes_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    opened_by: Mapped[str] = mapped_column(Text)
    ended_reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(
            "uq_advert_home_id",
            "home_id",
            unique=True,
            postgresql_where=text("state in ('open', 'closed', 'shortlisted')"),
        ),
        Index("ix_advert_state", "state", "closes_at", "id"),
        {"comment": "Homes advertised"},
    )


class Bid(Base):
    """A household's bid. The token goes into the public draw; the receipt is for the household alone."""

    __tablename__ = "bid"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    advert_id: Mapped[UUID] = mapped_column(ForeignKey("advert.id"))
    application_id: Mapped[UUID] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(comment=_MERGED)
    household_id: Mapped[UUID | None] = mapped_column()
    channel: Mapped[str] = mapped_column(Text, comment="web | phone | text | in_person | paper | auto")
    state: Mapped[str] = mapped_column(Text, comment="placed | withdrawn")
    token: Mapped[str] = mapped_column(Text, unique=True)
    receipt: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    placed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_bid_advert_id_application_id", "advert_id", "application_id", unique=True),
        Index("ix_bid_application_id", "application_id", "placed_at", "id"),
        {"comment": "Bids for homes"},
    )


class AutoBid(Base):
    """Bids are placed for a household that cannot: agreed with them, by a named officer."""

    __tablename__ = "auto_bid"

    application_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(comment=_MERGED)
    household_id: Mapped[UUID | None] = mapped_column()
    wards: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="GSS codes; none: anywhere")
    top_floor: Mapped[int | None] = mapped_column(Integer, comment="not above it without a lift")
    why: Mapped[str] = mapped_column(Text)
    agreed_on: Mapped[date] = mapped_column()
    set_by: Mapped[str] = mapped_column(Text)
    ended_on: Mapped[date | None] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Households for whom bids are placed"},)


class Shortlist(Base):
    """The frozen list of one advert as it was published, and the draw of its ties."""

    __tablename__ = "shortlist"

    advert_id: Mapped[UUID] = mapped_column(ForeignKey("advert.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Text)
    published: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="digests in order: of nobody")
    draw: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="the public record (kit.lottery)")
    drawn: Mapped[bool] = mapped_column(comment="no tie is left")
    bidders: Mapped[int] = mapped_column(Integer)
    tied: Mapped[int] = mapped_column(Integer)
    left_out: Mapped[int] = mapped_column(Integer)
    frozen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Frozen shortlists with their hashes and draws"},)


class ShortlistLine(Base):
    """Where one bid stood when bidding closed, and what came of it.

    No foreign keys: a list is written whole, by one COPY, from the bids read in the same transaction; checking three
    hundred lines one at a time, twice, cost a quarter of the freezing (measured). One index alone, with the advert
    first: the lines of a list lie together in it, and the places that a draw settles touch none.
    """

    __tablename__ = "shortlist_line"

    advert_id: Mapped[UUID] = mapped_column(primary_key=True)
    bid_id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(comment=_MERGED)
    household_id: Mapped[UUID | None] = mapped_column()
    token: Mapped[str] = mapped_column(Text)
    first: Mapped[int | None] = mapped_column(Integer, comment="of those they are tied with; null: left out")
    last: Mapped[int | None] = mapped_column(Integer)
    place: Mapped[int | None] = mapped_column(Integer, comment="final; null until drawn")
    band: Mapped[str] = mapped_column(Text)
    band_rank: Mapped[int] = mapped_column(Integer)
    priority_date: Mapped[date] = mapped_column()
    comes_first_by: Mapped[list[str]] = mapped_column(ARRAY(Text))
    outcome: Mapped[str] = mapped_column(Text, comment="waiting | offered | refused | passed | let | left_out")
    refusals: Mapped[list[Any]] = mapped_column(JSONB, comment="rules they did not meet, in words")
    passed_because: Mapped[str | None] = mapped_column(Text)
    passed_words: Mapped[str | None] = mapped_column(Text)
    passed_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = ({"comment": "Places on shortlists"},)


class Offer(Base):
    """A home offered to a household."""

    __tablename__ = "offer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    advert_id: Mapped[UUID | None] = mapped_column(ForeignKey("advert.id"))
    bid_id: Mapped[UUID | None] = mapped_column(ForeignKey("bid.id"))
    home_id: Mapped[UUID] = mapped_column()
    application_id: Mapped[UUID] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(comment=_MERGED)
    household_id: Mapped[UUID | None] = mapped_column()
    kind: Mapped[str] = mapped_column(Text, comment="choice | direct | right_to_return")
    why_direct: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str | None] = mapped_column(Text, comment="why this home for them, past the list")
    sensitive: Mapped[bool] = mapped_column()
    state: Mapped[str] = mapped_column(Text, comment="made | accepted | refused | withdrawn | let")
    final: Mapped[bool] = mapped_column(comment="HA 1996 s193(7)")
    auto_bid: Mapped[bool] = mapped_column()
    suitable: Mapped[bool | None] = mapped_column()
    checked_with_household: Mapped[bool] = mapped_column()
    checked_by: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    checked_words: Mapped[str | None] = mapped_column(Text)
    refused_because: Mapped[str | None] = mapped_column(Text)
    answer_words: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer_by: Mapped[date] = mapped_column()
    counts: Mapped[bool] = mapped_column(comment="a named officer counts the refusal")
    counted_by: Mapped[str | None] = mapped_column(Text)
    counted_words: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # One live offer for a home and one for a household: of two officers at once, one made it.
        Index("uq_offer_live_home", "home_id", unique=True, postgresql_where=_LIVE),
        Index("uq_offer_live_application", "application_id", unique=True, postgresql_where=_LIVE),
        Index("uq_offer_live_household", "household_id", unique=True, postgresql_where=_LIVE),
        Index("ix_offer_state", "state", "made_at", "id"),
        Index("ix_offer_advert_id", "advert_id"),
        {"comment": "Homes offered to households"},
    )


class OfferStep(Base):
    """One change of an offer: who, when, why. Nothing is taken out."""

    __tablename__ = "offer_step"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"))
    was: Mapped[str | None] = mapped_column(Text)
    became: Mapped[str] = mapped_column(Text)
    why: Mapped[str | None] = mapped_column(Text)
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("ix_offer_step_offer_id", "offer_id", "done_at"), {"comment": "What became of offers"})


class Letting(Base):
    """A tenancy of a home. No home has two at once, whoever writes them."""

    __tablename__ = "letting"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offer.id"), unique=True)
    advert_id: Mapped[UUID | None] = mapped_column(ForeignKey("advert.id"))
    home_id: Mapped[UUID] = mapped_column()
    application_id: Mapped[UUID] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(comment=_MERGED)
    household_id: Mapped[UUID | None] = mapped_column()
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="who signs")
    kind: Mapped[str] = mapped_column(Text, comment="choice | direct | right_to_return")
    sensitive: Mapped[bool] = mapped_column()
    quota: Mapped[str | None] = mapped_column(Text)
    tenancy: Mapped[str] = mapped_column(Text)
    rent: Mapped[str | None] = mapped_column(Text)
    weekly_rent_pence: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, comment="started | ended | fell_through")
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column(comment="the last day")
    end_reason: Mapped[str | None] = mapped_column(Text)
    started_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ExcludeConstraint(
            ("home_id", "="),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="ex_letting_home",
            where=text("state <> 'fell_through'"),
        ),
        Index("ix_letting_starts_on", "starts_on", "id"),
        Index("ix_letting_household_id", "household_id"),
        {"comment": "Tenancies: a home has one at a time"},
    )
