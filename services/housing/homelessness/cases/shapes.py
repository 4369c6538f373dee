"""What goes in and out of the HTTP door of cases."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import Code, UtcDatetime, WorkerId
from services.housing.homelessness.codes import (
    Accommodation,
    Cause,
    Homelessness,
    Landlord,
    LossReason,
    NoticeType,
    Role,
    Source,
    SupportNeed,
    YesNo,
)

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[EWSN][0-9]{8}$")]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """Read off a row."""

    model_config = ConfigDict(from_attributes=True)


# In -----------------------------------------------------------------------------------------------------------------


class NewHomelessnessMember(Body):
    """Somebody of the household: what the law asks, and no name."""

    person_id: UUID | None = None
    role: Role
    born_on: date | None = None
    sex: Annotated[str, StringConstraints(pattern="^(female|male|other|unknown)$")] = "unknown"
    pregnant: bool = False
    baby_due_on: date | None = None
    care_leaver: bool = False
    in_education: bool = False


# Nothing here is older than the Act that these duties stand in.
SinceTheAct = Annotated[date, Field(ge=date(1997, 1, 20))]


class NewHomelessnessCase(Body):
    """An application made to housing itself: no form is asked, whoever hears it opens it (s183)."""

    person_id: UUID
    household_id: UUID | None = Field(None, description="Left out: where they belong today")
    made_on: Annotated[date, Field(ge=date(2018, 4, 3))] | None = Field(
        None, description="The day they applied, not before these duties were law; left out: today"
    )
    where_tonight: Code = "unknown"
    tonight: Annotated[str, StringConstraints(pattern="^(house_tonight|ask|not_tonight)$")] = "ask"
    members: Annotated[list[NewHomelessnessMember], Field(max_length=30)] = []

    @model_validator(mode="after")
    def _one_applicant(self) -> Self:
        if sum(each.role is Role.MAIN for each in self.members) > 1:
            raise ValueError("a household has exactly one main applicant")
        return self


class HomelessHousehold(Body):
    """Who belongs to the household that applied, whole: it takes the place of what was said before."""

    members: Annotated[list[NewHomelessnessMember], Field(min_length=1, max_length=30)]

    @model_validator(mode="after")
    def _one_applicant(self) -> Self:
        if sum(each.role is Role.MAIN for each in self.members) != 1:
            raise ValueError("a household has exactly one main applicant")
        return self


class CaseHolder(Body):
    """Who holds the case."""

    officer: WorkerId


class NoticeBody(Body):
    """A landlord's notice."""

    type: NoticeType
    landlord: Landlord
    served_on: date
    expires_on: date


class NewHomelessnessAssessment(Body):
    """What was found (s184, s189A). `unknown` is an answer: nothing rests on it."""

    made_on: date | None = Field(None, description="Left out: today")
    reason_to_believe: bool = Field(
        False, description="They may be homeless, eligible and in priority need: enough for a roof (s188)"
    )
    eligible: YesNo = YesNo.UNKNOWN
    eligibility_basis: Line | None = None
    homelessness: Homelessness = Homelessness.UNKNOWN
    homeless_on: date | None = Field(None, description="Since when, or by when")
    notice: NoticeBody | None = None
    priority: YesNo = YesNo.UNKNOWN
    priority_category: Code | None = None
    intentional: YesNo = YesNo.UNKNOWN
    intentional_reasons: Words | None = None
    connection_here: YesNo = YesNo.UNKNOWN
    connection_basis: Line | None = None
    connection_there: YesNo = YesNo.UNKNOWN
    connection_authority: AreaCode | None = None
    violence_there: YesNo = YesNo.UNKNOWN
    loss_reason: LossReason | None = None
    last_settled: Accommodation | None = None
    accommodation_now: Accommodation | None = None
    support_needs: list[SupportNeed] = Field([], max_length=len(SupportNeed))
    causes: list[Cause] = Field([], max_length=len(Cause), description="Why, beneath the reason")
    circumstances: Words | None = None
    housing_needs: Words | None = None
    support_words: Words | None = None
    wishes: Words | None = None


