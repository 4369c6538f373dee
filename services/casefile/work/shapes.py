"""What goes in and out of the doors of work."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime, WorkerId
from services.casefile.outcomes.shapes import Evidence, EvidenceView
from services.casefile.work.domain import Activity, Barrier, CheckState, Inactive, Stage, StepKind, StepState
from services.casefile.work.offers import OfferState, Phase

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Hours = Annotated[int, Field(ge=1, le=60)]
Whose = Literal["theirs", "ours", "partner"]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class BarrierBody(Body):
    """Something that stops them, as they say it; `gone_on` once it no longer does."""

    kind: Barrier
    words: Words
    gone_on: date | None = None


Barriers = Annotated[list[BarrierBody], Field(max_length=30)]
Kinds = Annotated[list[Inactive], Field(max_length=7)]


class NewJourney(Body):
    """Somebody sets out for work: what they would like, where they stand, what stops them."""

    person_id: UUID
    household_id: UUID | None = None
    goal: Words = Field(description="What they would like, in their words")
    activity: Activity
    inactive_kinds: Kinds = Field(default_factory=list)
    inactive_words: Words | None = Field(None, description="Why they are not looking, in their own words")
    never_worked: bool = False
    out_of_work_since: date | None = None
    hours_wanted: Hours | None = None
    barriers: Barriers = Field(default_factory=list)


class JourneyChanges(Body):
    """What is different now; what is left out stays."""

    worker: WorkerId | None = None
    goal: Words | None = None
    activity: Activity | None = None
    inactive_kinds: Kinds | None = None
    inactive_words: Words | None = None
    never_worked: bool | None = None
    out_of_work_since: date | None = None
    hours_wanted: Hours | None = None
    barriers: Barriers | None = Field(None, description="All of them, as they stand now")


class NewStep(Body):
    """A step on the way: theirs, ours or a partner's."""

    kind: StepKind
    whose: Whose = "theirs"
    words: Words
    due_on: date | None = None
    shared: bool = Field(False, description="The person shares it with their work coach")


class StepChanges(Body):
    """How a step stands now; what is left out stays."""

    state: StepState | None = None
    words: Words | None = None
    due_on: date | None = None
    result: Words | None = Field(None, description="What came of an application or interview")
    shared: bool | None = None


class Sharing(Body):
    """With which work coach they share goals, and when they agreed; null takes it back at once."""

    coach: WorkerId | None
    agreed_on: date | None = None


class NewJob(Body):
    """A job that began, with what shows it."""

    kind: Literal["employed", "self_employed", "apprenticeship"] = "employed"
    employer: Line
    started_on: date
    hours: Hours
    vacancy_id: UUID | None = Field(None, description="The vacancy they took it from")
    evidence: Evidence


class JobEnd(Body):
    """The job ended."""

    ended_on: date
    words: Words | None = None


class CheckBody(Body):
    """Whether the job still stood."""

    weeks: Literal[13, 26]
    result: Literal["sustained", "not_sustained", "not_known"]
    evidence: Evidence = Field(default_factory=list)


class Progress(Body):
    """They came further in it: more hours, better pay, a qualification, a better post."""

    kind: Literal["more_hours", "better_pay", "qualification", "better_post"]
    on: date
    words: Line


class Closing(Body):
    """Why the journey is closed."""

    reason: Line


class BarrierView(BaseModel):
    kind: Barrier
    words: str
    gone_on: date | None


class StepView(BaseModel):
    id: UUID
    kind: StepKind
    whose: str
    words: str
    due_on: date | None
    state: StepState
    done_on: date | None
    result: str | None
    shared: bool
    allowed: list[StepState] = Field(description="What it may become from here")


class ProgressView(BaseModel):
    kind: str
    on: date
    words: str


class CheckView(BaseModel):
    """13 or 26 weeks after a start."""

    weeks: int
    due_on: date
    state: CheckState
    answered_on: date | None
    answered_by: str | None
    evidence: list[EvidenceView]


