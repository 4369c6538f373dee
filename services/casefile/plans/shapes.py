"""What goes in and out of the HTTP door of plans."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime, WorkerId
from services.casefile.access.need_to_know import Part
from services.casefile.plans.domain import ActionStatus, GoalStatus, How, LeftOut, PlanStatus, Whose

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
PlanPart = Literal[Part.INSIDE, Part.ABUSE, Part.SAFEGUARDING, Part.DRUGS_AND_ALCOHOL, Part.IMMIGRATION, Part.CRIME]


class Body(BaseModel):
    """Requests refuse fields they do not know: a slip in a name must not lose what was typed."""

    model_config = ConfigDict(extra="forbid")


# In -------------------------------------------------------------------------------------------------------


class NewAction(Body):
    """Who does what by when."""

    words: Words
    whose: Whose
    worker: WorkerId | None = Field(None, description="Who of us")
    organisation_id: UUID | None = Field(None, description="Which partner")
    due_on: date | None = None
    part: PlanPart = Field(Part.INSIDE, description="At least its goal's")
    shown_words: Words | None = Field(None, description="On a shared copy, instead")


class NewActionOfPlan(NewAction):
    """An action, of a goal or of the plan as a whole."""

    goal_id: UUID | None = None


class NewGoal(Body):
    """What they want, in their own words and their own language."""

    words: Words
    language: Language | None = Field(None, description="BCP 47, e.g. so, when it is not English")
    english: Words | None = None
    by: date | None = None
    part: PlanPart = Part.INSIDE
    shown_words: Words | None = Field(None, description="On a shared copy, instead")


class NewGoalWithActions(NewGoal):
    """A goal with what is to be done for it."""

    actions: Annotated[list[NewAction], Field(max_length=20)] = []


class NewPlan(Body):
    """A plan of one person, with the goals there are already."""

    person_id: UUID
    household_id: UUID
    what_matters: Words | None = Field(None, description="What matters to them, in their words")
    review_on: date | None = None
    goals: Annotated[list[NewGoalWithActions], Field(max_length=20)] = []


class PlanChanges(Body):
    """What is left out stays, null takes away."""

    what_matters: Words | None = None
    review_on: date | None = None


class GoalChanges(Body):
    """What is left out stays, null takes away (not the words)."""

    words: Words | None = None
    language: Language | None = None
    english: Words | None = None
    by: date | None = None
    part: PlanPart | None = None
    shown_words: Words | None = None


class ActionChanges(Body):
    """What is left out stays, null takes away (not the words)."""

    words: Words | None = None
    whose: Whose | None = None
    worker: WorkerId | None = None
    organisation_id: UUID | None = None
    due_on: date | None = None
    shown_words: Words | None = None


class GoalStep(Body):
    """It was reached, let go, or is open again."""

    to: GoalStatus
    on: date | None = Field(None, description="The day it was reached; left out: today")
    words: Words | None = Field(None, description="How we know, or why not")


class Progress(Body):
    """How an action goes."""

    state: ActionStatus
    words: Words | None = None
    done_on: date | None = Field(None, description="Left out: today")


class NewAgreement(Body):
    """They agreed to the plan as you both see it, with you."""

    how: Literal[How.FACE_TO_FACE, How.PHONE] = How.FACE_TO_FACE
    words: Words | None = Field(None, description="What they said to it")


class Ending(Body):
    """Why it ends."""

    reason: Reason


# Out ------------------------------------------------------------------------------------------------------


class Shown(BaseModel):
    """Read off a row."""

    model_config = ConfigDict(from_attributes=True)


class GoalView(Shown):
    """A goal."""

    id: UUID
    version: int
    part: Part
    words: str
    language: str | None
    english: str | None
    shown_words: str | None
    by: date | None
    state: GoalStatus
    achieved_on: date | None
    ended_words: str | None
    set_by: str
    set_at: UtcDatetime
    changed_at: UtcDatetime


class ActionView(Shown):
    """An action with how it went."""

    id: UUID
    version: int
    goal_id: UUID | None
    part: Part
    words: str
    shown_words: str | None
    whose: Whose
    worker: str | None
    organisation_id: UUID | None
    due_on: date | None
    state: ActionStatus
    done_on: date | None
    progress: list[dict[str, Any]]
    set_by: str
    set_at: UtcDatetime
    changed_at: UtcDatetime


class PlanView(Shown):
    """A plan with its goals and actions, as far as the caller may read them."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    state: PlanStatus
    what_matters: str | None
    review_on: date | None
    agreed_number: int
    changed_since_agreed: bool = Field(description="What stands is not what was agreed last")
    answers: list[dict[str, Any]] = Field(description="What they said by a shared link, the first one first")
    goals: list[GoalView]
    actions: list[ActionView]
    made_by: str
    made_at: UtcDatetime
    changed_at: UtcDatetime
    ended_at: UtcDatetime | None
    end_reason: str | None
    allowed: list[str]


class AgreedVersion(Shown):
    """A version as it was agreed."""

    number: int
    how: How
    whole: bool = Field(description="False: by a shared copy that some of it was left out of")
    words: str | None
    recorded_by: str
    agreed_at: UtcDatetime
    intact: bool = Field(description="It is what was agreed, letter for letter")
    goals: list[dict[str, Any]]
    actions: list[dict[str, Any]]


class ChangeView(Shown):
    """One difference: `was` null is new, `now` null is gone; else only the fields that differ."""

    kind: Literal["goals", "actions"]
    id: UUID
    was: dict[str, Any] | None
    now: dict[str, Any] | None


class Comparison(BaseModel):
    """What differs between two agreed versions, or between one and what stands now."""

    before: int
    after: int | None = Field(description="null: what stands now")
    changes: list[ChangeView]


class WaitingAction(ActionView):
    """An action of ours that is not done yet."""

    plan_id: UUID
    household_id: UUID
    person_id: UUID
    overdue: bool


class SharedAction(BaseModel):
    """An action on a shared copy: nobody is named."""

    words: str
    who: Literal["you", "we", "somebody_else"]
    due_on: date | None
    done: bool


class SharedGoal(BaseModel):
    """A goal on a shared copy."""

    words: str
    language: str | None
    english: str | None
    by: date | None
    reached: bool
    actions: list[SharedAction]


class SharedPlan(BaseModel):
    """The plan as the person it is of may see it on any screen.

    No service, team, worker or partner is named, nothing of a compartment is in it, and nothing says that anything is
    left out. `version` is what their answer must name.
    """

    version: int
    agreed: bool = Field(description="They agreed to this already")
    what_matters: str | None
    review_on: date | None
    goals: list[SharedGoal]
    actions: list[SharedAction] = Field(description="Of no goal")


class LeftOutEntry(BaseModel):
    """What a shared copy does not show, and why: put it into other words if they should see it."""

    kind: Literal["goals", "actions", "what_matters"]
    id: UUID | None
    why: LeftOut
    telling: list[str]


class SharedPreview(BaseModel):
    """What they would see, and what not."""

    shared: SharedPlan
    left_out: list[LeftOutEntry]
