"""What an import brings, whom each row became, and what was refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class ImportRow(Base):
    """One row as it came; gone once it is worked off."""

    __tablename__ = "import_row"

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = ({"comment": "Rows of an import waiting to be worked off"},)


class ImportRefusal(Base):
    """Why a row was left out: its line, the field and the rule, never the value."""

    __tablename__ = "import_refusal"

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    field: Mapped[str] = mapped_column(Text)
    rule: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Rows an import left out, and why"},)


class PersonSource(Base):
    """Which person a source's reference is: what makes loading twice change nothing."""

    __tablename__ = "person_source"

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of the row as it came")
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (Index("ix_person_source_person_id", "person_id"), {"comment": "Sources of people"})


class HouseholdSource(Base):
    """Which household a source's reference is."""

    __tablename__ = "household_source"

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))

    __table_args__ = (
        Index("ix_household_source_household_id", "household_id"),
        {"comment": "Sources of households"},
    )
