"""Links, letters to partners on their way, and what we know of what links answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.tables import Base


class Link(Base):
    """A one-time link. Its secret stands in nobody's database: only its digest, and only once it was minted."""

    __tablename__ = "link"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="also the Idempotency-Key of its answer")
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="referral | capacity_question")
    target_id: Mapped[UUID] = mapped_column(comment="what it answers")
    organisation_id: Mapped[UUID] = mapped_column(comment="who answers")
    digest: Mapped[bytes | None] = mapped_column(LargeBinary, comment="SHA-256 of the secret; null: not minted yet")
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="real: being answered")
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="business time")
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="business time")
    revoked_by: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = (
        Index("uq_link_digest", "digest", unique=True),
        Index("ix_link_target_id", "target_id", "made_at", "id"),
        {"comment": "One-time links; of their secrets only digests"},
    )


class PartnerLetter(Base):
    """Words to a partner's mailbox. Where to and which words stand only in `sealed`, until it is settled."""

    __tablename__ = "partner_letter"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="made by the service that asked; the sender's reference")
    organisation_id: Mapped[UUID] = mapped_column()
    link_id: Mapped[UUID | None] = mapped_column(ForeignKey("link.id"))
    sealed: Mapped[str | None] = mapped_column(Text, comment="the sealed event; null once settled")
    state: Mapped[str] = mapped_column(Text, comment="queued | sending | sent | failed")
    attempts: Mapped[int] = mapped_column(SmallInteger)
    next_try_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="real time, like all here")
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_partner_letter_waiting", "next_try_at", postgresql_where=text("state in ('queued', 'sending')")),
        Index("ix_partner_letter_link_id", "link_id"),
        {"comment": "Letters to partners, on their way or settled"},
    )


class KnownQuestion(Base):
    """What a link may answer, and where it stands: from triage's events."""

    __tablename__ = "known_question"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="referral | capacity_question")
    state: Mapped[str] = mapped_column(Text)
    domain: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)

    __table_args__ = ({"comment": "Referrals and capacity questions, from triage's events; codes only"},)
