"""The table of replies."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Reply(Base):
    """What somebody texted to us."""

    __tablename__ = "reply"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the gateway's, and Notify's")
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID | None] = mapped_column(comment="null while we do not know who it is from")
    household_id: Mapped[UUID | None] = mapped_column(comment="where they lived when it came")
    plan_id: Mapped[UUID | None] = mapped_column(comment="their plan when it came")
    from_number: Mapped[str | None] = mapped_column(Text, comment="only while nobody is known by it")
    may_be: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="who share the number; nobody: it is nobody's")
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="unknown | waiting | read")
    matched_by: Mapped[str | None] = mapped_column(Text, comment="who said whose it is; null: the number did")
    read_by: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_reply_person_id", "person_id", "received_at", "id"),
        Index("ix_reply_waiting", "received_at", "id", postgresql_where=text("state <> 'read'")),
        {"comment": "What people texted back: their words, for whoever works with them"},
    )
