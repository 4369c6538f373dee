"""What sources used to say of somebody: kept with its dates when a later extract says otherwise."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.vault.tables import VaultBase


class FormerRecord(VaultBase):
    """A record as it was. Written by the database itself (a trigger), whichever way the change came; erased with it."""

    __tablename__ = "former_record"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.record_id", ondelete="CASCADE"))
    said: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the identity columns that had a value then")
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("ix_former_record_record", "record_id"), {"comment": "What sources used to say"})
