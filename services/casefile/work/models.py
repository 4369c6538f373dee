"""Tables of work journeys, jobs, vacancies and offers, and of appointments as casefile has heard of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base
from services.casefile.work import domain
from services.casefile.work.domain import Check, CheckState, Step, StepKind, StepState


class WorkJourney(Base):
    """One person's way to work, in their words."""

    __tablename__ = "work_journey"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    worker: Mapped[str] = mapped_column(Text, comment="who goes the way with them")
    state: Mapped[str] = mapped_column(Text, comment="open | closed")
    stage: Mapped[str] = mapped_column(Text)
    goal: Mapped[str] = mapped_column(Text, comment="what they would like, in their words")
    activity: Mapped[str] = mapped_column(Text, comment="unemployed | inactive | in_work | in_training")
    inactive_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    inactive_words: Mapped[str | None] = mapped_column(Text, comment="why they are not looking, in their own words")
    never_worked: Mapped[bool] = mapped_column(Boolean)
    out_of_work_since: Mapped[date | None] = mapped_column()
    hours_wanted: Mapped[int | None] = mapped_column(Integer, comment="hours a week, at most")
    barriers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{kind, words, gone_on}]")
    steps: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{id, kind, whose, words, due_on, state, done_on, result, shared}]"
    )
    coach: Mapped[str | None] = mapped_column(Text, comment="the work coach they share goals with")
    shared_on: Mapped[date | None] = mapped_column(comment="the day they agreed to it")
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    close_reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_work_journey_open", "person_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_work_journey_opened_at", "opened_at", "id"),
        Index("ix_work_journey_worker", "worker", "state"),
        Index("ix_work_journey_coach", "coach", postgresql_where=text("coach is not null and state = 'open'")),
        CheckConstraint("(coach is null) = (shared_on is null)", name="shared_by_agreement"),
        {"comment": "Work journeys: what stops them, steps, jobs"},
    )

    def rule_steps(self) -> list[Step]:
        """The steps as the rules see them."""
        return [Step(StepKind(each["kind"]), StepState(each["state"])) for each in self.steps]

    def barriers_left(self) -> int:
        """How much still stands in the way."""
        return sum(each["gone_on"] is None for each in self.barriers)


class WorkJob(Base):
    """A job somebody started, and how it went on."""

    __tablename__ = "work_job"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("work_journey.id"))
    kind: Mapped[str] = mapped_column(Text, comment="employed | self_employed | apprenticeship")
    employer: Mapped[str] = mapped_column(Text)
    vacancy_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_vacancy.id"))
    started_on: Mapped[date] = mapped_column()
    hours: Mapped[int] = mapped_column(Integer, comment="hours a week")
    ended_on: Mapped[date | None] = mapped_column()
    end_words: Mapped[str | None] = mapped_column(Text)
    outcome_id: Mapped[UUID | None] = mapped_column(comment="null: the person's employment was on record already")
    progress: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{kind, on, words}]")
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_work_job_journey_id", "journey_id", "started_on"),
        CheckConstraint("ended_on >= started_on", name="in_order"),
        {"comment": "Jobs that were started"},
    )


class WorkCheck(Base):
    """Whether a job still stood 13, or 26, weeks after its start."""

    __tablename__ = "work_check"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("work_job.id"))
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("work_journey.id"))
    weeks: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date] = mapped_column()
    state: Mapped[str] = mapped_column(Text, comment="waiting | sustained | not_sustained | not_known")
    answered_on: Mapped[date | None] = mapped_column()
    answered_by: Mapped[str | None] = mapped_column(Text, comment="null too where nobody said in time")
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{proof, dated, words}]")

    __table_args__ = (
        Index("uq_work_check_job_id", "job_id", "weeks", unique=True),
        Index("ix_work_check_waiting", "due_on", "id", postgresql_where=text("state = 'waiting'")),
        {"comment": "13 and 26 weeks after a start"},
    )

    def as_rules_see_it(self) -> Check:
        """The part that the rules read and change."""
        return Check(self.weeks, self.due_on, CheckState(self.state))


class WorkVacancy(Base):
    """Places that a scheme brings: open here first, to others from their day on. About nobody."""

    __tablename__ = "work_vacancy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    employer: Mapped[str] = mapped_column(Text)
    scheme: Mapped[str] = mapped_column(Text, comment="the development or programme that brings it")
    details: Mapped[str] = mapped_column(Text)
    hours: Mapped[int | None] = mapped_column(Integer, comment="hours a week")
    places: Mapped[int] = mapped_column(Integer)
    opened_on: Mapped[date] = mapped_column()
    opens_to_others_on: Mapped[date] = mapped_column()
    closes_on: Mapped[date | None] = mapped_column()
    state: Mapped[str] = mapped_column(Text, comment="open | closed")
    entered_by: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_work_vacancy_opened_on", "opened_on", "id"),
        CheckConstraint("opens_to_others_on > opened_on", name="here_first"),
        {"comment": "Vacancies of schemes, here before the market"},
    )


class WorkOffer(Base):
    """A place offered to somebody, with the grounds of the order as they were."""

    __tablename__ = "work_offer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    vacancy_id: Mapped[UUID] = mapped_column(ForeignKey("work_vacancy.id"))
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("work_journey.id"))
    state: Mapped[str] = mapped_column(Text, comment="offered | accepted | declined | withdrawn | lapsed")
    place: Mapped[int] = mapped_column(Integer, comment="in the order of that moment, the first is 1")
    of_how_many: Mapped[int] = mapped_column(Integer)
    grounds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{code, words, points}]")
    passed_over_because: Mapped[str | None] = mapped_column(Text)
    offered_by: Mapped[str] = mapped_column(Text)
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answer_by: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # Nobody is held on many offers.
        Index("uq_work_offer_standing", "journey_id", unique=True, postgresql_where=text("state = 'offered'")),
        Index("ix_work_offer_vacancy_id", "vacancy_id", "state"),
        Index("ix_work_offer_offered_at", "offered_at", "id"),
        {"comment": "Offers of vacancies, furthest from work first"},
    )


class KnownAppointment(Base):
    """An appointment as triage told of it: so that a work coach sees their own. Whether it was kept is left out."""

    __tablename__ = "known_appointment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column()
    worker: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    hub: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    stands: Mapped[bool] = mapped_column(Boolean, comment="neither cancelled nor to be arranged anew")

    __table_args__ = (
        Index("ix_known_appointment_worker", "worker", "starts_at"),
        {"comment": "Appointments, from triage.appointment.*, without what became of them"},
    )


def job_rules(job: WorkJob, checks: list[WorkCheck]) -> domain.Job:
    """A job with its checks as the rules see them."""
    mine = tuple(each.as_rules_see_it() for each in sorted(checks, key=lambda each: each.weeks))
    return domain.Job(job.started_on, job.ended_on, mine, bool(job.progress))
