"""Tables of the queue: who waits, and the versions of the rules."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Integer, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.queue import domain, facts
from services.triage.tables import Base

_WAITING = text("state = 'waiting'")


class QueueEntry(Base):
    """Something that waits, or has waited: one for each contact, each concern and each referral that came back."""

    __tablename__ = "queue_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="contact | safeguarding | referral")
    subject_id: Mapped[UUID] = mapped_column(comment="the contact, the concern or the referral")
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="casefile's ids, never changed by a merge")
    household_id: Mapped[UUID | None]
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    team: Mapped[str | None] = mapped_column(Text, comment="whose list; null: everybody's")
    hub: Mapped[str | None] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, list[str]]] = mapped_column(JSONB, comment="what the rules may know: codes")
    arrived_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    own_due_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="brought by the concern or the referral"
    )
    state: Mapped[str] = mapped_column(Text, comment="waiting | removed")
    reason: Mapped[str | None] = mapped_column(Text, comment="of its last move, or of its removal")
    rules_version: Mapped[int] = mapped_column(Integer)
    band: Mapped[int] = mapped_column(SmallInteger, comment="0 is the first")
    stands_since: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), comment="arrival less head starts: the earliest is next"
    )
    due_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when the first of its clocks runs out"
    )
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    # The order of the queue is (band, stands_since, id): services.triage.queue.domain.order.
    __table_args__ = (
        Index("uq_queue_entry_kind_subject_id", "kind", "subject_id", unique=True),
        Index("ix_queue_entry_order", "band", "stands_since", "id", postgresql_where=_WAITING),
        Index("ix_queue_entry_team", "team", "band", "stands_since", "id", postgresql_where=_WAITING),
        Index("ix_queue_entry_hub", "hub", "band", "stands_since", "id", postgresql_where=_WAITING),
        Index("ix_queue_entry_household_id", "household_id", postgresql_where=_WAITING),
        {"comment": "Who waits, in order"},
    )

    def as_rules_see_it(self) -> domain.Entry:
        """The part that the rules read."""
        return facts.entry(self.id, self.arrived_at, self.facts, self.own_due_at)


class QueueRules(Base):
    """A version of the queue's rules. What a version says never changes."""

    __tablename__ = "queue_rules"

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    change: Mapped[int] = mapped_column(BigInteger, comment="counts its changes of state: its ETag")
    state: Mapped[str] = mapped_column(Text, comment="draft | published | superseded")
    body: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="bands, rules, clocks, teams")
    note: Mapped[str] = mapped_column(Text, comment="what it changes and why")
    drafted_by: Mapped[str] = mapped_column(Text)
    drafted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    published_by: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    published_because: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_queue_rules_published", "state", unique=True, postgresql_where=text("state = 'published'")),
        {"comment": "The queue's rules, version by version"},
    )
