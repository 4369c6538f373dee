"""The dated tables that a council loads over those that come with the program."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class RentTable(Base):
    """A dated table that a council loaded over those that come with the program."""

    __tablename__ = "rent_table"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    area: Mapped[str] = mapped_column(Text, primary_key=True)
    effective_from: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    effective_until: Mapped[date | None] = mapped_column(comment="its last day; null: until the next")
    source: Mapped[str] = mapped_column(Text)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="pence, by size")
    loaded_by: Mapped[str] = mapped_column(Text)
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Dated tables of rents: caps, benchmarks, LHA"},)
