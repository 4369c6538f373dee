"""The tables of rents: what is paid for a home, and how it was worked out."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.rents.products import Product
from services.housing.rents.reviews import Standing, Tenancy
from services.housing.tables import Base


class Rent(Base):
    """The rent of one household for one home: proposed from its evidence, set by a named officer, reviewed."""

    __tablename__ = "rent"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    home_id: Mapped[UUID] = mapped_column()
    letting_id: Mapped[UUID | None] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    tenancy: Mapped[str] = mapped_column(Text, comment="secure | assured_low_cost | assured_market_linked | fixed_term")
    state: Mapped[str] = mapped_column(Text, comment="proposed | set | ended")
    assessed_on: Mapped[date] = mapped_column()
    household: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what the sums asked of it")
    evidence: Mapped[list[Any]] = mapped_column(JSONB, comment="papers: kind, period, amounts in pence, day")
    evidenced: Mapped[bool] = mapped_column()
    gross_month_pence: Mapped[int] = mapped_column(BigInteger)
    net_month_pence: Mapped[int] = mapped_column(BigInteger)
    proposed: Mapped[str | None] = mapped_column(Text, comment="the product; null: none")
    proposal: Mapped[str] = mapped_column(Text, comment="why, in words")
    verdicts: Mapped[list[Any]] = mapped_column(JSONB, comment="every product that was tried, step by step")
    unsure: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="tables that nobody has read in their source")
    product: Mapped[str | None] = mapped_column(Text, comment="null until it is set, like all below")
    rent_week_pence: Mapped[int | None] = mapped_column(Integer)
    service_week_pence: Mapped[int | None] = mapped_column(Integer)
    market_week_pence: Mapped[int | None] = mapped_column(Integer)
    effective_from: Mapped[date | None] = mapped_column()
    risen_on: Mapped[date | None] = mapped_column(comment="the last rise; the start counts as one")
    review_on: Mapped[date | None] = mapped_column()
    set_by: Mapped[str | None] = mapped_column(Text)
    set_words: Mapped[str | None] = mapped_column(Text, comment="why not as proposed")
    ended_on: Mapped[date | None] = mapped_column()
    assessed_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # A home has one rent at a time: of two officers at once, one set it.
        Index("uq_rent_home_set", "home_id", unique=True, postgresql_where=text("state = 'set'")),
        Index("ix_rent_person_id", "person_id"),
        Index("ix_rent_home_id", "home_id"),
        Index("ix_rent_made_at", "made_at", "id"),
        CheckConstraint("(state = 'proposed') = (product is null)", name="set_has_a_product"),
        {"comment": "Your rent and how it was worked out"},
    )

    @property
    def standing(self) -> Standing:
        """The rent as the rules of reviews read it. Only of one that was set."""
        if self.product is None or self.effective_from is None:
            raise ValueError("this rent was not set yet")
        return Standing(
            Product(self.product),
            self.rent_week_pence or 0,
            self.service_week_pence or 0,
            Tenancy(self.tenancy),
            self.effective_from,
            self.risen_on or self.effective_from,
        )


class RentPeriod(Base):
    """One rent from one day on: nothing that was charged is ever overwritten."""

    __tablename__ = "rent_period"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    rent_id: Mapped[UUID] = mapped_column(ForeignKey("rent.id"))
    effective_from: Mapped[date] = mapped_column()
    change: Mapped[str] = mapped_column(Text, comment="set | lowered | raised | yearly")
    product: Mapped[str] = mapped_column(Text)
    rent_week_pence: Mapped[int] = mapped_column(Integer)
    service_week_pence: Mapped[int] = mapped_column(Integer)
    notice_on: Mapped[date | None] = mapped_column()
    rule: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_rent_period_rent_id", "rent_id", "set_at", "id"),
        {"comment": "What your rent was, from which day"},
    )
