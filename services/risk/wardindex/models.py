"""Tables of the ward index: frameworks, areas, values, editions. About places, never about people."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.tables import Base


class IndexFramework(Base):
    """One version of what is measured and how it comes together. Never changed."""

    __tablename__ = "index_framework"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    weights: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="learned at its first edition, and kept: later years are weighed alike"
    )

    __table_args__ = ({"comment": "Versions of the ward index's framework"},)


class IndexArea(Base):
    """A ward or another borough, and its tile on the map."""

    __tablename__ = "index_area"

    code: Mapped[str] = mapped_column(Text, primary_key=True, comment="GSS code")
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="ward or borough")
    tile_column: Mapped[int | None] = mapped_column(SmallInteger)
    tile_row: Mapped[int | None] = mapped_column(SmallInteger)

    __table_args__ = (
        CheckConstraint("kind in ('ward', 'borough')", name="kind"),
        CheckConstraint("(tile_column is null) = (tile_row is null)", name="tile"),
        Index("uq_index_area_tile", "kind", "tile_column", "tile_row", unique=True),
        {"comment": "Areas of the ward index, with their tiles"},
    )


class IndexValue(Base):
    """What a source says of an indicator in one area and year. A later word takes the place of an earlier one."""

    __tablename__ = "index_value"

    indicator: Mapped[str] = mapped_column(Text, primary_key=True)
    area: Mapped[str] = mapped_column(ForeignKey("index_area.code"), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[float] = mapped_column(Double)
    source: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    dated: Mapped[date] = mapped_column(Date, comment="the day the source speaks of, or was published")
    given_by: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Values of indicators by area and year"},)


class IndexEdition(Base):
    """The index of one year under one framework: worked out, looked at, published, never changed after."""

    __tablename__ = "index_edition"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[int] = mapped_column(SmallInteger)
    framework: Mapped[int] = mapped_column(Integer, ForeignKey("index_framework.number"))
    state: Mapped[str] = mapped_column(Text, comment="draft, published or replaced")
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="every figure, with what is missing")
    sha256: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    published_by: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("state in ('draft', 'published', 'replaced')", name="state"),
        Index(
            "uq_index_edition_published",
            "year",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
        Index("ix_index_edition_year", "year", "id"),
        {"comment": "Editions of the ward index"},
    )
