"""The table of offers and arrangements."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.money.arrangements import domain
from services.casefile.tables import Base


class Arrangement(Base):
    """One offer for one debt; accepted, it is the arrangement."""

    __tablename__ = "debt_arrangement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    debt_id: Mapped[UUID] = mapped_column(ForeignKey("debt.id"))
    statement_id: Mapped[UUID | None] = mapped_column(ForeignKey("money_statement.id"), comment="what it rests on")
    kind: Mapped[domain.Kind] = mapped_column(
        Text, comment="pro_rata | token | priority | full_and_final | hold | write_off"
    )
    amount_pence: Mapped[int] = mapped_column(BigInteger)
    every: Mapped[str | None] = mapped_column(Text, comment="null: once, or nothing is paid")
    words: Mapped[str] = mapped_column(Text, comment="how it was worked out")
    state: Mapped[domain.State] = mapped_column(
        Text, comment="drafted | offered | accepted | refused | withdrawn | broken | completed"
    )
    moved_on: Mapped[date] = mapped_column(comment="when it came to its state")
    first_due_on: Mapped[date | None] = mapped_column()
    reason: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_debt_arrangement_person_id", "person_id", "id"),
        Index("uq_debt_arrangement_accepted", "debt_id", unique=True, postgresql_where=text("state = 'accepted'")),
        CheckConstraint("amount_pence >= 0", name="not_below_nothing"),
        {"comment": "Offers to creditors, and the arrangements that come of them; one stands for a debt"},
    )
