"""The table of tasks."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class CaseTask(Base):
    """Something one worker is to do on a case by a day."""

    __tablename__ = "case_task"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    episode: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str] = mapped_column(Text, comment="the worker who does it")
    words: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    first_due_on: Mapped[date] = mapped_column(Date, comment="as promised at first: moving the day shows")
    state: Mapped[str] = mapped_column(Text, comment="open | done | dropped")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_words: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_case_task_owner", "owner", "due_on", "id", postgresql_where=text("state = 'open'")),
        Index("ix_case_task_case_id", "case_id", "due_on", "id"),
        Index("ix_case_task_due_on", "due_on", "id"),
        {"comment": "Tasks of workers on cases"},
    )
