"""What is said of decants, and what is answered."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime
from services.housing.decants.domain import Move, Right, Tenure

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Bedrooms = Annotated[int, Field(ge=0, le=10)]


class Strict(BaseModel):
    """Nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class NewDecant(Strict):
    """Who has to leave which home for which scheme. Tenants and owners have a right to return from this moment."""

    scheme_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    home_id: UUID | None = None
    tenure: Tenure
    move: Move
    bedrooms_lost: Bedrooms
    bedrooms_needed: Bedrooms
    wheelchair: bool = False
    lived_since: date
    consulted_on: date | None = Field(None, description="Housing Act 1985 s105")
    move_by: date | None = None
    right_until: date | None = None
    value_pence: Annotated[int, Field(gt=0, le=10_000_000_000, strict=True)] | None = Field(
        None, description="Of an owner's interest, for the home loss payment"
    )


class Moved(Strict):
    """They moved out."""

    kind: Literal["moved"]
    on: date
    to_home_id: UUID | None = None


class Offered(Strict):
    """A new home of the scheme is offered to them by right."""

    kind: Literal["offered"]
    on: date
    home_id: UUID


class Refused(Strict):
    """They did not want this home; the right stands."""

    kind: Literal["refused"]
    on: date
    words: Words


class Returned(Strict):
    """They are back, in a home of the scheme."""

    kind: Literal["returned"]
    on: date
    home_id: UUID


class Waived(Strict):
    """They give the right up, in writing, after they were told in writing what they give up."""

    kind: Literal["waived"]
    told_on: date
    signed_on: date
    evidence: Words


class Restored(Strict):
    """A waiver is taken back, or a right that lapsed is put right."""

    kind: Literal["restored"]
    words: Words | None = None


class Tried(Strict):
    """Somebody tried to reach them and did not."""

    kind: Literal["tried"]
    on: date
    words: Words


class LapseAsked(Strict):
    """An officer asks for the right to lapse; another one decides."""

    kind: Literal["lapse_asked"]
    words: Words


class Lapsed(Strict):
    """Another officer than the one who asked confirms, on the evidence."""

    kind: Literal["lapsed"]
    evidence: Words


class Disturbance(Strict):
    """Something that moving cost them."""

    kind: Literal["disturbance"]
    on: date
    words: Words
    pence: Annotated[int, Field(gt=0, le=10_000_000, strict=True)]


class HomeLossPaid(Strict):
    """The home loss payment went out."""

    kind: Literal["home_loss_paid"]
    on: date


Step = Annotated[
    Moved | Offered | Refused | Returned | Waived | Restored | Tried | LapseAsked | Lapsed | Disturbance | HomeLossPaid,
    Field(discriminator="kind"),
]


class DecantView(BaseModel):
    """A household's move for a scheme, and where its right stands."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    scheme_id: UUID
    home_id: UUID | None
    person_id: UUID
    household_id: UUID | None
    tenure: Tenure
    move: Move
    bedrooms_lost: int
    bedrooms_needed: int
    wheelchair: bool
    lived_since: date
    consulted_on: date | None
    recorded_on: date
    move_by: date | None
    moved_on: date | None
    moved_to_home_id: UUID | None
    right: Right
    right_until: date | None
    offered_home_id: UUID | None
    returned_home_id: UUID | None
    returned_on: date | None
    waived_on: date | None
    tried_on: list[date]
    lapse_asked_by: str | None
    home_loss_pence: int
    home_loss_words: str
    home_loss_unsure: list[str]
    home_loss_paid_on: date | None
    disturbance: list[Any]
    recorded_at: UtcDatetime
    changed_at: UtcDatetime
    allowed: list[str] = Field(default_factory=list, description="What the right may become from here")


class StepView(BaseModel):
    """One step of a right."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    was: Right | None
    became: Right
    happened_on: date
    words: str | None
    evidence: str | None
    done_by: str
    done_at: UtcDatetime


class SupplyView(BaseModel):
    """One size: rights that live or were used, homes planned at council-equivalent rent, and what is missing."""

    bedrooms: int
    rights: int
    homes: int
    short: int


class LedgerView(BaseModel):
    """Everybody of a scheme accounted for."""

    scheme_id: UUID
    recorded: int
    without_right: int
    standing: dict[Right, int]
    from_steps: dict[Right, int]
    balanced: bool
    differences: list[str]
    overdue: int = Field(description="Live rights whose deadline is past: they do not lapse by themselves")
    supply: list[SupplyView]
    home_loss_pence: int
    home_loss_paid: int


class MatchView(BaseModel):
    """A household that waits, and the finished home of its size that is kept for it; null: none is there."""

    decant_id: UUID
    bedrooms: int
    wheelchair: bool
    home_id: UUID | None
