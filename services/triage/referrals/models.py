"""The tables of referrals: what was asked of whom, every step since, and exactly what was told to them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.triage.tables import Base


class Referral(Base):
    """Help asked of a partner. `shared`, `basis` and `sharing_for` are what the next disclosure will hold."""

    __tablename__ = "referral"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    service_id: Mapped[UUID | None] = mapped_column()
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    need_id: Mapped[UUID | None] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    domain: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="referrals.domain.TRANSITIONS")
    reason: Mapped[str | None] = mapped_column(Text)
    until: Mapped[date | None] = mapped_column(Date, comment="last day of a wait; or when a refusal may be asked again")
    next_step: Mapped[str | None] = mapped_column(Text, comment="what a refusal or failure asks for next")
    followed_up: Mapped[str | None] = mapped_column(Text, comment="what was done about it")
    followed_by: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"), comment="the referral made instead")
    asked_again_because: Mapped[str | None] = mapped_column(Text)
    request: Mapped[str] = mapped_column(Text, comment="what is asked, in words")
    shared: Mapped[dict[str, Any]] = mapped_column(JSONB)
    basis: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="kit.contracts.lawful_basis")
    sharing_for: Mapped[str | None] = mapped_column(Text, comment="what the partner may use it for")
    send_to: Mapped[str | None] = mapped_column(Text, comment="another mailbox than the organisation's own")
    sent_by: Mapped[str] = mapped_column(Text)
    chases: Mapped[int] = mapped_column(Integer)
    chased_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    escalate_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    escalated_to: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all here")
    requested_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    moved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    steps: Mapped[list["Step"]] = relationship(order_by="Step.number")
    disclosures: Mapped[list["Disclosure"]] = relationship(order_by="Disclosure.number")

    __table_args__ = (
        Index("ix_referral_state", "state", "created_at", "id"),
        Index("ix_referral_organisation_id", "organisation_id", "created_at", "id"),
        Index("ix_referral_person_id", "person_id", "created_at", "id"),
        Index("ix_referral_created_at", "created_at", "id"),
        Index("ix_referral_contact_id", "contact_id"),
        Index("ix_referral_escalated_to", "escalated_to", postgresql_where=text("escalated_to is not null")),
        {"comment": "Help asked of partners"},
    )

    @property
    def seen_to(self) -> bool:
        """Whether what a refusal or failure asked for next was done."""
        return self.followed_up is not None or self.followed_by is not None


class Step(Base):
    """One thing that happened to a referral."""

    __tablename__ = "referral_step"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text, comment="moved | changed | chased | escalated | followed_up")
    state: Mapped[str] = mapped_column(Text, comment="the state after it")
    reason: Mapped[str | None] = mapped_column(Text)
    until: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text, comment="what was said")
    heard_by: Mapped[str | None] = mapped_column(Text, comment="by which way a partner told whoever wrote it down")
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_referral_step_referral_id_number", "referral_id", "number", unique=True),
        {"comment": "What happened to referrals"},
    )


class Disclosure(Base):
    """Exactly what a partner was told, on which basis and for what. Written once, never changed."""

    __tablename__ = "referral_disclosure"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    number: Mapped[int] = mapped_column(Integer)
    organisation_id: Mapped[UUID] = mapped_column()
    request: Mapped[str] = mapped_column(Text)
    shared: Mapped[dict[str, Any]] = mapped_column(JSONB)
    basis: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sharing_for: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text, comment="the purpose stated with the request that sent it")
    why: Mapped[str | None] = mapped_column(Text, comment="of a change of what was sent before")
    by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_referral_disclosure_referral_id_number", "referral_id", "number", unique=True),
        {"comment": "The record of disclosure"},
    )


class KnownManager(Base):
    """Who answers for whom: a worker's manager and absence, or a team's manager and members. From events."""

    __tablename__ = "known_manager"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    worker_id: Mapped[str | None] = mapped_column(Text, comment="null: a team")
    manager: Mapped[str | None] = mapped_column(Text)
    manages: Mapped[bool] = mapped_column(comment="holds the role of a manager")
    active: Mapped[bool] = mapped_column()
    absent_from: Mapped[date | None] = mapped_column(Date)
    absent_until: Mapped[date | None] = mapped_column(Date, comment="first day back")
    covered_by: Mapped[str | None] = mapped_column(Text)
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="of a team: [{worker_id, role, from, to}]")

    __table_args__ = (
        Index("ix_known_manager_worker_id", "worker_id"),
        {"comment": "Who answers for whom, from the gateway's events; ids and dates only"},
    )
