"""Rows about teams."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class Team(Base):
    """A team by its code. Its name stays here: events carry ids and codes."""

    __tablename__ = "team"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[UUID | None]
    hub: Mapped[str | None] = mapped_column(Text)
    manager: Mapped[str | None] = mapped_column(Text)
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{worker_id, role, from, to}]")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
