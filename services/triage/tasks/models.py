"""The table of everyday tasks."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base
from services.triage.tasks import domain


class EverydayTask(Base):
    """One task of a contact."""

    __tablename__ = "everyday_task"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    need_id: Mapped[UUID | None] = mapped_column()
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    kind: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text, comment="the team that does it")
    reference: Mapped[str | None] = mapped_column(Text, comment="the owning team's")
    state: Mapped[str] = mapped_column(Text, comment="booked | to_chase | done | not_done")
    chase_on: Mapped[date | None] = mapped_column()
    chased: Mapped[int] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(Text)
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    held_by: Mapped[str] = mapped_column(Text, comment="who chases")
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_everyday_task_state", "state", "opened_at", "id"),
        Index("ix_everyday_task_contact_id", "contact_id"),
        {"comment": "A bill, a claim, a repair: done together or booked, and chased"},
    )

    def as_rules_see_it(self) -> domain.Task:
        """The part that the rules read and change."""
        return domain.Task(domain.State(self.state), self.reference, self.chase_on, self.chased)
