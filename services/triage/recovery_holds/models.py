"""The table of recovery holds."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class RecoveryHold(Base):
    """One creditor asked to wait."""

    __tablename__ = "recovery_hold"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    household_id: Mapped[UUID] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    creditor: Mapped[str] = mapped_column(Text)
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("outreach_offer.id"))
    state: Mapped[str] = mapped_column(Text, comment="requested | granted | refused | unanswered")
    until: Mapped[date | None] = mapped_column(comment="the last day of a hold granted")
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    reason: Mapped[str | None] = mapped_column(Text)
    requested_by: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="no answer by then goes to a manager")
    answered_by: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(
            "uq_recovery_hold_waiting",
            "person_id",
            "creditor",
            "blind_by",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state in ('requested', 'unanswered')"),
        ),
        Index("ix_recovery_hold_state", "state", "requested_at", "id"),
        Index("ix_recovery_hold_offer_id", "offer_id"),
        {"comment": "Creditors asked to hold recovery"},
    )
