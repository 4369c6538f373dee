"""The table of support plans."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.money.support import domain
from services.casefile.tables import Base


class SupportPlan(Base):
    """A support plan for rent or council tax arrears."""

    __tablename__ = "support_plan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    about: Mapped[domain.About] = mapped_column(Text, comment="rent | council_tax | rent_and_council_tax")
    debt_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{what, whose, due_on, done_on}]")
    review_on: Mapped[date] = mapped_column()
    state: Mapped[domain.State] = mapped_column(Text, comment="active | completed | ended")
    end_reason: Mapped[str | None] = mapped_column(Text)
    prevented: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="an eviction prevented: {on, threat, how, evidence, threatened_on}"
    )
    made_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_support_plan_person_id", "person_id", "id"),
        Index("ix_support_plan_review_on", "review_on", "id", postgresql_where=text("state = 'active'")),
        {"comment": "Support plans for rent and council tax arrears; evictions prevented"},
    )
