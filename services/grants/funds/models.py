"""The tables of funds and their ledger. Entries are only ever added; triggers hold what the code promises."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Identity, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base


class Fund(Base):
    """A pot of money with its rules."""

    __tablename__ = "fund"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="ncil | match | endowment | lottery | hardship")
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="shares, what it may be spent on, match ratio and cap")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Funds"},)


class LedgerAccount(Base):
    """Where money of a fund stands. A trigger keeps the balance at the sum of its postings."""

    __tablename__ = "ledger_account"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="made from fund, kind and about: domain.Account")
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    kind: Mapped[str] = mapped_column(Text)
    about_id: Mapped[UUID | None] = mapped_column(comment="the round, campaign, award or payment")
    balance_pence: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint(
            "case when kind in ('income', 'returned') then balance_pence <= 0"
            " when kind = 'transferred' then true else balance_pence >= 0 end",
            name="nothing_below_nothing",
        ),
        Index("ix_ledger_account_fund_id", "fund_id", "kind"),
        Index("ix_ledger_account_about_id", "about_id"),
        {"comment": "Accounts of the ledger, with their balances"},
    )


class LedgerEntry(Base):
    """Something that happened to money; whole, or not at all."""

    __tablename__ = "ledger_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    kind: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text, unique=True, comment="what it is for: the same is never posted twice")
    why: Mapped[str] = mapped_column(Text)
    dated: Mapped[date] = mapped_column(Date, comment="the day it counts for: the financial year follows it")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = (
        Index("ix_ledger_entry_dated", "dated"),
        {"comment": "Entries of the ledger: only ever added"},
    )


class LedgerPosting(Base):
    """One line of an entry."""

    __tablename__ = "ledger_posting"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entry.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"))
    pence: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("pence <> 0", name="something"),
        Index("uq_ledger_posting_entry_id", "entry_id", "account_id", unique=True),
        Index("ix_ledger_posting_account_id", "account_id"),
        {"comment": "Lines of entries: only ever added, and nothing in sum in each fund"},
    )


class Receipt(Base):
    """Money that came in, with where from; what it split into is in its entry."""

    __tablename__ = "receipt"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entry.id"))
    reference: Mapped[str] = mapped_column(Text, comment="the transaction's, in the publisher's own words")
    kind: Mapped[str] = mapped_column(Text, comment="received | returned")
    source: Mapped[str] = mapped_column(Text, comment="the development, the donor, the lottery")
    agreement: Mapped[str | None] = mapped_column(Text, comment="developer-agreement reference")
    planning_application: Mapped[str | None] = mapped_column(Text)
    received_on: Mapped[date] = mapped_column(Date)
    share_percent: Mapped[int] = mapped_column(BigInteger, comment="of the whole that is this fund's: 15, 25 or 100")
    gross_pence: Mapped[int] = mapped_column(BigInteger)
    share_pence: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        Index("uq_receipt_reference", "fund_id", "reference", unique=True),
        Index("ix_receipt_received_on", "fund_id", "received_on", "id"),
        {"comment": "Receipts of funds"},
    )
