"""The tables of personalised housing plans."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class HousingPlan(Base):
    """The plan of a case; kept under review until no duty is owed (s189A(9))."""

    __tablename__ = "housing_plan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_case.id"))
    made_on: Mapped[date] = mapped_column()
    made_by: Mapped[str] = mapped_column(Text)
    agreed_on: Mapped[date | None] = mapped_column(comment="s189A(4): they agreed to the steps")
    not_agreed_on: Mapped[date | None] = mapped_column()
    not_agreed_why: Mapped[str | None] = mapped_column(Text, comment="s189A(6)(a): why there is no agreement")
    given_on: Mapped[date | None] = mapped_column(comment="s189A(8): a copy in writing")
    review_on: Mapped[date] = mapped_column()
    reviewed_on: Mapped[date | None] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_housing_plan_case_id", "case_id", unique=True),
        Index("ix_housing_plan_review_on", "review_on"),
        {"comment": "Personalised housing plans"},
    )


class HousingPlanStep(Base):
    """Who does what by when."""

    __tablename__ = "housing_plan_step"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("housing_plan.id"))
    number: Mapped[int] = mapped_column(Integer)
    whose: Mapped[str] = mapped_column(Text, comment="ours | theirs | partners")
    weight: Mapped[str | None] = mapped_column(Text, comment="of theirs: mandatory | recommended")
    words: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column()
    state: Mapped[str] = mapped_column(Text, comment="open | done | not_done | dropped")
    settled_on: Mapped[date | None] = mapped_column()
    settled_words: Mapped[str | None] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_housing_plan_step_plan_id", "plan_id", "number"),
        Index("ix_housing_plan_step_due_on", "due_on"),
        {"comment": "Steps of personalised housing plans"},
    )
