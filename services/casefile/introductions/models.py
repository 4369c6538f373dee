"""Whom risk introduced, in which households, and who objected."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Introduction(Base):
    """One resident of risk's, and who they are here. Ids and dates: it stays when the person is erased."""

    __tablename__ = "introduction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    resident_id: Mapped[UUID] = mapped_column(comment="risk's id")
    person_id: Mapped[UUID | None] = mapped_column(comment="no key to person: it outlasts the erasure")
    household_id: Mapped[UUID | None] = mapped_column()
    state: Mapped[str] = mapped_column(Text, comment="introduced | known | erased | withheld")
    source: Mapped[str] = mapped_column(Text)
    introduced_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_on: Mapped[date | None] = mapped_column()

    __table_args__ = (
        Index("uq_introduction_resident_id", "resident_id", unique=True),
        Index("ix_introduction_person_id", "person_id"),
        {"comment": "Residents whom risk introduced: ids and dates"},
    )


class IntroducedHome(Base):
    """The household that a home of risk's became."""

    __tablename__ = "introduced_home"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="risk's home_id")
    household_id: Mapped[UUID | None] = mapped_column(comment="null once erased")

    __table_args__ = ({"comment": "One household for each home that risk introduced people of"},)


class KnownObjection(Base):
    """What triage told us of an objection: whose, to which purpose, whether it stands."""

    __tablename__ = "known_objection"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column()
    purpose: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="standing | withdrawn")

    __table_args__ = (
        Index("ix_known_objection_person_id", "person_id", "purpose"),
        {"comment": "Objections, from triage's events"},
    )


class OutreachObjection(Base):
    """Something an objector would be known again by, as a keyed digest: nothing of them can be read from it."""

    __tablename__ = "outreach_objection"

    digest: Mapped[bytes] = mapped_column(
        LargeBinary, primary_key=True, comment="HMAC-SHA-256 of what tells one person"
    )
    person_id: Mapped[UUID] = mapped_column(primary_key=True, comment="whose; leads to nobody once they are erased")
    by_birth: Mapped[bool] = mapped_column(Boolean, comment="the digest is of a name and a date of birth")
    born_known: Mapped[bool] = mapped_column(Boolean)
    key_id: Mapped[str] = mapped_column(Text, comment="which key made it")

    __table_args__ = (
        Index("ix_outreach_objection_person_id", "person_id"),
        {"comment": "Who objected to outreach, without a detail: they are never introduced again"},
    )
