"""The table of notices to recipients. It holds nothing about whom: a request's id and references that say nothing."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class DisclosureNotice(Base):
    """One recipient was told, or could not be, that what we disclosed to them changed. Written once."""

    __tablename__ = "disclosure_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    request_id: Mapped[UUID] = mapped_column(comment="casefile's request about rights; whose it is stands there")
    organisation_id: Mapped[UUID] = mapped_column(comment="the recipient; it may be unknown by now")
    what: Mapped[str] = mapped_column(Text, comment="rectification | restriction | erasure")
    references: Mapped[list[str]] = mapped_column(
        ARRAY(Text), comment="of referrals and letters, as the recipient knows"
    )
    disclosures: Mapped[int] = mapped_column(Integer, comment="how often something was disclosed to them")
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    told: Mapped[str] = mapped_column(Text, comment="system | mailbox | impossible")
    because: Mapped[str | None] = mapped_column(Text, comment="why it was not possible")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = (
        Index("uq_disclosure_notice_request_id", "request_id", "organisation_id", unique=True),
        {"comment": "Recipients told that what was disclosed to them was put right, restricted or erased"},
    )
