"""What goes in and out of the door of models."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import Code
from services.risk.prediction.domain import Definition, Words

Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
]


class Body(BaseModel):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class NewModel(Body):
    """A model to keep: a definition, or the code of one that is delivered."""

    definition: Definition | None = None
    delivered: Code | None = None
    why: Words

    @model_validator(mode="after")
    def _one(self) -> "NewModel":
        if (self.definition is None) == (self.delivered is None):
            raise ValueError("either a definition, or the code of a delivered one")
        return self


class ModelChanges(Body):
    """What is to change; what is left out stays. A new definition says why and makes a new version of it."""

    definition: Definition | None = None
    why: Words | None = None
    owner: Reference | None = Field(None, description="Who answers for it: a name and a post")
    review_on: date | None = None
    panel_reference: Reference | None = Field(None, description="Where the residents' data panel heard it")
    panel_told_on: date | None = None

    @model_validator(mode="after")
    def _reasons(self) -> "ModelChanges":
        if self.definition is not None and self.why is None:
            raise ValueError("a new definition says why")
        if (self.panel_reference is None) != (self.panel_told_on is None):
            raise ValueError("say both where and when the panel was told")
        return self


class ModelPublication(Body):
    """Put this training to use."""

    training_id: UUID


class NewPause(Body):
    """Stop a model, at once; the reason is public."""

    by: Literal["residents_panel", "owner", "information_governance"]
    reason: Words


class NewResumption(Body):
    """Let it go on, with the panel's word."""

    panel_reference: Reference
    panel_told_on: date


class ModelSummary(BaseModel):
    """A model in the list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    title: str
    standing: Literal["draft", "published", "paused"]
    owner: str | None
    review_on: date | None
    published_at: datetime | None


class ModelView(ModelSummary):
    """A model."""

    version: int
    definition: dict[str, Any]
    definition_number: int
    definition_digest: str
    panel_reference: str | None
    panel_told_on: date | None
    paused_by: str | None
    pause_reason: str | None
    training_id: UUID | None
    lacks: list[str] = Field(description="What the newest training lacks before it may be published")
    created_by: str
    created_at: datetime


class TrainingView(BaseModel):
    """One training with its figures."""

    id: UUID
    model_id: UUID
    number: int
    definition_number: int
    state: Literal["running", "succeeded", "failed", "cancelled"]
    message: str
    job_id: UUID
    published: bool
    asked_by: str
    asked_at: datetime
    trained_at: datetime | None
    figures: dict[str, Any] | None
    versions: dict[str, Any] | None


class ScoringView(BaseModel):
    """One scoring of everybody: how many, how many were left to a person, and what moved."""

    id: UUID
    model_id: UUID
    training_id: UUID
    state: Literal["running", "succeeded", "failed", "cancelled"]
    message: str
    job_id: UUID
    asked_at: datetime
    scored_at: datetime | None
    result: dict[str, Any] | None


class Reason(BaseModel):
    """One thing that the score is made of; they and the start add up to it exactly."""

    features: list[str]
    title: str
    known: str = Field(description="What is known of it, in words")
    adds: float = Field(description="To the score, on the logit scale; below nought it lowers the risk")
    words: str


class PredictionView(BaseModel):
    """What a model tells of one household or person, for the use it was made for."""

    model: str
    title: str
    outcome: str
    use: str
    as_of: date
    says: Literal["higher", "usual", "nothing"]
    words: str
    chance: float | None = Field(description="Calibrated; none where the model leaves it to you")
    usual: float | None = Field(description="How often it came among all, in the months it was judged by")
    start: float | None
    score: float | None
    reasons: list[Reason]
    card: str
    version: str = Field(description="Digest of the model")


class PredictionsView(BaseModel):
    """What models tell here; nothing follows from it by itself."""

    purpose: str
    items: list[PredictionView]
    hidden: list[str]
    words: str = (
        "A model knows less than the person before you. It decides nothing, nothing follows from it by itself, and"
        " they may ask what it said and object."
    )


class CardView(BaseModel):
    """A model's card, as data and as Markdown."""

    model_id: UUID
    training_id: UUID
    card: dict[str, Any]
    markdown: str
