"""The table of safeguarding concerns."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, Index, LargeBinary, SmallInteger, Text, Uuid, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base


class Concern(Base):
    """A concern about a child or an adult. Raised is not delivered: only acknowledged by a named person is."""

    __tablename__ = "safeguarding_concern"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="child | adult | unknown")
    level: Mapped[str | None] = mapped_column(Text, comment="red | amber | green; null: nobody said, so red")
    rank: Mapped[int] = mapped_column(SmallInteger, comment="0 red, 1 amber, 2 green")
    state: Mapped[str] = mapped_column(Text, comment="raised | escalated | acknowledged")
    what_happened: Mapped[str | None] = mapped_column(Text)
    fgm_under_18: Mapped[bool] = mapped_column(Boolean)
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    household_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None] = mapped_column(comment="as the raiser said; need not be one of ours")
    as_sent: Mapped[str] = mapped_column(Text, comment="the whole of what was sent: nothing of it is lost")
    unread: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="fields that made no sense to us")
    reference: Mapped[UUID | None] = mapped_column(
        comment="made by the raiser's page, so that a retry is no second one"
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of the body")
    raised_by: Mapped[str] = mapped_column(Text)
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who raised it and may not know these people: they read what they wrote; null: as usual"
    )
    raised_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    rung_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    acknowledged_by: Mapped[str | None] = mapped_column(Text)
    acknowledged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    acknowledgement_note: Mapped[str | None] = mapped_column(Text)
    about_staff: Mapped[bool] = mapped_column(
        Boolean, server_default=false(), comment="its own route: the worker and their line never see it"
    )
    about_workers: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"), comment="principals")
    typed_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when a concern that was phoned through came in; raised_at is the call"
    )
    phoned_to: Mapped[str | None] = mapped_column(Text, comment="who took the call, as the raiser said")
    police_reported_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    police_reported_by: Mapped[str | None] = mapped_column(Text)
    police_reference: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # The same words again are the same concern; other words under the same reference are kept as another.
        Index(
            "uq_safeguarding_concern_retry",
            "raised_by",
            "reference",
            "digest",
            unique=True,
            postgresql_where=text("reference is not null"),
        ),
        Index(
            "ix_safeguarding_concern_open",
            "rank",
            "due_at",
            "id",
            postgresql_where=text("state <> 'acknowledged'"),
        ),
        Index("ix_safeguarding_concern_state", "state", "rank", "due_at", "id"),
        {"comment": "Concerns about a child or an adult"},
    )
