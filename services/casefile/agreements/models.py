"""Tables of agreements and of the board's decisions on them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Agreement(Base):
    """Who may share which datasets with whom, for what, under which power, from when to when."""

    __tablename__ = "agreement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    parties: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{organisation, role, contact}]")
    arrangement: Mapped[str | None] = mapped_column(Text, comment="joint controllers: who answers for what")
    datasets: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="codes of risk's register of sources")
    fields: Mapped[str | None] = mapped_column(Text, comment="which fields of them, in words")
    gateway: Mapped[str] = mapped_column(Text, comment="the legal power")
    purposes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    security: Mapped[str] = mapped_column(Text)
    single_contact: Mapped[str] = mapped_column(Text)
    dpia: Mapped[str | None] = mapped_column(Text, comment="reference of the impact assessment")
    dpia_on: Mapped[date | None] = mapped_column(Date)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date, comment="the first day it no longer stands")
    review_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Text, comment="draft | in_force | suspended | ended")
    kept_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Sharing agreements"},)


class BoardDecision(Base):
    """What the board decided on an agreement, seat by seat. Never changed."""

    __tablename__ = "board_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    question: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date] = mapped_column(Date)
    votes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{member, seat, vote}]")
    carried: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_board_decision_agreement_id", "agreement_id", "held_on", "id"),
        {"comment": "The board's decisions on agreements"},
    )
