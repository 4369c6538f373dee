"""Tables of outreach: offers, and the attempts to reach people with them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.triage.tables import Base


class Offer(Base):
    """Help offered to a household before it was asked for: one open at a time for each kind of signal."""

    __tablename__ = "outreach_offer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    household_id: Mapped[UUID] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge; whom we speak to")
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    kind: Mapped[str] = mapped_column(Text, comment="what called for it (kit.contracts.codes)")
    offer: Mapped[str] = mapped_column(Text)
    signal_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="the first opened it, the later joined")
    source: Mapped[str] = mapped_column(Text, comment="for the record; never shown to a caller")
    cohort_id: Mapped[UUID | None] = mapped_column(comment="for the record; never shown to a caller")
    observed_on: Mapped[date] = mapped_column()
    status: Mapped[str] = mapped_column(Text, comment="offered | held | accepted | declined | closed")
    held_until: Mapped[date | None] = mapped_column()
    hold_reason: Mapped[str | None] = mapped_column(Text)
    team: Mapped[str | None] = mapped_column(Text)
    hub: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"), comment="what taking it up opened")
    settled_by: Mapped[str | None] = mapped_column(Text)
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    # Never loaded by accident: a query says what it wants.
    attempts: Mapped[list["Attempt"]] = relationship(order_by="Attempt.number", lazy="raise")

    __table_args__ = (
        Index(
            "uq_outreach_offer_open",
            "household_id",
            "kind",
            "blind_by",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("status in ('offered', 'held')"),
        ),
        Index("ix_outreach_offer_status", "status", "offered_at", "id"),
        Index("ix_outreach_offer_person_id", "person_id"),
        Index("ix_outreach_offer_household_id", "household_id", "kind"),
        {"comment": "Offers of help"},
    )


class Attempt(Base):
    """One try to reach them."""

    __tablename__ = "outreach_attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("outreach_offer.id"))
    number: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    against_safe_route: Mapped[bool] = mapped_column(Boolean, comment="by a way they had told us never to use")
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    made_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("uq_outreach_attempt_offer_id_number", "offer_id", "number", unique=True),
        {"comment": "Attempts to reach people with an offer"},
    )


class KnownBreathingSpace(Base):
    """A Breathing Space as casefile tells of it, without its kind: only that, and until when, nobody rings."""

    __tablename__ = "known_breathing_space"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column()
    household_id: Mapped[UUID] = mapped_column()
    active: Mapped[bool] = mapped_column(Boolean)
    ends_on: Mapped[date | None] = mapped_column(comment="the last day; null while nobody knows it")

    __table_args__ = (
        Index("ix_known_breathing_space_household_id", "household_id", postgresql_where=text("active")),
        Index("ix_known_breathing_space_person_id", "person_id", postgresql_where=text("active")),
        {"comment": "Breathing Spaces, from casefile's events"},
    )
