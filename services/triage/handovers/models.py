"""The table of handovers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.handovers import domain
from services.triage.tables import Base


class Handover(Base):
    """One offer to take a contact over. The contact itself says who holds it."""

    __tablename__ = "handover"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    from_worker: Mapped[str] = mapped_column(Text, comment="who holds it until it is accepted")
    offered_by: Mapped[str] = mapped_column(Text)
    to_worker: Mapped[str | None] = mapped_column(Text, comment="to somebody, or to whoever of to_team accepts first")
    to_team: Mapped[str | None] = mapped_column(Text)
    resident: Mapped[str] = mapped_column(Text, comment="present | told")
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="offered | accepted | declined | withdrawn | lapsed")
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    accepted_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_reason: Mapped[str | None] = mapped_column(Text)
    retold: Mapped[bool | None] = mapped_column(Boolean, comment="they had to tell it again")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # At most one offer stands for a contact: two who offer at once, one did.
        Index("uq_handover_offered", "contact_id", unique=True, postgresql_where=text("state = 'offered'")),
        Index("ix_handover_state", "state", "offered_at", "id"),
        Index("ix_handover_household_id", "household_id", "state"),
        Index("ix_handover_ended_at", "ended_at", postgresql_where=text("state = 'accepted'")),
        {"comment": "Warm handovers: the sender holds until somebody accepts by name"},
    )

    def as_rules_see_it(self) -> domain.Handover:
        """The part that the rules read and change."""
        return domain.Handover(
            self.from_worker, self.to_worker, self.to_team, domain.State(self.state), self.accepted_by
        )
