"""Tables of approvals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Approval(Base):
    """What a worker asks their manager to approve."""

    __tablename__ = "case_approval"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    episode: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text, comment="closing | plan | step_up | step_down | spending | other")
    state: Mapped[str] = mapped_column(Text, comment="asked | returned | approved | withdrawn")
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="what it allowed was done: it allows nothing more"
    )
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # One question of a kind at a time: two who ask at once, one did.
        Index(
            "uq_case_approval_waiting",
            "case_id",
            "kind",
            unique=True,
            postgresql_where=text("state in ('asked', 'returned') and kind <> 'other'"),
        ),
        Index("ix_case_approval_case_id", "case_id", "asked_at"),
        Index("ix_case_approval_state", "state", "asked_at", "id"),
        {"comment": "What managers are asked to approve"},
    )


class ApprovalRemark(Base):
    """One thing said about an approval: what is asked, why it came back, the answer. Never changed, never removed."""

    __tablename__ = "case_approval_remark"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("case_approval.id"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(Text)
    act: Mapped[str] = mapped_column(Text, comment="asked | returned | asked_again | approved | withdrawn")
    words: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("uq_case_approval_remark_number", "approval_id", "number", unique=True),
        {"comment": "What was said about approvals: it stays"},
    )
