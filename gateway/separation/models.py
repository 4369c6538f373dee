"""Tables of pairs that are hidden by the door itself, and of who keeps them back by now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class PendingSeparation(Base):
    """A separation that passed the door: whom it hides at whichever service has not confirmed."""

    __tablename__ = "pending_separation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    separation_id: Mapped[UUID | None] = mapped_column(comment="casefile's; null until its answer, or its event, came")
    protected_person_id: Mapped[UUID] = mapped_column()
    separated_person_id: Mapped[UUID] = mapped_column()
    pairs: Mapped[list[list[str]]] = mapped_column(
        JSONB, comment="who is hidden: the two, and whoever lives with either, each with the other one"
    )
    waiting: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="the services that have to confirm")
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_pending_separation_waiting", "asked_at", postgresql_where=text("settled_at is null")),
        {"comment": "Pairs hidden by the door until every service keeps them back itself"},
    )


class AppliedSeparation(Base):
    """A service's word that it keeps back what a separation seals."""

    __tablename__ = "applied_separation"

    separation_id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = ({"comment": "Which service keeps back what is sealed, up to which version"},)
