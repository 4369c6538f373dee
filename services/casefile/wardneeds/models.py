"""The table of published counts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class WardNeeds(Base):
    """The counts of one month, as they were published: they never change."""

    __tablename__ = "ward_needs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(Text, unique=True, comment="YYYY-MM in which they were published")
    since: Mapped[date] = mapped_column(comment="first day counted")
    until: Mapped[date] = mapped_column(comment="last day counted")
    wards: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="{ward: {measure: households, null hidden}}")
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = ({"comment": "Households with a need by ward, as published: nobody's record"},)
