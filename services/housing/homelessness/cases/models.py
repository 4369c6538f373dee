"""The tables of cases: the household that applied, who belongs to it, what was found, and which duties are owed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base

_MERGED = "casefile's id, never changed by a merge"


class HomelessnessCase(Base):
    """One application as homeless, or a public body's referral that may become one."""

    __tablename__ = "homelessness_case"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID | None] = mapped_column(comment=_MERGED)
    told_person_id: Mapped[UUID | None] = mapped_column(
        comment="as whom an officer took them who may not know of that person; null once one who may has joined them"
    )
    told_by: Mapped[str | None] = mapped_column(Text, comment="who told it so, if not who opened it")
    household_id: Mapped[UUID | None] = mapped_column()
    told_household_id: Mapped[UUID | None] = mapped_column(comment="the home they said with it, or with nobody named")
    member_person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    source: Mapped[str] = mapped_column(Text, comment="application | duty_to_refer | officer")
    referred_by: Mapped[str | None] = mapped_column(Text, comment="the kind of public body (s213B)")
    contact_id: Mapped[UUID | None] = mapped_column(comment="triage's contact")
    known_application_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    known_duty_to_refer_id: Mapped[UUID | None] = mapped_column()
    made_on: Mapped[date] = mapped_column(comment="the day they applied, or were referred: no clock counts from before")
    applied: Mapped[bool] = mapped_column(comment="a referral is not itself an application")
    where_tonight: Mapped[str] = mapped_column(Text)
    tonight: Mapped[str] = mapped_column(Text, comment="house_tonight | ask | not_tonight (HA 1996 s188)")
    priority_signs: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    position: Mapped[str] = mapped_column(Text, comment="a position of law/duties.toml")
    position_since: Mapped[date] = mapped_column()
    officer: Mapped[str | None] = mapped_column(Text, comment="who holds it")
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    closed_on: Mapped[date | None] = mapped_column()
    closed_by_transition: Mapped[str | None] = mapped_column(Text)
    announced: Mapped[bool] = mapped_column(server_default=text("false"), comment="approach.made was told")
    home_from: Mapped[date | None] = mapped_column(comment="a letting from the register began: duties to decide on")
    home_letting_id: Mapped[UUID | None] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(
            "uq_homelessness_case_open",
            "person_id",
            unique=True,
            postgresql_where=text("closed_on is null and person_id is not null"),
        ),
        Index("uq_homelessness_case_contact_id", "contact_id", unique=True),
        Index("ix_homelessness_case_made_on", "made_on", "id"),
        Index("ix_homelessness_case_position", "position", "made_on", "id"),
        Index("ix_homelessness_case_household_id", "household_id"),
        {"comment": "Homelessness: applications and what became of them"},
    )


class HomelessnessMember(Base):
    """Somebody of the household that applied, with what the law asks of them and no name."""

    __tablename__ = "homelessness_member"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_case.id"))
    person_id: Mapped[UUID | None] = mapped_column(comment=_MERGED)
    role: Mapped[str] = mapped_column(Text, comment="main_applicant | partner | child | other")
    born_on: Mapped[date | None] = mapped_column()
    sex: Mapped[str] = mapped_column(Text, comment="female | male | other | unknown")
    pregnant: Mapped[bool] = mapped_column(server_default=text("false"))
    baby_due_on: Mapped[date | None] = mapped_column()
    care_leaver: Mapped[bool] = mapped_column(server_default=text("false"))
    in_education: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="a child to 18: dependent until 19"
    )
    left_on: Mapped[date | None] = mapped_column()

    __table_args__ = (
        Index("ix_homelessness_member_case_id", "case_id"),
        Index(
            "uq_homelessness_member_main",
            "case_id",
            unique=True,
            postgresql_where=text("role = 'main_applicant' and left_on is null"),
        ),
        {"comment": "Homelessness: who belongs to the household that applied"},
    )


class HomelessnessAssessment(Base):
    """What was found on a day (s184, s189A(1) to (3)); a later one takes its place and both stay."""

    __tablename__ = "homelessness_assessment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_case.id"))
    number: Mapped[int] = mapped_column(Integer)
    made_on: Mapped[date] = mapped_column()
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    reason_to_believe: Mapped[bool] = mapped_column(comment="s188(1): the low threshold for a roof")
    eligible: Mapped[str] = mapped_column(Text, comment="yes | no | unknown")
    eligibility_basis: Mapped[str | None] = mapped_column(Text)
    homelessness: Mapped[str] = mapped_column(Text, comment="homeless | threatened | neither | unknown")
    homeless_on: Mapped[date | None] = mapped_column(comment="since when, or by when")
    notice_type: Mapped[str | None] = mapped_column(Text)
    landlord: Mapped[str | None] = mapped_column(Text)
    notice_served_on: Mapped[date | None] = mapped_column()
    notice_expires_on: Mapped[date | None] = mapped_column()
    priority: Mapped[str] = mapped_column(Text)
    priority_category: Mapped[str | None] = mapped_column(Text)
    intentional: Mapped[str] = mapped_column(Text)
    intentional_reasons: Mapped[str | None] = mapped_column(Text)
    connection_here: Mapped[str] = mapped_column(Text)
    connection_basis: Mapped[str | None] = mapped_column(Text)
    connection_there: Mapped[str] = mapped_column(Text)
    connection_authority: Mapped[str | None] = mapped_column(Text, comment="ONS code")
    violence_there: Mapped[str] = mapped_column(Text)
    loss_reason: Mapped[str | None] = mapped_column(Text)
    last_settled: Mapped[str | None] = mapped_column(Text)
    accommodation_now: Mapped[str | None] = mapped_column(Text)
    support_needs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    causes: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="why, beneath the reason")
    circumstances: Mapped[str | None] = mapped_column(Text, comment="s189A(2)(a): what led to it")
    housing_needs: Mapped[str | None] = mapped_column(Text, comment="s189A(2)(b)")
    support_words: Mapped[str | None] = mapped_column(Text, comment="s189A(2)(c)")
    wishes: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_homelessness_assessment_number", "case_id", "number", unique=True),
        {"comment": "Homelessness: what was found"},
    )


class HomelessnessDuty(Base):
    """A duty that is or was owed: `last_day` is when its clock runs out, `ended_on` its last day in the end."""

    __tablename__ = "homelessness_duty"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_case.id"))
    duty: Mapped[str] = mapped_column(Text, comment="a duty of law/duties.toml")
    section: Mapped[str] = mapped_column(Text)
    started_on: Mapped[date] = mapped_column()
    last_day: Mapped[date | None] = mapped_column(comment="of its clock; null: no limit")
    ended_on: Mapped[date | None] = mapped_column()
    end_reason: Mapped[str | None] = mapped_column(Text)
    accommodation: Mapped[str | None] = mapped_column(Text, comment="where they went, if it ended in a home")
    stayed: Mapped[bool | None] = mapped_column(comment="in the home they had")
    start_decision_id: Mapped[UUID] = mapped_column(ForeignKey("homelessness_decision.id"))
    end_decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("homelessness_decision.id"))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_homelessness_duty_live", "case_id", "duty", unique=True, postgresql_where=text("ended_on is null")),
        Index("ix_homelessness_duty_last_day", "last_day", postgresql_where=text("ended_on is null")),
        CheckConstraint("(ended_on is null) = (end_reason is null)", name="reason_iff_ended"),
        CheckConstraint("ended_on >= started_on - 1", name="in_order"),
        {"comment": "Homelessness: duties owed, from which day to which"},
    )
