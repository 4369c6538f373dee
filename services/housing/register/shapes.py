"""What is said of an application, and what is answered."""

from datetime import date
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import Code, UtcDatetime
from services.housing.bedroomneed.domain import MOST_PEOPLE, Place, Sex
from services.housing.bedroomneed.shapes import NeedView
from services.housing.homes.domain import Access
from services.housing.register.states import Standing

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=r"^[^\x00]*$")]
Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")
]
_LABEL = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=r"^[^\x00-\x1f]*$")
]
Pence = Annotated[int, Field(ge=0, le=100_000_000_000)]

Channel = Literal["online", "paper", "assisted", "load"]
Tenure = Literal[
    "private_rent",
    "council_tenant",
    "housing_association_tenant",
    "family_or_friends",
    "temporary_accommodation",
    "supported",
    "owner",
    "shared_ownership",
    "rough_sleeping",
    "institution",
    "other",
]
Residence = Literal[
    "social_tenant",
    "armed_forces",
    "witness_mobility",
    "work_in_borough",
    "agreed_carer",
    "fleeing_violence",
    "institution",
]


class MemberSaid(BaseModel):
    """Somebody who is to live there. Never a name: casefile has it under their id."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID | None = Field(default=None, description="Asked for of the applicant")
    born: date | None = None
    expected_on: date | None = Field(default=None, description="Of a child who is not born yet")
    sex: Sex = Sex.OTHER
    place: Place = Place.OTHER
    relation: Code = "other"
    couple: _LABEL | None = None

    @model_validator(mode="after")
    def _one_day(self) -> Self:
        if (self.born is None) == (self.expected_on is None):
            raise ValueError("Say when they were born, or are expected: one of the two")
        if self.expected_on is not None and (self.person_id is not None or self.place is not Place.OTHER):
            raise ValueError("Who is not born yet has no id and does not apply")
        return self


class Circumstances(BaseModel):
    """What they say of themselves. What is left out is not known, and is asked before anything rests on it."""

    model_config = ConfigDict(extra="forbid")

    tenure: Tenure | None = None
    bedrooms_now: int | None = Field(default=None, ge=0, le=20, description="For their own use, where they live now")
    resident_since: date | None = Field(default=None, description="In the borough, without a break")
    residence_exception: Residence | None = None
    eligible: bool | None = Field(default=None, description="By their immigration status; an officer has checked it")
    income_year_pence: Pence | None = Field(default=None, description="Gross, of the household")
    capital_pence: Pence | None = None
    owned_within_5_years: bool | None = None
    other_register: bool | None = None
    arrears_weeks: int | None = Field(
        default=None, ge=0, le=1000, description="Weeks of rent that are owed; 0 for none"
    )
    agreement_kept_months: int | None = Field(default=None, ge=0, le=600)
    arrears_from_benefit_delay: bool | None = None
    tenancy_fraud: bool = False
    antisocial_order: bool = False
    intentionally_homeless_on: date | None = None
    homeless: bool = Field(default=False, description="Homeless or threatened with it, without a duty owed")
    hazard: Literal["none", "category_1", "category_2"] = "none"
    hardship: bool = Field(default=False, description="Must live here for work, or to give or get care")
    armed_forces: bool = False
    fosters: bool = False
    care_leaver: bool = False
    working: bool = False


class NewApplication(BaseModel):
    """An application for a home."""

    model_config = ConfigDict(extra="forbid")

    household_id: UUID
    applied_on: date | None = Field(default=None, description="Left out: today")
    channel: Channel = "assisted"
    draft: bool = Field(default=False, description="Not sent yet: saved, to come back to")
    members: list[MemberSaid] = Field(min_length=1, max_length=MOST_PEOPLE)
    circumstances: Circumstances = Field(default_factory=Circumstances)
    source_reference: Reference | None = None


class ApplicationChanges(BaseModel):
    """What changes; what is left out stays. `members` and `circumstances` come whole."""

    model_config = ConfigDict(extra="forbid")

    members: list[MemberSaid] | None = Field(default=None, min_length=1, max_length=MOST_PEOPLE)
    circumstances: Circumstances | None = None
    told_on: date | None = Field(default=None, description="When they told us; left out: today")


class HandStep(BaseModel):
    """A step of the work that decides nothing."""

    model_config = ConfigDict(extra="forbid")

    to: Standing


class Weighing(BaseModel):
    """Ask the scheme. `officer_reasons` are those that no fact gives: they stand in the letter."""

    model_config = ConfigDict(extra="forbid")

    officer_reasons: list[Code] | None = Field(default=None, max_length=10, description="Left out: as before")
    exceptions: list[Code] | None = Field(
        default=None, max_length=10, description="Rules of the scheme that are not to count here; left out: as before"
    )
    words: Words | None = Field(default=None, description="Asked for with officer_reasons and exceptions")
    told_on: date | None = Field(default=None, description="When they told us of what changed; left out: today")


class NewDecision(BaseModel):
    """What an officer would do. Nothing that hurts stands until a named officer has confirmed it."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["suspend", "restore", "end", "need"]
    words: Words = Field(description="Why: it stands in the letter")
    until: date | None = Field(default=None, description="Of a suspension: it ends by itself on this day")
    bedrooms: int | None = Field(default=None, ge=0, le=20, description="Of a need that is set by hand")
    at_their_wish: bool = Field(default=False, description="They asked us to end or suspend it")


