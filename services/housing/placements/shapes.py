"""What goes in by the HTTP door of temporary accommodation."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from services.housing.placements import domain
from services.housing.placements.domain import Duty, Kind, Managed, Shared

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Pence = Annotated[int, Field(ge=0, le=1_000_000, description="In pence, for a night")]
Area = Annotated[str, StringConstraints(pattern=r"^[EWSN]\d{8}$")]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Uprn = Annotated[str, StringConstraints(pattern=r"^\d{1,12}$")]


class Body(BaseModel):
    """Requests refuse fields they do not know: a slip in a name must not lose what was typed."""

    model_config = ConfigDict(extra="forbid")


# Homes ---------------------------------------------------------------------------------------------------------


class HomeSaid(Body):
    """A room or a home that we place into."""

    reference: Reference
    address: Line = Field(description="Of the building; of a refuge a post box")
    uprn: Uprn | None = None
    council: Area = Field(domain.OUR_COUNCIL, description="GSS code of the area it stands in")
    kind: Kind
    self_contained: StrictBool
    shares: list[Shared] = Field(default=[], max_length=3, description="What is shared with another household")
    managed_by: Managed
    private_home: StrictBool = Field(False, description="A room in somebody's own home")
    refuge: StrictBool = False
    sleeps: int = Field(ge=1, le=20)
    bedrooms: int = Field(1, ge=0, le=12)
    step_free: StrictBool = False
    nightly_cost_pence: Pence
    paid_when_empty: StrictBool = False
    since: Day
    until: Day | None = Field(None, description="From this day we place nobody into it")
    until_reason: Line | None = None

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if (self.until is None) != (self.until_reason is None):
            raise ValueError("until a day needs its reason, and a reason its day")
        if self.until is not None and self.until < self.since:
            raise ValueError("it cannot end before it begins")
        return self

    def as_rules_see_it(self) -> domain.Place:
        """The part that the rules read."""
        return domain.Place(
            self.kind, self.self_contained, frozenset(self.shares), self.managed_by, self.private_home, self.refuge
        )


# Stays -----------------------------------------------------------------------------------------------------------


Reason = Literal[
    "private_rented_home",
    "supported_housing",
    "family_or_friends",
    "duty_ended",
    "left_of_their_own",
    "asked_to_leave",
    "contact_lost",
    "died",
    "recorded_by_mistake",
]
"""Why a stay ended, as far as this door is told: that a letting began lettings say, and a move is one."""


class NewPlacement(Body):
    """A household is placed."""

    household_id: UUID
    person_id: UUID = Field(description="Who applied")
    person_ids: list[UUID] = Field(
        default=[], max_length=20, description="Everybody placed; nobody named: those whom we know to live together"
    )
    case_id: UUID | None = Field(None, description="The homelessness case")
    duty: Duty
    home_id: UUID
    entered_on: Day
    children: int = Field(ge=0, le=20)
    pregnant: StrictBool
    applicant_16_or_17: StrictBool = False
    nothing_else: Words | None = Field(None, description="What was looked for before bed and breakfast")
    sealed: StrictBool = Field(False, description="Nobody outside may learn of it; always so in a refuge")
    agreed_by_parent: StrictBool | None = Field(
        None, description="May school, surgery and health visitor be told? Null: not asked yet"
    )
    nightly_cost_pence: Pence | None = Field(None, description="Nothing said: as the home's")
    nightly_charge_pence: Pence = 0
    left_on: Day | None = Field(None, description="Of a stay that is over and is written down late")
    end_reason: Reason | None = None

    @model_validator(mode="after")
    def _over(self) -> Self:
        if (self.left_on is None) != (self.end_reason is None):
            raise ValueError("a stay that is over has its last day and its reason")
        return self


class Move(Body):
    """They leave one place for another on the same day."""

    home_id: UUID
    moved_on: Day
    duty: Duty | None = None
    nothing_else: Words | None = None
    nightly_cost_pence: Pence | None = None
    nightly_charge_pence: Pence | None = None


class End(Body):
    """They left. Not through this door: that a letting began, which lettings say, and that they moved."""

    left_on: Day
    reason: Reason


class Change(Body):
    """What changed of who stays there. What is not said stays as it was."""

    children: int | None = Field(None, ge=0, le=20)
    pregnant: StrictBool | None = None
    since: Day | None = Field(None, description="Since when; needed where they become a family")
    duty: Duty | None = None
    sealed: StrictBool | None = None
    agreed_by_parent: StrictBool | None = None
    nothing_else: Words | None = None


class NewRate(Body):
    """Another price from a day on."""

    since: Day
    nightly_cost_pence: Pence
    nightly_charge_pence: Pence


class NoticeAnswer(Body):
    """It was sent; or it is not needed, and why."""

    sent_on: Day | None = None
    sent_to: Line | None = Field(None, description="The body, e.g. the council or the school; never a person's name")
    not_needed: Line | None = Field(None, description="E.g. the child is too young for school")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.sent_on is None) != (self.sent_to is None) or (self.sent_on is None) == (self.not_needed is None):
            raise ValueError("either sent, on a day and to a body, or not needed and why")
        return self


class AlarmAnswer(Body):
    """What is done so that they leave bed and breakfast in time."""

    answer: Words
