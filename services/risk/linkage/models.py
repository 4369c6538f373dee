"""The identity layer in the vault: which record is whose, since when and why; who lives together; what people decided.

`assertion` only ever grows and is what all else follows from: `record_resident` is its last word on each record, and
reading it up to a day gives the state of that day. Erasure alone takes rows out, and leaves a tombstone.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.vault.tables import VaultBase

_NOW = func.clock_timestamp()
_CERTAINTY = "certainty in ('confirmed', 'probable', 'unlinked')"


class Resident(VaultBase):
    """One person as linkage sees them. The id is kept for ever: also when erased (a tombstone) or joined to another."""

    __tablename__ = "resident"

    resident_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    pseudonym: Mapped[UUID | None] = mapped_column(comment="null once erased: nothing leads back")
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id; its alias may have moved on since")
    joined_into: Mapped[UUID | None] = mapped_column(comment="the resident that all of its records went to")
    introduction: Mapped[str | None] = mapped_column(Text, comment="sent | introduced | known | erased")
    introduced_into: Mapped[UUID | None] = mapped_column(comment="casefile's household of somebody introduced")
    introduced_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    objected: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), comment="never to be contacted")
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    erased_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("pseudonym"),
        Index("ix_resident_person", "person_id", postgresql_where=text("person_id is not null")),
        Index("ix_resident_introduced_into", "introduced_into", postgresql_where=text("introduced_into is not null")),
        {"comment": "People as linkage sees them"},
    )


class RecordKey(VaultBase):
    """A record's blocking keys, so that one record finds those worth comparing without reading the others."""

    __tablename__ = "record_key"

    record_id: Mapped[UUID] = mapped_column(ForeignKey("record.record_id", ondelete="cascade"), primary_key=True)
    digest: Mapped[UUID] = mapped_column(comment="of the record when its keys were made")
    keys: Mapped[list[int]] = mapped_column(ARRAY(Integer), comment="keys that few records share, folded to 31 bits")

    __table_args__ = (
        Index("ix_record_key_keys", "keys", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        {"comment": "Blocking keys of each record"},
    )


class CommonKey(VaultBase):
    """A key that too many records share to say anything; found by the last run over the whole borough."""

    __tablename__ = "common_key"

    key: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)

    __table_args__ = ({"comment": "Blocking keys that say too little"},)


class Unlinked(VaultBase):
    """A record that linking has still to look at. Written by the database itself (triggers), whichever way it came."""

    __tablename__ = "unlinked"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    record_id: Mapped[UUID] = mapped_column()

    __table_args__ = (
        {"comment": "Records that came in, say something else or were withdrawn since they were last linked"},
    )


class Assertion(VaultBase):
    """Record r is resident p since t, because e. Null: it is nobody's any more."""

    __tablename__ = "assertion"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    record_id: Mapped[UUID] = mapped_column()
    resident_id: Mapped[UUID | None] = mapped_column()
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    because: Mapped[str] = mapped_column(Text, comment="a code: see domain.Because")
    evidence: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="{with, weight, probability} of the best pair, or {rule}"
    )
    certainty: Mapped[str] = mapped_column(Text)
    probability: Mapped[float] = mapped_column(Float)
    author: Mapped[str] = mapped_column(Text, comment="who: a worker, or the platform itself")
    run_id: Mapped[UUID | None] = mapped_column(comment="the run over the whole borough, or null: by itself")

    __table_args__ = (
        CheckConstraint(_CERTAINTY, name="certainty"),
        Index("ix_assertion_record", "record_id", "id"),
        {"comment": "What linkage has ever said, in order"},
    )


class RecordResident(VaultBase):
    """Whose record it is now: the last assertion on it."""

    __tablename__ = "record_resident"

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("resident.resident_id"))
    certainty: Mapped[str] = mapped_column(Text)
    probability: Mapped[float] = mapped_column(Float)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)

    __table_args__ = (
        CheckConstraint(_CERTAINTY, name="certainty"),
        Index("ix_record_resident_resident", "resident_id"),
        {"comment": "Whose record it is now"},
    )


class PairRule(VaultBase):
    """Two records that are one person, or are not, because somebody says so. It outweighs every score, for ever."""

    __tablename__ = "pair_rule"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    kind: Mapped[str] = mapped_column(Text, comment="must | cannot")
    record_a: Mapped[UUID] = mapped_column(comment="the smaller of the two ids")
    record_b: Mapped[UUID] = mapped_column()
    author: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    replaced_by: Mapped[UUID | None] = mapped_column(comment="the rule that put it right, if it was wrong")
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("kind in ('must', 'cannot')", name="kind"),
        CheckConstraint("record_a < record_b", name="order"),
        Index("uq_pair_rule_standing", "record_a", "record_b", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_pair_rule_b", "record_b"),
        {"comment": "Must-links and cannot-links"},
    )


