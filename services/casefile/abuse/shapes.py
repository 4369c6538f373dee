"""What is sent and shown of the work against domestic abuse."""

from datetime import date, time
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime
from services.casefile.abuse.domain import Copy, Flag, Level

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAssessment(_In):
    """The checklist's total: how many of its 24 questions were answered with yes. The questions stand nowhere."""

    person_id: UUID
    incident_on: date
    total: int
    judgement: bool = Field(False, description="High risk in your own judgement, whatever the total")
    judgement_why: Words = ""
    flags: Annotated[list[Flag], Field(max_length=len(Flag))] = []


class AssessmentView(BaseModel):
    """What a talk found, and what follows from it."""

    id: UUID
    version: int
    person_id: UUID
    incident_on: date
    total: int
    level: Level
    judgement: bool
    judgement_why: str
    flags: list[Flag]
    marac_because: list[str] = Field(description="Why this goes to the MARAC; empty: it need not")
    think_again: list[str] = Field(description="What asks for a second look although the total is low")
    owed: list[str] = Field(description="What high risk asks for and is not there yet: marac, idva, safety_plan")
    made_by: str
    made_at: UtcDatetime


class SafeTimeIn(_In):
    """A time at which it is safe to ring or meet. `weekday`: 0 is Monday."""

    weekday: int = Field(ge=0, le=6)
    since: time
    until: time


class HerWord(_In):
    """She says she is homeless because of abuse. Nothing else is asked of her."""

    heard_on: date
    words: Words = ""


class NewWork(_In):
    """Work with one person begins."""

    person_id: UUID
    perpetrator_person_id: UUID | None = None
    perpetrator_worker: Name | None = None
    idva: Name | None = None


class WorkChanges(_In):
    """What changes; what is left out stays."""

    perpetrator_person_id: UUID | None = None
    perpetrator_worker: Name | None = None
    idva: Name | None = None
    idva_answer: Annotated[str, StringConstraints(pattern="^(accepted|declined|not_asked_yet)$")] | None = None
    safe_times: Annotated[list[SafeTimeIn], Field(max_length=30)] | None = None
    safe_words: Words | None = None
    her_word: HerWord | None = None


class SafetyPlanIn(_In):
    """A safety plan, in her words; the one before is kept."""

    words: Said
    copy_is: Copy = Field(Copy.NONE, description="Where hers is; never at a place the other one goes")
    review_on: date


class SafetyPlanView(BaseModel):
    """One version of a safety plan."""

    id: UUID
    number: int
    words: str
    copy_is: Copy
    review_on: date
    written_by: str
    written_at: UtcDatetime


class WorkView(BaseModel):
    """The work with one person who is abused."""

    id: UUID
    version: int
    person_id: UUID
    perpetrator_person_id: UUID | None
    perpetrator_worker: str | None
    idva: str | None
    idva_answer: str | None
    safe_times: list[SafeTimeIn]
    safe_now: bool = Field(description="Whether now is one of them")
    safe_words: str
    her_word: dict[str, Any] | None
    priority_need: bool = Field(description="Housing Act 1996 s189(1)(e), on her word")
    safety_plan: SafetyPlanView | None
    begun_by: str
    begun_at: UtcDatetime


class NewReferral(_In):
    """Somebody is brought to the MARAC, on what one talk found."""

    assessment_id: UUID
    aware: bool
    not_told_because: Words = ""


class HearingIn(_In):
    """A conference heard it on this day."""

    heard_on: date


class ActionIn(_In):
    """What a conference asked somebody to do."""

    words: Said
    owner: Name
    due_on: date


class DoneIn(_In):
    """It was done."""

    done_on: date
    words: Words = ""


class ActionView(BaseModel):
    """One action of a conference."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    words: str
    owner: str
    due_on: date
    done_on: date | None
    done_words: str | None
    set_by: str


class ReferralView(BaseModel):
    """A referral to the MARAC, with what the conference asked for."""

    id: UUID
    version: int
    person_id: UUID
    assessment_id: UUID
    reasons: list[str]
    repeat: bool
    aware: bool
    not_told_because: str
    state: str
    referred_by: str
    referred_at: UtcDatetime
    heard_on: date | None
    actions: list[ActionView]
    allowed: list[str]
