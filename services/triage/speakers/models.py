"""The tables of who may speak about a person, and of the calls in which a word was tried."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kit.contracts.codes import NeedDomain
from services.triage.speakers import domain
from services.triage.speakers.domain import Capacity, Proof
from services.triage.tables import Base


class Speaker(Base):
    """Somebody who may speak about a person."""

    __tablename__ = "speaker"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    capacity: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    scope: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="domains of need; empty: everything")
    proof: Mapped[str | None] = mapped_column(Text)
    proof_seen_by: Mapped[str | None] = mapped_column(Text)
    expires_on: Mapped[date | None] = mapped_column(comment="the last day it counts")
    word_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    word_digest: Mapped[bytes | None] = mapped_column(LargeBinary, comment="scrypt of the chosen word")
    state: Mapped[str] = mapped_column(Text, comment="standing | ended")
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_speaker_person_id", "person_id", "recorded_at", "id"),
        {"comment": "Who may speak about a person: themself by a chosen word, or somebody for them"},
    )

    def as_rules_see_it(self) -> domain.Speaker:
        """The part that the rules read."""
        return domain.Speaker(
            Capacity(self.capacity),
            frozenset(NeedDomain(each) for each in self.scope),
            Proof(self.proof) if self.proof else None,
            self.expires_on,
            self.state == "standing",
        )


class SpeakerCheck(Base):
    """One call in which a word was tried; nothing of what was said."""

    __tablename__ = "speaker_check"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(comment="as asked: need be nobody's")
    confirmed: Mapped[bool] = mapped_column(Boolean)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_speaker_check_person_id", "person_id", "asked_at"),
        {"comment": "Calls in which a chosen word was tried"},
    )
