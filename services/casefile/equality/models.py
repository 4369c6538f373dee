"""The table of what people said of themselves; `tests/laws/test_equality_apart.py` says who may read it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class EqualityAnswer(Base):
    """One answer of one person. No page, list, rule, event or other service has it."""

    __tablename__ = "equality_answer"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    question: Mapped[str] = mapped_column(Text, primary_key=True)
    answer: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str] = mapped_column(Text, comment="themselves | themselves_with_help | parent_of_a_child")
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    written_down_by: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Equality data: given by the person, counted, never shown one by one"},)
