"""What goes in and out of the doors of leaving care."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime, WorkerId
from services.casefile.leavingcare.domain import Area, HandoverState
from services.casefile.leavingcare.entitlements import Status

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class NewCareLeaver(Body):
    """A young person who was in care. Their record needs the whole day of birth."""

    person_id: UUID
    household_id: UUID | None = None
    status: Status
    adviser: WorkerId | None = Field(None, description="Left out: whoever records it")


class CareLeaverChanges(Body):
    """What is different now; what is left out stays."""

    status: Status | None = None
    wants_support_after_21: bool | None = None
    told_on: date | None = Field(None, description="The day they were told of the support there is after 21")


class PlanAction(Body):
    """Who does what, by when."""

    whose: Literal["theirs", "ours", "partner"]
    words: Line
    due_on: date | None = None


class PlanNeed(Body):
    """One area of the plan: what is needed, and what is done about it."""

    area: Area
    words: Words
    actions: Annotated[list[PlanAction], Field(max_length=20)] = []


class NewPlan(Body):
    """A pathway plan: their wishes, every area, and whether they agree."""

    wishes: Words
    needs: Annotated[list[PlanNeed], Field(max_length=20)]
    agreed: bool
    disagreement: Words | None = None
    agreed_on: date | None = Field(None, description="Left out: today")


class NewReview(Body):
    """A review, by somebody else than the adviser."""

    held_on: date | None = Field(None, description="Left out: today")
    asked_for_by: Literal["clock", "young_person", "adviser"] = "clock"
    words: Words


class EntitlementRecord(Body):
    """What became of something that is due."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=64)]
    state: Literal["told", "claimed", "received", "not_wanted"]
    on: date | None = Field(None, description="Left out: today")
    pence: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    words: Line | None = None


class NewHandover(Body):
    """To another adviser, whom the young person has met or was told of."""

    to_adviser: WorkerId
    told: Literal["met", "told"]
    words: Words


class HandoverAnswer(Body):
    """Taken on by name, or not."""

    accept: bool


class RecordedView(BaseModel):
    state: str
    on: date
    pence: int | None
    words: str | None


class EntitlementView(BaseModel):
    """What is due, from when to when, by which law, and what became of it."""

    code: str
    title: str
    law: str
    local: bool = Field(description="The council's own offer, not a right by statute")
    first_day: date
    last_day: date = Field(description="The day before the birthday on which it ends")
    now: bool
    records: list[RecordedView]


class EarlierAdviser(BaseModel):
    adviser: str
    since: date
    until: date


class CareLeaverView(BaseModel):
    """Support of one young person."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    status: Status
    state: str
    adviser: str
    adviser_since: date
    adviser_left_on: date | None
    advisers: list[EarlierAdviser]
    wants_support_after_21: bool | None
    told_on: date | None
    tell_again_on: date = Field(description="When they are next told what support there is after 21")
    plan_number: int
    plan_agreed_on: date | None
    review_due_on: date | None
    review_overdue: bool
    ends_on: date = Field(description="Their 25th birthday")


class PlanView(BaseModel):
    """A plan as it was agreed."""

    number: int
    wishes: str
    needs: list[PlanNeed]
    agreed: bool
    disagreement: str | None
    agreed_on: date
    written_by: str


class ReviewView(BaseModel):
    id: UUID
    plan_number: int
    held_on: date
    due_on: date | None
    asked_for_by: str
    words: str
    reviewer: str


class HandoverView(BaseModel):
    """A handover between advisers."""

    id: UUID
    version: int
    care_leaver_id: UUID
    from_adviser: str
    to_adviser: str
    told: str
    words: str
    state: HandoverState
    offered_by: str
    offered_at: UtcDatetime
    ended_at: UtcDatetime | None
