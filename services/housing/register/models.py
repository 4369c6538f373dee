"""Tables of the register: applications and who is to live there, stays in bands, decisions and their reviews."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


def _moment(**more: Any) -> Any:
    return mapped_column(DateTime(timezone=True), **more)


_BIDS = text("state in ('active', 'active_under_review', 'awaiting_reassessment')")


class Application(Base):
    """An application for a home under Part 6 of the Housing Act 1996."""

    __tablename__ = "register_application"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str] = mapped_column(Text, comment="seven digits: what a household bids with, by telephone too")
    source_reference: Mapped[str | None] = mapped_column(Text, comment="of the register before ours")
    person_id: Mapped[UUID] = mapped_column(comment="who applied; casefile's id, never changed by a merge")
    household_id: Mapped[UUID] = mapped_column()
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="everybody of it who is known by an id")
    state: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text, comment="online | paper | assisted | load")
    applied_on: Mapped[date] = mapped_column(Date)
    circumstances: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what they said")
    learned: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="{fact: {value, source, on}}, from homelessness, decants and medical assessments"
    )
    officer_reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="reasons of the scheme found by an officer")
    rules: Mapped[str] = mapped_column(Text, comment="the rule set of bedroom need")
    bedrooms_needed: Mapped[int | None] = mapped_column(SmallInteger)
    bedrooms_fewest: Mapped[int | None] = mapped_column(SmallInteger, comment="the smallest home they may bid for")
    bedrooms_lacking: Mapped[int | None] = mapped_column(SmallInteger)
    need_set_by: Mapped[str | None] = mapped_column(Text, comment="the officer who set it by hand; null: the rules did")
    need_reason: Mapped[str | None] = mapped_column(Text)
    band: Mapped[str | None] = mapped_column(Text)
    band_order: Mapped[int | None] = mapped_column(SmallInteger, comment="0 is the most urgent")
    band_reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    preference: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="groups of s166A(3), in CORE's words")
    priority_on: Mapped[date | None] = mapped_column(Date)
    access_needed: Mapped[str] = mapped_column(Text, comment="London's Accessible Housing Register")
    highest_floor: Mapped[int | None] = mapped_column(SmallInteger, comment="without a lift; null: any")
    renew_by: Mapped[date | None] = mapped_column(Date)
    renewal_asked_on: Mapped[date | None] = mapped_column(Date)
    recheck_on: Mapped[date | None] = mapped_column(Date, comment="the next birthday that may change the need")
    suspended_until: Mapped[date | None] = mapped_column(Date)
    state_before: Mapped[str | None] = mapped_column(Text, comment="of a review, or of a letting that may fall through")
    ended_on: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str | None] = mapped_column(Text)
    letting_id: Mapped[UUID | None] = mapped_column()
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it of somebody they may not know of, until one who may takes it up"
    )
    unknown_ids: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid), comment="the people, and the household, of whom the taker may not know: they count as strangers"
    )
    registered_by: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime] = _moment(comment="business time, like all below")
    changed_at: Mapped[datetime] = _moment()

    __table_args__ = (
        Index("uq_register_application_number", "number", unique=True),
        Index(
            "uq_register_application_source_reference",
            "source_reference",
            unique=True,
            postgresql_where=text("blind_by is null"),
        ),
        # A second one of a household may wait to be looked at, flagged; it never bids beside the first.
        Index(
            "uq_register_application_household_bids",
            "household_id",
            unique=True,
            postgresql_where=text(f"{_BIDS.text} and household_id <> all (unknown_ids)"),
        ),
        Index("ix_register_application_order", "band_order", "priority_on", "id", postgresql_where=_BIDS),
        Index("ix_register_application_state", "state", "registered_at", "id"),
        Index("ix_register_application_household_id", "household_id"),
        Index("ix_register_application_person_ids", "person_ids", postgresql_using="gin"),
        Index("ix_register_application_registered_at", "registered_at", "id"),
        Index("ix_register_application_renew_by", "renew_by"),
        {"comment": "Applications for a home"},
    )


class Member(Base):
    """Somebody who is to live there, or a child who is expected."""

    __tablename__ = "register_member"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("register_application.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id; null: not known to us by one")
    born: Mapped[date | None] = mapped_column(Date)
    expected_on: Mapped[date | None] = mapped_column(Date, comment="of a child who is not born yet")
    sex: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text, comment="applicant | partner | other")
    relation: Mapped[str] = mapped_column(Text, comment="to the applicant")
    couple: Mapped[str | None] = mapped_column(Text, comment="the same word for the two of a couple")
    own_room: Mapped[str | None] = mapped_column(Text, comment="why they cannot be asked to share: a code")

    __table_args__ = (
        Index("uq_register_member_number", "application_id", "number", unique=True),
        Index("ix_register_member_person_id", "person_id"),
        {"comment": "Who is to live in the home applied for"},
    )


class Established(Base):
    """What another part of housing has established of a household, from its events: a duty owed, a decant."""

    __tablename__ = "register_established"

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the duty, or the decant")
    sequence: Mapped[int] = mapped_column(BigInteger)
    fact: Mapped[str] = mapped_column(Text, comment="homeless_duty | decant")
    value: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge")
    household_id: Mapped[UUID | None] = mapped_column()
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date, comment="the first day no longer")

    __table_args__ = (
        Index("ix_register_established_household_id", "household_id"),
        Index("ix_register_established_person_id", "person_id"),
        {"comment": "Duties and decants, as the register has heard of them"},
    )


class BandStay(Base):
    """From one day on a household was in a band; never changed, the next one follows."""

    __tablename__ = "register_band_stay"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("register_application.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    band: Mapped[str | None] = mapped_column(Text, comment="null: in no band")
    band_order: Mapped[int] = mapped_column(SmallInteger)
    since: Mapped[date] = mapped_column(Date, comment="when they told us of what put them there")
    priority_on: Mapped[date] = mapped_column(Date)
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    decided_by: Mapped[str] = mapped_column(Text, comment="a rule of the scheme (system:housing) or a named officer")
    decided_at: Mapped[datetime] = _moment()

    __table_args__ = ({"comment": "In which band a household was, from when"},)


class Decision(Base):
    """What was decided, or is to be: nothing that hurts a household stands before a named officer has confirmed it."""

    __tablename__ = "register_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("register_application.id"))
    kind: Mapped[str] = mapped_column(Text, comment="activate | disqualify | band | need | suspend | restore | end")
    state: Mapped[str] = mapped_column(Text, comment="proposed | confirmed | withdrawn | changed_on_review")
    hurts: Mapped[bool] = mapped_column(Boolean)
    effect: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what it makes of the application")
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what stood before it: what a review may restore")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what it rests on, as known then")
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="in plain words, as the letter says them")
    words: Mapped[str | None] = mapped_column(Text, comment="the officer's own")
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = _moment()
    confirmed_by: Mapped[str | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None] = _moment()
    letter: Mapped[str | None] = mapped_column(Text)
    review_ask_by: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        Index("ix_register_decision_application_id", "application_id", "proposed_at", "id"),
        Index(
            "uq_register_decision_proposed",
            "application_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_register_decision_waiting", "proposed_at", "id", postgresql_where=text("state = 'proposed'")),
        {"comment": "Decisions on applications for a home"},
    )


class Review(Base):
    """A decision looked at again, by an officer who had no part in it."""

    __tablename__ = "register_review"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("register_decision.id"))
    state: Mapped[str] = mapped_column(Text, comment="asked | upheld | changed | withdrawn")
    asked_on: Mapped[date] = mapped_column(Date)
    words: Mapped[str] = mapped_column(Text, comment="why they think it is wrong")
    decide_by: Mapped[date] = mapped_column(Date)
    late: Mapped[bool] = mapped_column(Boolean, comment="not decided in time: a manager has heard")
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = _moment()
    reasons: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("uq_register_review_decision_id", "decision_id", unique=True),
        Index("ix_register_review_waiting", "decide_by", "id", postgresql_where=text("state = 'asked'")),
        {"comment": "Reviews of decisions on applications for a home"},
    )
