"""Tables of warnings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class MeetingWarning(Base):
    """A warning about meeting somebody: what happened, when, who decided it stands, and whether they were told."""

    __tablename__ = "warning"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Text, comment="services.casefile.warnings.domain.Kind")
    incident_on: Mapped[date] = mapped_column(Date)
    incident: Mapped[str] = mapped_column(Text, comment="what happened, as fact")
    guidance: Mapped[str] = mapped_column(Text, comment="how to meet them safely")
    state: Mapped[str] = mapped_column(Text, comment="proposed | standing | refused | removed")
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    review_on: Mapped[date | None] = mapped_column(Date)
    told: Mapped[bool | None] = mapped_column(Boolean, comment="null: nobody has said yet")
    told_on: Mapped[date | None] = mapped_column(Date)
    told_by: Mapped[str | None] = mapped_column(Text)
    not_told_because: Mapped[str | None] = mapped_column(Text)
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_warning_person_id", "person_id", "state"),
        Index("ix_warning_review_on", "review_on", "id", postgresql_where=text("state = 'standing'")),
        Index("ix_warning_state", "state", "proposed_at", "id"),
        {"comment": "Warnings: dated incident, senior decision, told or why not, review, removal"},
    )


class WarningRemark(Base):
    """One thing said about a warning: proposed, decided, told, reviewed, removed. Never changed, never removed."""

    __tablename__ = "warning_remark"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    warning_id: Mapped[UUID] = mapped_column(ForeignKey("warning.id"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(Text)
    act: Mapped[str] = mapped_column(Text, comment="proposed | confirmed | refused | told | not_told | kept | removed")
    words: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("uq_warning_remark_number", "warning_id", "number", unique=True),
        {"comment": "What was said about warnings: it stays"},
    )
