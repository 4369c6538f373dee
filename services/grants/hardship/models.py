"""The tables of hardship payments."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.hardship import domain
from services.grants.tables import Base

_MOMENT = DateTime(timezone=True)


class HardshipPayment(Base):
    """A request for a hardship payment, and what became of it."""

    __tablename__ = "hardship_payment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    fund_code: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text, comment="themselves | friend_or_family | organisation | worker")
    taken_by: Mapped[str] = mapped_column(Text, comment="who typed it in: a worker, or an organisation's")
    asked_at: Mapped[datetime] = mapped_column(_MOMENT, comment="business time, like all below")
    decide_by: Mapped[datetime] = mapped_column(_MOMENT)
    urgent: Mapped[bool] = mapped_column(Boolean)
    strand: Mapped[str] = mapped_column(Text)
    need: Mapped[str] = mapped_column(Text)
    shock: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, comment="what happened, as they told it")
    amount_pence: Mapped[int] = mapped_column(BigInteger)
    way: Mapped[str] = mapped_column(Text)
    sort_code: Mapped[str | None] = mapped_column(Text, comment="until it is paid")
    account_number: Mapped[str | None] = mapped_column(Text, comment="until it is paid, then its last four figures")
    supplier: Mapped[str | None] = mapped_column(Text)
    why_not_cash: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    before: Mapped[int] = mapped_column(BigInteger, comment="payments to them in the twelve months before")
    advice: Mapped[str | None] = mapped_column(Text, comment="offered with it: the cause, not only the day")
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    approve_by: Mapped[datetime | None] = mapped_column(_MOMENT, comment="thirty minutes; then a manager sees it")
    escalated_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    approved_by: Mapped[str | None] = mapped_column(Text)
    paid_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    refusal: Mapped[str | None] = mapped_column(Text)
    refusal_words: Mapped[str | None] = mapped_column(Text, comment="told to them")
    refused_by: Mapped[str | None] = mapped_column(Text)
    question: Mapped[str | None] = mapped_column(Text, comment="why they ask to look again")
    sampled: Mapped[bool] = mapped_column(Boolean)
    check_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    checked_by: Mapped[str | None] = mapped_column(Text)
    finding: Mapped[str | None] = mapped_column(Text)
    finding_words: Mapped[str | None] = mapped_column(Text)
    returned_because: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (
        Index("ix_hardship_payment_state", "state", "asked_at", "id"),
        Index("ix_hardship_payment_person_id", "person_id", "paid_at"),
        Index("ix_hardship_payment_household_id", "household_id", "paid_at"),
        Index("ix_hardship_payment_check", "check_at", "id", postgresql_where=text("sampled and finding is null")),
        {"comment": "Hardship payments"},
    )

    def payee(self) -> domain.Payee:
        """To whom, how."""
        return domain.Payee(
            domain.Way(self.way),
            self.sort_code,
            self.account_number,
            self.way == domain.Way.JOINT_ACCOUNT,
            self.supplier,
            self.why_not_cash,
        )


class DeskTraining(Base):
    """Who may pay at the desk."""

    __tablename__ = "desk_training"

    worker: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    trained_on: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date, comment="the first day it holds no longer")
    recorded_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = ({"comment": "Training for payments at the desk"},)

    def as_rules_see_it(self) -> domain.Training:
        """The part that the rules read."""
        return domain.Training(self.worker, self.trained_on, self.until)
