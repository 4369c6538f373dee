"""Partners' systems that tell us of things, and what they told until it was carried to its owner."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


def _at(*, nullable: bool = False) -> Any:
    return mapped_column(DateTime(timezone=True), nullable=nullable)


class WebhookSource(Base):
    """One partner's system that may send us messages, and the keys it signs with."""

    __tablename__ = "webhook_source"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the last part of the address it sends to")
    version: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[UUID] = mapped_column()
    description: Mapped[str] = mapped_column(Text)
    keys: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="id, kind (v1 | v1a), sealed, public (of v1a), made_at, until; the newest first"
    )
    supplies: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), comment="codes of the sources of One View that it may feed"
    )
    removed: Mapped[bool] = mapped_column()
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = _at()
    changed_at: Mapped[datetime] = _at()

    __table_args__ = (
        Index("ix_webhook_source_organisation_id", "organisation_id", "id"),
        {"comment": "Partners' systems that tell us of things"},
    )


class WebhookMessage(Base):
    """One message that came in, once however often it was sent."""

    __tablename__ = "webhook_message"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="from source and webhook-id: the Idempotency-Key")
    source_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_source.id"))
    webhook_id: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of the body as it came")
    sealed: Mapped[str | None] = mapped_column(Text, comment="the body, a JWE for us alone; gone once it is carried")
    state: Mapped[str] = mapped_column(Text, comment="waiting | carrying | carried | refused | dead")
    tries: Mapped[int] = mapped_column(Integer)
    next_try_at: Mapped[datetime] = _at()
    status: Mapped[int | None] = mapped_column(Integer, comment="the owner's answer")
    problem: Mapped[str | None] = mapped_column(Text, comment="a word, never the owner's words: they may quote")
    pointers: Mapped[list[str] | None] = mapped_column(JSONB, comment="which fields the owner refused")
    received_at: Mapped[datetime] = _at()
    settled_at: Mapped[datetime | None] = _at(nullable=True)

    __table_args__ = (
        Index("ix_webhook_message_source_id", "source_id", "received_at", "id"),
        Index("ix_webhook_message_due", "next_try_at", postgresql_where=text("state in ('waiting', 'carrying')")),
        Index("ix_webhook_message_settled_at", "settled_at"),
        {"comment": "What partners' systems told us"},
    )
