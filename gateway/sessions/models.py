"""Sessions as the door sees them: an access token that was used. The token itself is never kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class Session(Base):
    """One access token in use: its id is made from its digest, so that nobody can find the token by it."""

    __tablename__ = "session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    worker_id: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    first_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    suspended_by: Mapped[str | None] = mapped_column(Text)
    suspended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_session_worker_id", "worker_id", "last_seen_at"),
        Index("ix_session_last_seen_at", "last_seen_at", "id"),
        Index("ix_session_expires_at", "expires_at"),
        Index("ix_session_suspended", "expires_at", postgresql_where=text("suspended_at is not null")),
        {"comment": "Access tokens in use, by a digest; a day after they expire they are forgotten"},
    )
