"""What a load brings, and what of it was left out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class Load(Base):
    """One file that was taken, and how far it is."""

    __tablename__ = "load"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the job's id as well")
    kind: Mapped[str] = mapped_column(Text, comment="homes | applications")
    state: Mapped[str] = mapped_column(Text, comment="waiting | done")
    rows: Mapped[int] = mapped_column(Integer)
    created: Mapped[int] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(Integer)
    unchanged: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    loaded_by: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_load_kind", "kind", "received_at", "id"),
        {"comment": "Files of homes or applications that were loaded"},
    )


class LoadRow(Base):
    """One row as it came; gone once it is worked off."""

    __tablename__ = "load_row"

    load_id: Mapped[UUID] = mapped_column(ForeignKey("load.id"), primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = ({"comment": "Rows of a load waiting to be worked off"},)


class LoadRefusal(Base):
    """Why a row was left out: its line, the field and the rule, never the value."""

    __tablename__ = "load_refusal"

    load_id: Mapped[UUID] = mapped_column(ForeignKey("load.id"), primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, comment="a row may break several rules")
    field: Mapped[str] = mapped_column(Text, comment="JSON pointer: /bedrooms")
    rule: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Rows a load left out, and why"},)
