"""What sources say of who somebody is, one row for each source record."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.vault.tables import VaultBase


class Record(VaultBase):
    """One source record: its identity columns as the source gave them, tidied but not judged.

    A source speaks for itself: the same person in two sources is two rows, and linkage says that they are one.
    """

    __tablename__ = "record"

    record_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    source: Mapped[str] = mapped_column(Text, comment="the source's code")
    reference: Mapped[str] = mapped_column(Text, comment="the source's own key; CT-123#2 is the second person of a row")
    household_reference: Mapped[str | None] = mapped_column(Text, comment="the source's key of those who live together")
    title: Mapped[str | None] = mapped_column(Text)
    given: Mapped[str | None] = mapped_column(Text)
    middle: Mapped[str | None] = mapped_column(Text)
    family: Mapped[str | None] = mapped_column(Text)
    former_family: Mapped[str | None] = mapped_column(Text)
    known_as: Mapped[str | None] = mapped_column(Text)
    sex: Mapped[str | None] = mapped_column(Text)
    born: Mapped[date | None] = mapped_column(Date)
    born_partial: Mapped[str | None] = mapped_column(Text, comment="1985 or 1985-03, where the day is not known")
    nino: Mapped[str | None] = mapped_column(Text)
    nhs_number: Mapped[str | None] = mapped_column(Text)
    upn: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text, comment="E.164")
    email: Mapped[str | None] = mapped_column(Text)
    uprn: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    postcode: Mapped[str | None] = mapped_column(Text)
    ethnicity: Mapped[str | None] = mapped_column(Text)
    seen_on: Mapped[date | None] = mapped_column(Date, comment="the day of which the source speaks")
    valid_from: Mapped[date | None] = mapped_column(Date, comment="since when they live there, by this source")
    valid_to: Mapped[date | None] = mapped_column(Date, comment="the first day on which they no longer did")
    digest: Mapped[UUID] = mapped_column(comment="of all the above: the same means unchanged")
    pseudonym: Mapped[UUID] = mapped_column(comment="the record's key in the analytics zone")
    load_id: Mapped[UUID | None] = mapped_column(comment="the load that last changed it; null: it came by itself")
    first_seen: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="since when the source no longer has it; its links stay until erased"
    )

    __table_args__ = (
        UniqueConstraint("source", "reference"),
        UniqueConstraint("pseudonym"),
        Index("ix_record_load", "load_id"),
        Index("ix_record_changed_at", "changed_at"),
        Index("ix_record_uprn", "uprn"),
        Index("ix_record_postcode", "postcode"),
        Index("ix_record_register_household", "household_reference", postgresql_where=text("source = 'casefile'")),
        {"comment": "Source records: who they say that they are about"},
    )
