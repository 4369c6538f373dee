"""The tables of benefit checks and of claims."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.money.benefits import domain
from services.casefile.tables import Base


class BenefitCheck(Base):
    """One check, as it was worked out: never changed. A new day, or new facts, are a new check."""

    __tablename__ = "benefit_check"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    counts_for: Mapped[date] = mapped_column(comment="the day whose tables it counts with")
    circumstances: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="ages, days and amounts; no names")
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="estimates with their steps and sources")
    month_pence: Mapped[int] = mapped_column(BigInteger, comment="of what could be estimated")
    complete: Mapped[bool] = mapped_column(Boolean)
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_benefit_check_person_id", "person_id", "id"),
        {"comment": "Benefit checks: estimates, each with every step"},
    )


class BenefitClaim(Base):
    """A claim started with somebody, and what came of it."""

    __tablename__ = "benefit_claim"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    check_id: Mapped[UUID | None] = mapped_column(ForeignKey("benefit_check.id"), comment="what made us look")
    benefit: Mapped[str] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    state: Mapped[domain.State] = mapped_column(Text, comment="started | confirmed | refused | withdrawn")
    started_on: Mapped[date] = mapped_column()
    decided_on: Mapped[date | None] = mapped_column()
    gain_pence: Mapped[int | None] = mapped_column(BigInteger, comment="more than before, so often")
    every: Mapped[str | None] = mapped_column(Text)
    year_gain_pence: Mapped[int | None] = mapped_column(BigInteger)
    once_pence: Mapped[int | None] = mapped_column(BigInteger, comment="arrears and lump sums")
    evidence: Mapped[domain.Evidence | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    started_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_benefit_claim_person_id", "person_id", "id"),
        {"comment": "Claims for benefits, and gains confirmed"},
    )