class SchemeFinding(BaseModel):
    """Something the scheme says, with the facts it rests on."""

    code: str
    words: str
    source: str
    facts: dict[str, Any]


class WeighedView(BaseModel):
    """What the scheme says of this household today."""

    qualifies: bool | None = Field(description="null: something must be asked first")
    unknown: list[str] = Field(description="Facts to ask for")
    against: list[SchemeFinding]
    band: str | None
    band_title: str | None
    reasons: list[SchemeFinding]
    preference: list[str]
    need: NeedView
    decision_id: UUID | None = Field(default=None, description="What came of it, where something did")


class MemberView(BaseModel):
    """Somebody who is to live there."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    person_id: UUID | None
    born: date | None
    expected_on: date | None
    sex: Sex
    place: Place
    relation: str
    couple: str | None
    own_room: bool


class ApplicationView(BaseModel):
    """An application, with why it stands where it stands."""

    id: UUID
    version: int
    number: str
    source_reference: str | None
    person_id: UUID
    household_id: UUID
    state: Standing
    channel: str
    applied_on: date
    circumstances: dict[str, Any]
    learned: dict[str, Any] = Field(description="What homelessness, decants and medical assessments have established")
    rules: str
    bedrooms_needed: int | None
    bedrooms_fewest: int | None
    bedrooms_lacking: int | None
    need_set_by: str | None = Field(description="null: the rules set it")
    need_reason: str | None
    band: str | None
    band_title: str | None
    band_reasons: list[SchemeFinding]
    preference: list[str]
    priority_on: date | None
    access_needed: Access
    highest_floor: int | None
    renew_by: date | None
    recheck_on: date | None
    suspended_until: date | None
    ended_on: date | None
    end_reason: str | None
    may_bid: bool
    members: list[MemberView]
    duplicates: list[UUID] = Field(description="Other living applications of this household, or with one of its people")
    waiting_decisions: list[UUID] = Field(description="Proposed, and not confirmed yet")
    allowed: list[str] = Field(description="States that may follow from here")
    registered_at: UtcDatetime
    changed_at: UtcDatetime


class ApplicationLine(BaseModel):
    """An application in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    number: str
    person_id: UUID
    household_id: UUID
    state: Standing
    applied_on: date
    band: str | None
    priority_on: date | None
    bedrooms_needed: int | None
    bedrooms_lacking: int | None
    renew_by: date | None
    registered_at: UtcDatetime


class DecisionView(BaseModel):
    """A decision, with the letter that says it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    application_id: UUID
    kind: str
    state: str
    hurts: bool
    effect: dict[str, Any]
    before: dict[str, Any]
    facts: dict[str, Any]
    reasons: list[str]
    words: str | None
    proposed_by: str
    proposed_at: UtcDatetime
    confirmed_by: str | None
    confirmed_at: UtcDatetime | None
    letter: str | None
    review_ask_by: date | None


class NewRegisterReview(BaseModel):
    """They think that a decision is wrong."""

    model_config = ConfigDict(extra="forbid")

    words: Words
    asked_on: date | None = Field(default=None, description="Left out: today")


class ReviewOutcome(BaseModel):
    """What another officer found."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["upheld", "changed"]
    reasons: Words


class RegisterReviewView(BaseModel):
    """A review of a decision."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    decision_id: UUID
    state: str
    asked_on: date
    words: str
    decide_by: date
    days_left: int | None = Field(default=None, description="Until it must be decided; below nought: late")
    late: bool
    decided_by: str | None
    decided_at: UtcDatetime | None
    reasons: str | None


class WaitingTime(BaseModel):
    """How long households wait, in one band for one size. Null: too few to show, or not reached by so many yet."""

    band: str
    bedrooms: int
    waiting: int | None
    housed: int | None = Field(description="In the last three years")
    half_within_days: int | None
    nine_in_ten_within_days: int | None
    longest_still_waiting_days: int | None


class WaitingTimes(BaseModel):
    """Of everybody who waited, also of those who wait still: not only of those who were housed."""

    on: date
    method: str
    groups: list[WaitingTime]


LINE_FIELDS: Final = tuple(ApplicationLine.model_fields)
