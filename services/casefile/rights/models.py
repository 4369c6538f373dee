"""Tables of requests about rights, of packages on their way out, of proofs, and of legal holds."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text, false, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.rights import domain
from services.casefile.tables import Base


class RightsRequest(Base):
    """One person's right, asked for once: what is asked, by whom, how far it came and by when it is answered."""

    __tablename__ = "rights_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="access | rectification | restriction | objection | erasure")
    person_id: Mapped[UUID] = mapped_column(comment="whose data; an id that leads to nobody once they are erased")
    asker: Mapped[str] = mapped_column(Text, comment="self | parent | representative")
    asker_person_id: Mapped[UUID | None] = mapped_column(comment="who asks for somebody else, if we know them")
    authority: Mapped[str | None] = mapped_column(Text, comment="what shows that they may ask")
    details: Mapped[str] = mapped_column(Text, comment="what they want, in their words")
    purposes: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="of a restriction or objection; none: everything")
    received_on: Mapped[date] = mapped_column(Date)
    received_by: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    pauses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{about, question, since, until}]")
    extended: Mapped[bool] = mapped_column(Boolean, server_default=false())
    extension_reason: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date, comment="null while it stands still")
    overdue: Mapped[bool] = mapped_column(Boolean, server_default=false())
    guarded: Mapped[bool] = mapped_column(
        Boolean, server_default=false(), comment="somebody concerned is kept apart or restricted: the specialist first"
    )
    cleared_by: Mapped[str | None] = mapped_column(Text, comment="the specialist who let it go on")
    cleared_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    clearance: Mapped[str | None] = mapped_column(Text, comment="what to take care of")
    ground: Mapped[str | None] = mapped_column(Text)
    kept: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="retention codes that an erasure leaves")
    reason: Mapped[str | None] = mapped_column(Text, comment="of the decision or refusal, as the person is told")
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    digest: Mapped[str | None] = mapped_column(Text, comment="SHA-256 of what was released")
    recipients_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when we knew who had a copy, and had told them"
    )
    recipients_of: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), comment="the services that have said who had a copy"
    )
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_rights_request_person_id", "person_id"),
        Index("ix_rights_request_asker_person_id", "asker_person_id"),
        Index("ix_rights_request_received_on", "received_on", "id"),
        {"comment": "Requests about rights (UK GDPR Articles 15 to 21)"},
    )

    def clock(self) -> domain.Clock:
        """What its time depends on."""
        pauses = [
            domain.Pause(
                each["about"],
                date.fromisoformat(each["since"]),
                date.fromisoformat(each["until"]) if each.get("until") else None,
            )
            for each in self.pauses
        ]
        return domain.Clock(self.received_on, pauses, self.extended)


class RightsPart(Base):
    """A part of one owner's package that has arrived."""

    __tablename__ = "rights_part"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"), primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    part: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    parts: Mapped[int] = mapped_column(Integer)
    collected_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Parts of subject access packages, as they arrive"},)


class RightsItem(Base):
    """One thing some owner holds, before and after the check. Its words stand only in `sealed`, and not for long."""

    __tablename__ = "rights_item"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"))
    service: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, comment="the owner's table")
    record: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    part: Mapped[str] = mapped_column(Text, comment="the compartment")
    shared: Mapped[bool] = mapped_column(Boolean, comment="about somebody else too")
    day: Mapped[date | None] = mapped_column(Date)
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="names of its fields")
    sealed: Mapped[str | None] = mapped_column(
        Text, comment="the fields, readable by this service alone; null once over"
    )
    verdict: Mapped[str | None] = mapped_column(Text, comment="give | redact | withhold; null: not checked")
    redacted: Mapped[list[str]] = mapped_column(ARRAY(Text))
    exemption: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    checked_by: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_rights_item_request_id", "request_id", "id"),
        {"comment": "What is held about somebody, item by item, while it is checked"},
    )


class ErasureProof(Base):
    """What one owner erased for a request: counts, digests, what stays and why. Never what it was."""

    __tablename__ = "erasure_proof"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"), primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    tables: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    digest: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Proofs of erasure, owner by owner"},)


class RightsRecipient(Base):
    """An organisation that had a copy of somebody's data, and how it heard of what was done with them (Article 19)."""

    __tablename__ = "rights_recipient"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"), primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True, comment="whose record of disclosure named it")
    organisation_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="triage's; of one that is named here, an id of its own"
    )
    name: Mapped[str | None] = mapped_column(Text, comment="of one that triage does not know: the body, not a person")
    kind: Mapped[str | None] = mapped_column(Text, comment="as what it was told: school | gp | ...")
    disclosures: Mapped[int] = mapped_column(Integer)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    told: Mapped[str] = mapped_column(Text, comment="system | mailbox | by_hand | impossible")
    because: Mapped[str | None] = mapped_column(Text, comment="why it was not possible")
    told_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    settled_as: Mapped[str | None] = mapped_column(
        Text, comment="told | impossible | disproportionate: what somebody did or found"
    )
    settled_how: Mapped[str | None] = mapped_column(Text, comment="letter | email | phone | in_person")
    settled_reason: Mapped[str | None] = mapped_column(Text, comment="why it was impossible or out of proportion")
    settled_by: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Who was told of rectifications, restrictions and erasures"},)


class LegalHold(Base):
    """Nothing of this person is erased while it stands: a court, an inquiry, a claim."""

    __tablename__ = "legal_hold"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column()
    authority: Mapped[str] = mapped_column(Text, comment="who asks for it")
    reason: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lifted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lift_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_legal_hold_person_id", "person_id", postgresql_where=text("lifted_at is null")),
        {"comment": "Legal holds"},
    )
