"""The table of steps up and down."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class CaseStep(Base):
    """A step up to a statutory team, or down from one: offered, and done once somebody accepts it by name."""

    __tablename__ = "case_step"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    episode: Mapped[int] = mapped_column(Integer)
    direction: Mapped[str] = mapped_column(Text, comment="up | down")
    layer: Mapped[str] = mapped_column(Text, comment="where it goes")
    statutory_service: Mapped[str] = mapped_column(Text, comment="to which, or from which")
    specialism: Mapped[str | None] = mapped_column(Text, comment="of targeted support, on the way down")
    from_worker: Mapped[str] = mapped_column(Text, comment="who holds it until it is accepted")
    offered_by: Mapped[str] = mapped_column(Text)
    to_worker: Mapped[str | None] = mapped_column(Text, comment="to somebody, or to whoever of to_team accepts first")
    to_team: Mapped[str | None] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    resident: Mapped[str] = mapped_column(Text, comment="present | told | not_told")
    not_told_because: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="offered | accepted | declined | withdrawn | lapsed")
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_case_step_offered", "case_id", unique=True, postgresql_where=text("state = 'offered'")),
        Index("ix_case_step_case_id", "case_id", "offered_at"),
        Index("ix_case_step_state", "state", "offered_at", "id"),
        {"comment": "Steps up to statutory teams and down from them, accepted by name"},
    )
