"""Tables of the pack for outages, of what is typed back in after one, and of the visits it lists."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class DowntimePack(Base):
    """One hub's pack of one day. Only the locked file is kept, and for two weeks: who has no passphrase has nothing."""

    __tablename__ = "downtime_pack"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    hub: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")
    file: Mapped[bytes | None] = mapped_column(LargeBinary, comment="a PDF under AES-256; null: too old to be of use")
    digest: Mapped[str] = mapped_column(Text, comment="SHA-256 of the file")
    size: Mapped[int] = mapped_column(Integer, comment="bytes")
    key_name: Mapped[str] = mapped_column(Text, comment="which passphrase opens it")
    visits: Mapped[int] = mapped_column(Integer)
    forms: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="numbers of the paper forms in it")
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="who is in it: each download is a read of them")

    __table_args__ = (
        Index("ix_downtime_pack_hub", "hub", "made_at", "id"),
        {"comment": "Packs for outages, locked"},
    )


class PaperEntry(Base):
    """What was written on a paper form while the systems were down, with its true time. Never changed."""

    __tablename__ = "paper_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(Text, unique=True, comment="the form's number: typed in once")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Text, comment="contact | visit | note")
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="as the paper says, business time")
    words: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(Text, comment="who signed the paper")
    typed_by: Mapped[str] = mapped_column(Text)
    typed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = (
        Index("ix_paper_entry_person_id", "person_id", "happened_at", "id"),
        {"comment": "Paper forms typed in after an outage"},
    )


class KnownVisit(Base):
    """An appointment or visit, from triage's events."""

    __tablename__ = "known_visit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column()
    kind: Mapped[str] = mapped_column(Text, comment="at_hub | home_visit | phone")
    hub: Mapped[str] = mapped_column(Text)
    worker: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_known_visit_hub", "hub", "starts_at"),
        {"comment": "Appointments and visits, from triage's events; ids and codes only"},
    )