class ReviewItem(VaultBase):
    """Two records that may be one person: a person decides."""

    __tablename__ = "review_item"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    record_a: Mapped[UUID] = mapped_column(comment="the smaller of the two ids")
    record_b: Mapped[UUID] = mapped_column()
    why: Mapped[str] = mapped_column(Text, comment="a code: see domain.Doubt")
    weight: Mapped[float] = mapped_column(Float)
    probability: Mapped[float] = mapped_column(Float)
    state: Mapped[str] = mapped_column(
        Text, server_default=text("'open'"), comment="open | same | different | overtaken"
    )
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    opened_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state in ('open', 'same', 'different', 'overtaken')", name="state"),
        CheckConstraint("record_a < record_b", name="order"),
        UniqueConstraint("record_a", "record_b"),
        Index("ix_review_item_b", "record_b"),
        Index("ix_review_item_state", "state", "probability", "id"),
        {"comment": "Pairs for a person to decide"},
    )


class Household(VaultBase):
    """People who live together. The id follows the people: it stays when they move house together."""

    __tablename__ = "home"

    home_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    pseudonym: Mapped[UUID] = mapped_column()
    place: Mapped[str] = mapped_column(Text, comment="uprn:<uprn>, or postcode and first line, as compared")
    uprn: Mapped[str | None] = mapped_column(Text)
    postcode: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date | None] = mapped_column(Date, comment="since when they live at this place")
    until: Mapped[date | None] = mapped_column(Date, comment="the first day on which nobody of it was left")

    __table_args__ = (
        UniqueConstraint("pseudonym"),
        Index("ix_home_place", "place"),
        {"comment": "Households"},
    )


class HouseholdMember(VaultBase):
    """Who belonged to a household from one day to another."""

    __tablename__ = "home_member"

    home_id: Mapped[UUID] = mapped_column(ForeignKey("home.home_id", ondelete="cascade"), primary_key=True)
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("resident.resident_id"), primary_key=True)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    until: Mapped[date | None] = mapped_column(Date)
    basis: Mapped[str] = mapped_column(Text, comment="the source whose record puts them there")

    __table_args__ = (
        Index("uq_home_member_now", "resident_id", unique=True, postgresql_where=text("until is null")),
        {"comment": "Members of households, with dates"},
    )


class Ward(VaultBase):
    """Which ward an address lies in, as far as a source has said."""

    __tablename__ = "ward"

    place: Mapped[str] = mapped_column(Text, primary_key=True, comment="uprn:<uprn> or postcode:<postcode>")
    ward: Mapped[str] = mapped_column(Text, comment="GSS code")

    __table_args__ = ({"comment": "Wards of addresses"},)


class LinkingRun(VaultBase):
    """One run over the whole borough, with its figures."""

    __tablename__ = "linking_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    model_id: Mapped[UUID | None] = mapped_column()
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    finished_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = ({"comment": "Linking runs"},)


class LinkageModel(VaultBase):
    """Trained weights. They hold how common names are, so they stay in the vault. The newest counts."""

    __tablename__ = "linkage_model"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    model: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = ({"comment": "Trained weights of linkage"},)


class RegisterEntry(VaultBase):
    """How far we have heard of a person of casefile's register: the highest version counts."""

    __tablename__ = "register_entry"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    merged_into: Mapped[UUID | None] = mapped_column()
    listed: Mapped[bool] = mapped_column(Boolean, comment="false: restricted, nothing may be known of them here")
    introduced: Mapped[bool] = mapped_column(Boolean, comment="all that casefile has of them came from here")

    __table_args__ = (Index("ix_register_entry_merged", "merged_into"), {"comment": "Casefile's register, as heard"})


class Erasure(VaultBase):
    """Tombstone of a record: its pseudonym, so that a later load does not bring it back."""

    __tablename__ = "erasure"

    pseudonym: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    author: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, comment="a code: see domain.ErasureReason")

    __table_args__ = ({"comment": "Records that were erased and stay so"},)


class Reidentification(VaultBase):
    """Somebody went from a pseudonym to a person: who, in which role, for which purpose, and why in their words."""

    __tablename__ = "reidentification"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pseudonym: Mapped[UUID] = mapped_column()
    kind: Mapped[str] = mapped_column(Text, comment="record | resident | household")
    actor: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    purpose: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)

    __table_args__ = (Index("ix_reidentification_at", "at"), {"comment": "Ways back from pseudonym to person"})
