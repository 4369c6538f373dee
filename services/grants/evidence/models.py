"""The tables of evidence: figures by ward, and packs as they were given out."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base


class EvidenceFigure(Base):
    """One figure of one ward, as its source gave it. Only packs leave this service, with small groups hidden."""

    __tablename__ = "evidence_figure"

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    measure: Mapped[str] = mapped_column(Text, primary_key=True)
    period: Mapped[str] = mapped_column(Text, primary_key=True, comment="a year or a month that is over")
    ward: Mapped[str] = mapped_column(Text, primary_key=True, comment="GSS code")
    title: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text, comment="people | per_cent | index")
    value: Mapped[Decimal | None] = mapped_column(Numeric(14, 4), comment="null: hidden by its source")
    people: Mapped[int | None] = mapped_column(BigInteger, comment="of a share: of how many")
    given_by: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Figures by ward for evidence packs; counts, nobody's record"},)


class EvidencePack(Base):
    """What a panel was given to read, as it was given: it never changes."""

    __tablename__ = "evidence_pack"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("resident_panel.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = (
        Index("ix_evidence_pack_panel_id", "panel_id", "made_at", "id"),
        {"comment": "Evidence packs of panels, as they were given out"},
    )
