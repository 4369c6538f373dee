"""Tables of separations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Separation(Base):
    """One person protected from another. `people`, `homes` and `names` are what the rules make of it at present."""

    __tablename__ = "separation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    told: Mapped[int] = mapped_column(BigInteger, comment="the sequence of the last event about it")
    protected_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    separated_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Text, comment="standing | lifted")
    because: Mapped[str] = mapped_column(Text, comment="narrative: stays here")
    also: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid), comment="sealed besides those who live with the protected person"
    )
    people: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="everyone sealed now")
    homes: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="every home sealed since it stands")
    trusted: Mapped[list[str]] = mapped_column(
        ARRAY(Text), comment="who works with the protected person, whatever else"
    )
    names: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="who is barred now")
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    word_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    word_digest: Mapped[bytes | None] = mapped_column(LargeBinary, comment="of the word to say when it is to be lifted")
    lifting: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="asked_by, asked_at, heard_on, how, alone, words: what the protected person said"
    )
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lifted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(
            "uq_separation_standing",
            "protected_person_id",
            "separated_person_id",
            unique=True,
            postgresql_where=text("state = 'standing'"),
        ),
        Index("ix_separation_started_at", "started_at", "id"),
        CheckConstraint("protected_person_id <> separated_person_id", name="two_people"),
        {"comment": "Who is protected from whom, and what is sealed for it"},
    )


class Bar(Base):
    """One worker or organisation that a separation bars: why, and until when."""

    __tablename__ = "separation_bar"

    separation_id: Mapped[UUID] = mapped_column(ForeignKey("separation.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True, comment="a worker's id, or organisation:<id>")
    because: Mapped[str] = mapped_column(Text, comment="named | case | dealt_with | referral | sign_in")
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    released_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = ({"comment": "Whom a separation bars, why and until when"},)


class Confirmation(Base):
    """A service's word that it keeps back what is sealed."""

    __tablename__ = "separation_answer"

    separation_id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    applied_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Which service keeps back what is sealed, up to which version"},)
