"""Codes with which households bid themselves, and the passes of those who are at it. Digests alone."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class BiddingCode(Base):
    """The one code of an application: a new one ends the one before."""

    __tablename__ = "bidding_code"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("register_application.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    mark: Mapped[bytes] = mapped_column(LargeBinary, unique=True, comment="of the bidding number and the code")
    issued_by: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until: Mapped[date] = mapped_column(comment="the last day")

    __table_args__ = ({"comment": "Codes with which households bid themselves, as digests"},)


class BiddingPass(Base):
    """What a code opened, for an hour."""

    __tablename__ = "bidding_pass"

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("register_application.id"))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="by the clock on the wall")

    __table_args__ = (
        Index("ix_bidding_pass_application_id", "application_id"),
        Index("ix_bidding_pass_until", "until"),
        {"comment": "Who is at bidding for themselves now, as digests"},
    )
