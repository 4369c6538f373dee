"""The table of objections."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Index, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class Objection(Base):
    """What someone does not want their data used for. Rows stay: what was objected, when, and taken back when."""

    __tablename__ = "objection"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    purpose: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="standing | withdrawn")
    confirmed_by: Mapped[str] = mapped_column(Text, comment="the safe route by which they said it")
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    withdrawal_confirmed_by: Mapped[str | None] = mapped_column(Text)
    blind: Mapped[bool] = mapped_column(
        Boolean, server_default=false(), comment="taken by somebody who may not know them: it stops nothing"
    )
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(
            "uq_objection_standing",
            "person_id",
            "purpose",
            unique=True,
            postgresql_where=text("state = 'standing' and not blind"),
        ),
        Index(
            "uq_objection_blind",
            "person_id",
            "purpose",
            "recorded_by",
            unique=True,
            postgresql_where=text("state = 'standing' and blind"),
        ),
        Index("ix_objection_person_id", "person_id", "recorded_at", "id"),
        {"comment": "Objections to a purpose"},
    )
