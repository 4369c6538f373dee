"""The table of changes that are being told. Short-lived: an hour, so that whoever was away can catch up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Index, Text, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class LiveChange(Base):
    """Something changed on a list. Ids and codes only."""

    __tablename__ = "live_change"

    # Handed out under a lock held until the commit (commands.py), so that a lower number is never seen later.
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    list_name: Mapped[str] = mapped_column(Text, comment="gateway.live.lists")
    kind: Mapped[str] = mapped_column(Text, comment="the event's last word, e.g. moved")
    subject: Mapped[UUID] = mapped_column(comment="the thing on the list")
    person_ids: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid), comment="whom it is about: to keep it back from whom they are kept back; never told"
    )
    own: Mapped[str | None] = mapped_column(Text, comment="whose own it is: they hear of it, whoever it is about")

    __table_args__ = (
        Index("ix_live_change_at", "at"),
        {"comment": "Changes of lists that are being told, for an hour"},
    )
