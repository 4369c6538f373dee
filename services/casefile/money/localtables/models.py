"""Tables that somebody loads, each with its day and its source."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class LocalTable(Base):
    """One table from one day on. An area is a broad rental market area, a council, or the SFS."""

    __tablename__ = "money_table"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    area: Mapped[str] = mapped_column(Text, primary_key=True)
    effective_from: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    effective_until: Mapped[date | None] = mapped_column(comment="its last day; null: until the next")
    source: Mapped[str] = mapped_column(Text)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    loaded_by: Mapped[str] = mapped_column(Text)
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Dated tables: LHA, council tax reduction of one's own, spending guidelines"},)