class Spell(Body):
    """Where they lived. `until`: the first day no longer; left out: still."""

    since: date
    until: date | None = None
    kind: Annotated[str, StringConstraints(pattern="^(home|temporary_accommodation|prison|hospital|forces)$")] = "home"


class Residence(Body):
    """Spells of living in this area."""

    spells: Annotated[list[Spell], Field(max_length=100)]
    on: SinceTheAct | None = Field(None, description="Left out: today")


class LocalConnection(BaseModel):
    """What the spells amount to (s199(1)(a)). Work, close family and special circumstances are for the officer."""

    by_residence: bool
    on: date


# Out ----------------------------------------------------------------------------------------------------------------


class HomelessnessMemberView(Shown):
    """Somebody of the household."""

    id: UUID
    person_id: UUID | None
    role: Role
    born_on: date | None
    sex: str
    pregnant: bool
    baby_due_on: date | None
    care_leaver: bool
    in_education: bool


class HomelessnessAssessmentView(Shown):
    """What was found on a day."""

    id: UUID
    number: int
    made_on: date
    made_by: str
    reason_to_believe: bool
    eligible: YesNo
    eligibility_basis: str | None
    homelessness: Homelessness
    homeless_on: date | None
    notice_type: NoticeType | None
    landlord: Landlord | None
    notice_served_on: date | None
    notice_expires_on: date | None
    priority: YesNo
    priority_category: str | None
    intentional: YesNo
    intentional_reasons: str | None
    connection_here: YesNo
    connection_basis: str | None
    connection_there: YesNo
    connection_authority: str | None
    violence_there: YesNo
    loss_reason: LossReason | None
    last_settled: Accommodation | None
    accommodation_now: Accommodation | None
    support_needs: list[SupportNeed]
    causes: list[Cause]
    circumstances: str | None
    housing_needs: str | None
    support_words: str | None
    wishes: str | None


class HomelessnessDutyView(Shown):
    """A duty that is or was owed."""

    id: UUID
    version: int
    duty: str
    title: str
    section: str
    started_on: date
    last_day: date | None = Field(description="The last day of its clock; null: it has none")
    days_left: int | None = Field(description="Today and the last day counted; null: no clock runs")
    ended_on: date | None
    end_reason: str | None = Field(description="Told to those who decide")
    accommodation: Accommodation | None
    stayed: bool | None


class HomelessnessClockView(BaseModel):
    """Something with a day by which it is due."""

    what: str
    section: str
    last_day: date
    days_left: int = Field(description="Today and the last day counted; 0 and less: it has run out")


class HomelessnessNextStep(BaseModel):
    """A decision that may follow from here, and what is missing for it."""

    transition: str
    title: str
    section: str
    ready: bool
    missing: list[str]


class HomelessnessCaseLine(Shown):
    """A case in a list."""

    id: UUID
    version: int
    person_id: UUID | None
    household_id: UUID | None
    source: Source
    made_on: date
    applied: bool
    position: str
    position_title: str
    officer: str | None
    where_tonight: str
    tonight: str
    family: bool = Field(description="A pregnant person or a dependent child belongs to it")
    next_day: date | None = Field(description="The nearest day by which something is due")
    days_left: int | None
    closed_on: date | None
    changed_at: UtcDatetime


class HomelessnessCaseView(HomelessnessCaseLine):
    """A case with its household, duties, the last assessment, and what may follow."""

    referred_by: str | None
    contact_id: UUID | None
    position_since: date
    priority_signs: list[str]
    suggested_priority: list[str] = Field(description="What ages and signs suggest; an officer finds")
    members: list[HomelessnessMemberView]
    assessment: HomelessnessAssessmentView | None
    duties: list[HomelessnessDutyView]
    clocks: list[HomelessnessClockView]
    next_steps: list[HomelessnessNextStep]
