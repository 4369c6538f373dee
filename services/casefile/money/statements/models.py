"""The table of statements."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.money.statements import domain
from services.casefile.tables import Base


class Statement(Base):
    """One statement of what comes in and goes out. What was agreed never changes: a new one takes its place."""

    __tablename__ = "money_statement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    partner_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="shares it: both agreed, asked alone"
    )
    asked: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{person_id, alone_on, agreed}]")
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    state: Mapped[domain.State] = mapped_column(Text, comment="draft | agreed | superseded")
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{category, item, amount_pence, every, note}]")
    children_younger: Mapped[int] = mapped_column(Integer)
    children_older: Mapped[int] = mapped_column(Integer)
    income_pence: Mapped[int] = mapped_column(BigInteger, comment="each month, as all totals")
    spending_pence: Mapped[int] = mapped_column(BigInteger)
    surplus_pence: Mapped[int] = mapped_column(BigInteger)
    agreed_on: Mapped[date | None] = mapped_column()
    agreed_by: Mapped[str | None] = mapped_column(Text, comment="the adviser's principal")
    superseded_by: Mapped[UUID | None] = mapped_column()
    made_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_money_statement_person_id", "person_id", "id"),
        Index("ix_money_statement_partner_id", "partner_id", postgresql_where=text("partner_id is not null")),
        Index("uq_money_statement_agreed", "person_id", unique=True, postgresql_where=text("state = 'agreed'")),
        {"comment": "Statements of income and spending in the SFS's categories; one agreed a person"},
    )

    def told(self) -> list[domain.Line]:
        """Its lines as the rules read them."""
        return [domain.Line(**each) for each in self.lines]
