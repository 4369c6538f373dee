"""Endpoints of partners' systems, what is on its way to them, and every try."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


def _at(*, nullable: bool = False, comment: str | None = None) -> Any:
    return mapped_column(DateTime(timezone=True), nullable=nullable, comment=comment)


class WebhookEndpoint(Base):
    """Where one organisation's system wants to be told of some types of events."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[UUID] = mapped_column()
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    keys: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="id, kind (v1 | v1a), sealed (a JWE for us alone), made_at, until; the newest first"
    )
    contact: Mapped[str | None] = mapped_column(Text, comment="e-mail of those who look after it")
    shape: Mapped[str] = mapped_column(Text, server_default="thin", comment="thin | fhir_task")
    state: Mapped[str] = mapped_column(Text, comment="active | disabled | removed")
    why: Mapped[str | None] = mapped_column(Text, comment="gone | failing | by_hand")
    failing_since: Mapped[datetime | None] = _at(nullable=True, comment="of the first failure since the last success")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = _at()
    changed_at: Mapped[datetime] = _at()

    __table_args__ = (
        Index("ix_webhook_endpoint_organisation_id", "organisation_id", "id"),
        {"comment": "Partners' systems that are told of what happens"},
    )


class WebhookDelivery(Base):
    """One event on its way to one endpoint."""

    __tablename__ = "webhook_delivery"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(), comment="the order in which events reached us")
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"))
    event_id: Mapped[UUID] = mapped_column(comment="also the webhook-id: the same at every try and every replay")
    line: Mapped[UUID] = mapped_column(comment="a household, or a thing: what stays in order")
    type: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text, comment="as it is sent: ids and an address, nothing about a person")
    state: Mapped[str] = mapped_column(Text, comment="waiting | sending | delivered | dead | dropped")
    tries: Mapped[int] = mapped_column(Integer)
    next_try_at: Mapped[datetime] = _at(comment="real time; of a `sending` one: when its lease is over")
    settled_at: Mapped[datetime | None] = _at(nullable=True)
    made_at: Mapped[datetime] = _at()

    __table_args__ = (
        Index("ix_webhook_delivery_endpoint_id", "endpoint_id", "position"),
        # Those that a later one of the same line waits for; also what is due.
        Index(
            "ix_webhook_delivery_unsettled",
            "endpoint_id",
            "line",
            "position",
            postgresql_where=text("state in ('waiting', 'sending')"),
        ),
        Index(
            "ix_webhook_delivery_due",
            "endpoint_id",
            "next_try_at",
            postgresql_where=text("state in ('waiting', 'sending')"),
        ),
        Index("ix_webhook_delivery_event_id", "event_id", "endpoint_id"),
        Index("ix_webhook_delivery_settled_at", "settled_at"),
        {"comment": "Events on their way to partners' systems"},
    )


class WebhookAttempt(Base):
    """One try, and what came of it. What the other side answered in words is not kept."""

    __tablename__ = "webhook_attempt"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"))
    at: Mapped[datetime] = _at()
    status: Mapped[int | None] = mapped_column(Integer)
    problem: Mapped[str | None] = mapped_column(Text, comment="why there was no answer: refused, timeout, ...")
    milliseconds: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        Index("ix_webhook_attempt_delivery_id", "delivery_id", "id"),
        {"comment": "Every try to deliver an event to a partner's system"},
    )


class WebhookNotice(Base):
    """That an endpoint was disabled by itself: to be told by e-mail to one audience."""

    __tablename__ = "webhook_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"))
    audience: Mapped[str] = mapped_column(Text, comment="partner | operations")
    why: Mapped[str] = mapped_column(Text, comment="gone | failing")
    failing_since: Mapped[datetime | None] = _at(nullable=True)
    state: Mapped[str] = mapped_column(Text, comment="waiting | sending | sent | failed")
    reason: Mapped[str | None] = mapped_column(Text, comment="of a failure")
    tries: Mapped[int] = mapped_column(Integer)
    next_try_at: Mapped[datetime] = _at(comment="real time; of a `sending` one: when its lease is over")
    made_at: Mapped[datetime] = _at()
    settled_at: Mapped[datetime | None] = _at(nullable=True)

    __table_args__ = (
        Index("ix_webhook_notice_due", "next_try_at", postgresql_where=text("state in ('waiting', 'sending')")),
        {"comment": "Notices of endpoints that were disabled by themselves"},
    )
