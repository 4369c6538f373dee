"""The table of debts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.money.debts import domain
from services.casefile.tables import Base


class Debt(Base):
    """One debt of one person. Whom else it is a debt of stands nowhere: a partner's file is the partner's."""

    __tablename__ = "debt"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    kind: Mapped[str] = mapped_column(Text, comment="council_tax | rent_private | ..., see kinds.py")
    creditor: Mapped[str | None] = mapped_column(Text, comment="as they call it; stays here")
    reference: Mapped[str | None] = mapped_column(Text)
    joint: Mapped[bool] = mapped_column(Boolean, comment="somebody else owes it too; whom is not said")
    disputed: Mapped[bool] = mapped_column(Boolean)
    owed_pence: Mapped[int] = mapped_column(BigInteger)
    priority: Mapped[bool] = mapped_column(Boolean)
    priority_reason: Mapped[str | None] = mapped_column(Text, comment="why otherwise than by its kind")
    stage: Mapped[str] = mapped_column(Text, comment="missed_instalment | arrears | ..., by its kind")
    stage_on: Mapped[date] = mapped_column()
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{stage, on}], the way so far")
    state: Mapped[domain.State] = mapped_column(
        Text, comment="owed | arranged | settled | written_off | in_insolvency | not_theirs"
    )
    state_reason: Mapped[str | None] = mapped_column(Text)
    instalment_pence: Mapped[int | None] = mapped_column(BigInteger, comment="of the arrangement that stands")
    every: Mapped[str | None] = mapped_column(Text)
    first_due_on: Mapped[date | None] = mapped_column()
    recorded_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_debt_person_id", "person_id", "id"),
        CheckConstraint("owed_pence >= 0", name="not_below_nothing"),
        {"comment": "Debts"},
    )

    def as_rules_see_it(self) -> domain.Debt:
        """The part that the rules read and change."""
        return domain.Debt(self.kind, self.owed_pence, self.stage, self.priority, self.state)
