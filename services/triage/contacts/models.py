"""Tables of contacts, their needs and decisions. Plain words stay here; events carry codes (states.py)."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kit.contracts.codes import ContactStatus, NeedDomain, NeedStatus, Outcome, Stage, Urgency
from services.triage.contacts import domain as rules
from services.triage.contacts.domain import HomelessnessSign, PrioritySign, Tonight
from services.triage.tables import Base

# What people said, as it was said; nothing said is SQL's null, not JSON's.
_WORDS = JSONB(none_as_null=True)


class Contact(Base):
    """One conversation at the front door. Named or not, it is the root of its needs and decisions."""

    __tablename__ = "contact"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge; null: unnamed")
    given_household_id: Mapped[UUID | None] = mapped_column(comment="as the officer said")
    found_household_id: Mapped[UUID | None] = mapped_column(comment="where we knew the person to live when deciding")
    channel: Mapped[str] = mapped_column(Text)
    hub: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")
    state: Mapped[str] = mapped_column(Text, comment="open | closed")
    stage: Mapped[str] = mapped_column(Text, comment="contact | screening | final: the furthest of its decisions")
    language: Mapped[str | None] = mapped_column(Text, comment="BCP 47")
    interpreter: Mapped[dict[str, Any] | None] = mapped_column(_WORDS, comment="{kind, dialect, gender}")
    safe_contact: Mapped[dict[str, Any] | None] = mapped_column(_WORDS, comment="{ways, never, times, note}")
    speaks_for: Mapped[dict[str, Any] | None] = mapped_column(
        _WORDS, comment="{name, capacity, scope, proof_seen, expires_on}: who speaks for the person"
    )
    what_matters: Mapped[str | None] = mapped_column(Text, comment="what matters to them, in their words")
    confirmed: Mapped[list[str]] = mapped_column(
        ARRAY(Text), comment="question codes known before and confirmed, not asked"
    )
    asked_again: Mapped[list[str]] = mapped_column(
        ARRAY(Text), comment="question codes asked although somebody knew: a retelling"
    )
    held_by: Mapped[str] = mapped_column(Text, comment="who answers for it; never nobody")
    held_since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    # Never loaded by accident: a query says what it wants.
    needs: Mapped[list["Need"]] = relationship(order_by="Need.number", lazy="raise", cascade="all, delete-orphan")
    decisions: Mapped[list["Decision"]] = relationship(
        order_by="Decision.number", lazy="raise", cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index("ix_contact_occurred_at", "occurred_at", "id"),
        Index("ix_contact_person_id", "person_id", "occurred_at", "id"),
        Index("ix_contact_hub", "hub", "occurred_at", "id"),
        Index("ix_contact_state", "state", "occurred_at", "id"),
        Index("ix_contact_held_by", "held_by", postgresql_where=text("state = 'open'")),
        {"comment": "Conversations at the front door"},
    )

    @property
    def household_id(self) -> UUID | None:
        """The household this is about, as far as we know."""
        return self.given_household_id or self.found_household_id

    @property
    def urgency(self) -> Urgency:
        """As urgent as the most urgent need; for a need in turn when there is none."""
        return rules.urgency_of(Urgency(need.urgency) for need in self.needs)

    def as_rules_see_it(self) -> rules.Contact:
        """The part that the rules read and change."""
        return rules.Contact(
            named=self.person_id is not None,
            state=ContactStatus(self.state),
            stage=Stage(self.stage),
            needs=tuple(need.as_rules_see_it() for need in self.needs),
        )

    def outcomes(self) -> list[Outcome]:
        """What was decided so far."""
        return [Outcome(each.outcome) for each in self.decisions]


class Need(Base):
    """Something someone needs: what they asked about, or what lies under it."""

    __tablename__ = "need"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    number: Mapped[int] = mapped_column(Integer, comment="1, 2, 3 in the order they were told")
    domain: Mapped[str] = mapped_column(Text, comment="one of the twelve (kit.contracts.codes)")
    kind: Mapped[str] = mapped_column(Text, comment="presenting | underlying")
    urgency: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, comment="open | met")
    stage: Mapped[str] = mapped_column(Text, comment="how far its decision has come")
    goal: Mapped[str | None] = mapped_column(Text, comment="what they want to come of it")
    strengths: Mapped[str | None] = mapped_column(Text)
    tried: Mapped[str | None] = mapped_column(Text, comment="what they tried already")
    where_tonight: Mapped[str] = mapped_column(Text)
    may_lose_home: Mapped[bool | None] = mapped_column(Boolean, comment="within 56 days; null: not known")
    homelessness_signs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    priority_signs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_need_contact_id_number", "contact_id", "number", unique=True),
        {"comment": "What people need, recorded once"},
    )

    @property
    def may_lose_home_within_56_days(self) -> bool | Literal["unknown"]:
        """In the words of the API."""
        return "unknown" if self.may_lose_home is None else self.may_lose_home

    @property
    def may_be_homeless(self) -> bool:
        """Whether the four outcomes that end a need at the desk are refused for this one."""
        return rules.may_be_homeless(self.as_rules_see_it())

    def as_rules_see_it(self) -> rules.Need:
        """The part that the rules read and change."""
        return rules.Need(
            id=self.id,
            domain=NeedDomain(self.domain),
            urgency=Urgency(self.urgency),
            where_tonight=Tonight(self.where_tonight),
            may_lose_home=self.may_lose_home,
            signs=frozenset(HomelessnessSign(each) for each in self.homelessness_signs),
            priority=frozenset(PrioritySign(each) for each in self.priority_signs),
            stage=Stage(self.stage),
            status=NeedStatus(self.status),
        )


class Decision(Base):
    """Where a contact's needs go, who said so and why. Never changed, never deleted."""

    __tablename__ = "decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    number: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(Text)
    specialism: Mapped[str | None] = mapped_column(Text)
    statutory_service: Mapped[str | None] = mapped_column(Text)
    need_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    reason: Mapped[str] = mapped_column(Text, comment="empty only for help given unnamed")
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_decision_contact_id_number", "contact_id", "number", unique=True),
        {"comment": "Who decided where needs go, and why"},
    )
