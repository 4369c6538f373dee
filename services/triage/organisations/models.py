"""The table of organisations: partners, landlords, the council itself, and whoever runs a service of the directory."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class Organisation(Base):
    """An organisation. Nothing here is about a resident; a mailbox is a team's, never a person's own."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, comment="organisations.domain.Kind")
    status: Mapped[str] = mapped_column(Text, comment="active | ended")
    description: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text, comment="public")
    phone: Mapped[str | None] = mapped_column(Text, comment="public")
    legal_status: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text, comment="a persistent identifier, e.g. a charity register's")
    listed: Mapped[bool] = mapped_column(Boolean, comment="shown in the public directory")
    answers_by: Mapped[str] = mapped_column(Text, comment="api | webhook | link | not_at_all")
    answer_email: Mapped[str | None] = mapped_column(Text, comment="where one-time links go; never public")
    manager: Mapped[str | None] = mapped_column(Text, comment="our worker who looks after it: silence goes to them")
    feed_id: Mapped[UUID | None] = mapped_column(comment="the feed it came from; null: entered here")
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")

    __table_args__ = (
        Index("ix_organisation_name", "name", "id"),
        Index("ix_organisation_kind", "kind", "name", "id"),
        Index("ix_organisation_feed_id", "feed_id", postgresql_where=text("feed_id is not null")),
        {"comment": "Partner organisations, landlords, and whoever runs a service of the directory"},
    )
