"""What is kept of a return: that it was made, by whom, and the digest of what went out. The file itself is not kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class HclicReturn(Base):
    """A return of one quarter as it was handed over."""

    __tablename__ = "hclic_return"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    quarter: Mapped[str] = mapped_column(Text, comment="2026-Q4: October to December 2026")
    codes: Mapped[str] = mapped_column(Text, comment="the version of the code lists it was made with")
    cases: Mapped[int] = mapped_column(Integer)
    errors: Mapped[int] = mapped_column(Integer)
    warnings: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(Text, comment="of the file of cases")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_hclic_return_quarter", "quarter", "made_at", "id"),
        {"comment": "Homelessness returns that were handed over"},
    )