class JobView(BaseModel):
    id: UUID
    kind: str
    employer: str
    started_on: date
    hours: int
    ended_on: date | None
    end_words: str | None
    vacancy_id: UUID | None
    outcome_id: UUID | None
    progress: list[ProgressView]
    checks: list[CheckView]


class GroundView(BaseModel):
    """One reason for a place in the order."""

    code: str
    words: str
    points: int


class JourneyView(BaseModel):
    """One person's way to work."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    worker: str
    state: str
    stage: Stage
    goal: str
    activity: Activity
    inactive_kinds: list[Inactive]
    inactive_words: str | None
    never_worked: bool
    out_of_work_since: date | None
    hours_wanted: int | None
    barriers: list[BarrierView]
    health_left_out: bool = Field(description="Something tells of health, which this purpose may not reach")
    steps: list[StepView]
    jobs: list[JobView]
    coach: str | None
    shared_on: date | None
    grounds: list[GroundView] = Field(description="How far from work, for the order in which places are offered")
    opened_at: UtcDatetime
    closed_at: UtcDatetime | None
    close_reason: str | None


class DueCheck(BaseModel):
    """A job to ask after."""

    journey_id: UUID
    job_id: UUID
    person_id: UUID
    worker: str
    weeks: int
    due_on: date


class NewVacancy(Body):
    """Places that a scheme brings. Here first, to others from their day on."""

    title: Line
    employer: Line
    scheme: Line
    details: Annotated[str, StringConstraints(max_length=4000)] = ""
    hours: Hours | None = None
    places: Annotated[int, Field(ge=1, le=500)]
    opened_on: date | None = Field(None, description="Left out: today")
    opens_to_others_on: date
    closes_on: date | None = None


class VacancyChanges(Body):
    """How it stands now."""

    places: Annotated[int, Field(ge=1, le=500)] | None = None
    state: Literal["open", "closed"] | None = None


class VacancyView(BaseModel):
    """A vacancy, and who may have it today."""

    id: UUID
    version: int
    title: str
    employer: str
    scheme: str
    details: str
    hours: int | None
    places: int
    places_left: int
    phase: Phase = Field(description="here_first: only those we work with; open_to_all: anybody may apply")
    opened_on: date
    opens_to_others_on: date
    closes_on: date | None


class PlaceView(BaseModel):
    """Somebody's place in the order in which a vacancy is offered, and why."""

    journey_id: UUID
    person_id: UUID
    place: int
    of_how_many: int
    points: int
    grounds: list[GroundView]
    opened_at: UtcDatetime


class NewOffer(Body):
    """A place is offered to somebody. Whoever is not the next says why not first who is."""

    journey_id: UUID
    reason: Words | None = None


class OfferAnswer(Body):
    """Theirs is accepted or declined; ours is withdrawn. None has a consequence."""

    answer: Literal["accepted", "declined", "withdrawn"]


class OfferView(BaseModel):
    """A place offered to somebody, with the grounds as they were."""

    id: UUID
    version: int
    vacancy_id: UUID
    journey_id: UUID
    person_id: UUID
    state: OfferState
    place: int
    of_how_many: int
    grounds: list[GroundView]
    passed_over_because: str | None
    offered_at: UtcDatetime
    answer_by: UtcDatetime
    answered_at: UtcDatetime | None


class SharedStep(BaseModel):
    """A step the person shares. One that is not done yet is planned or under way, however long."""

    kind: StepKind
    words: str
    state: Literal["planned", "under_way", "done"]


class SharedGoal(BaseModel):
    """All that a work coach sees of somebody: what they would like, and the steps they share."""

    journey_id: UUID
    name: str
    goal: str
    steps: list[SharedStep]


class OwnAppointment(BaseModel):
    """An appointment of the caller's own, from today on. Whether earlier ones were kept is not told."""

    id: UUID
    name: str
    kind: str
    hub: str
    starts_at: UtcDatetime
    ends_at: UtcDatetime
