"""The table of appointments. It also keeps rooms and workers: no two bookings of one at the same time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, false, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.tables import Base

_DURING = text("tstzrange(starts_at, ends_at)")
_HOLDS = text("state in ('booked', 'arrived') or keeps_place")


class Appointment(Base):
    """Somebody meets somebody, somewhere, at a time."""

    __tablename__ = "appointment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="at_hub | home_visit | phone | room_only | time_only")
    person_id: Mapped[UUID | None] = mapped_column(
        comment="casefile's id, never changed by a merge; null: held for nobody named"
    )
    household_id: Mapped[UUID | None] = mapped_column()
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    hub: Mapped[str] = mapped_column(ForeignKey("hub.code"), comment="where, or from where a visit starts")
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("hub_room.id"))
    worker: Mapped[str] = mapped_column(Text, comment="the worker's principal id")
    about: Mapped[str | None] = mapped_column(Text, comment="one of the twelve domains of need")
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(Text, comment="booked | arrived | kept | missed | cancelled | to_rearrange")
    keeps_place: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="gave way unseen: room and worker stay taken till it is moved"
    )
    blind: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="by somebody who may not know them: it is not in their diary"
    )
    remind: Mapped[bool] = mapped_column(comment="they agreed to be reminded")
    missed_because: Mapped[str | None] = mapped_column(Text)
    follow_up_due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    follow_up: Mapped[str | None] = mapped_column(Text, comment="what was done after it was missed")
    follow_up_late_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="rang a manager")
    booked_by: Mapped[str] = mapped_column(Text)
    booked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ExcludeConstraint(("room_id", "="), (_DURING, "&&"), name="ex_appointment_room", where=_HOLDS),
        ExcludeConstraint(("worker", "="), (_DURING, "&&"), name="ex_appointment_worker", where=_HOLDS),
        Index("ix_appointment_hub", "hub", "starts_at", "id"),
        Index("ix_appointment_person_id", "person_id", "starts_at", "id"),
        Index("ix_appointment_worker", "worker", "starts_at"),
        Index("ix_appointment_contact_id", "contact_id", postgresql_where=text("contact_id is not null")),
        {"comment": "Appointments and visits; no room and no worker twice at one time"},
    )
