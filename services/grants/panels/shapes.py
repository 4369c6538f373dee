"""Panels as officers write them and as anyone may read them."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from kit.contracts.envelope import UtcDatetime
from services.grants.panels.domain import (
    MOST_QUOTAS,
    MOST_RESERVES,
    DrawKind,
    DrawState,
    NewVolunteer,
    PanelKind,
    PanelState,
    Plan,
)
from services.grants.panels.sortition.question import uprn

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
Group = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Places = Annotated[int, Field(ge=0, le=1000, strict=True)]
Chance = Annotated[float, Field(ge=0.0, le=1.0)]


class QuotaShape(BaseModel):
    """How many of one group the panel holds."""

    model_config = ConfigDict(extra="forbid")

    category: Group
    feature: Group
    least: Places
    most: Places


class GroupChance(BaseModel):
    """How likely somebody of a group drops out, by panels before."""

    model_config = ConfigDict(extra="forbid")

    category: Group
    feature: Group
    chance: Chance


class Dropout(BaseModel):
    """How likely members drop out: reserves are chosen for that."""

    model_config = ConfigDict(extra="forbid")

    usual: Chance = 0.1
    groups: list[GroupChance] = Field(default=[], max_length=MOST_QUOTAS)


class PanelPlan(BaseModel):
    """A panel as it is prepared."""

    model_config = ConfigDict(extra="forbid")

    kind: PanelKind = PanelKind.RESIDENTS
    title: Line
    summary: Words
    round_id: UUID | None = None
    size: Annotated[int, Field(ge=2, le=1000, strict=True)]
    one_per_home: StrictBool = Field(True, description="Never two from one home, by UPRN; an unknown home is nobody's")
    quotas: list[QuotaShape] = Field(max_length=MOST_QUOTAS)
    reserves: Annotated[int, Field(ge=0, le=MOST_RESERVES, strict=True)] = 0
    dropout: Dropout = Dropout()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len({(each.category, each.feature) for each in self.quotas}) != len(self.quotas):
            raise ValueError("each group stands once in the quotas")
        if any(each.least > each.most for each in self.quotas):
            raise ValueError("the most of a quota is not below its least")
        return self

    def as_plan(self) -> Plan:
        """As commands take it."""
        return Plan(
            kind=self.kind,
            title=self.title,
            summary=self.summary,
            round_id=self.round_id,
            size=self.size,
            one_per_home=self.one_per_home,
            quotas=[each.model_dump() for each in self.quotas],
            reserves=self.reserves,
            dropout=self.dropout.model_dump(),
        )


class VolunteerShape(BaseModel):
    """Somebody who put their name forward, and agreed to be drawn by what they say here."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    email: Annotated[str | None, StringConstraints(max_length=254)] = None
    phone: Annotated[str | None, StringConstraints(max_length=40)] = None
    person_id: UUID | None = None
    uprn: Annotated[str | None, StringConstraints(max_length=40)] = Field(
        None, description="Of their home. Blank is unknown"
    )
    features: Annotated[dict[Group, Group], Field(max_length=20)]

    def as_new(self) -> NewVolunteer:
        """As commands take it. Raises `ValueError` for what is no UPRN."""
        return NewVolunteer(self.name, self.email, self.phone, self.person_id, uprn(self.uprn), self.features)


class Volunteers(BaseModel):
    """Up to 500 at a time."""

    model_config = ConfigDict(extra="forbid")

    volunteers: list[VolunteerShape] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _uprns(self) -> Self:
        for each in self.volunteers:
            uprn(each.uprn)
        return self


class NewDraw(BaseModel):
    """Where the seed will come from, in words that let anyone look it up, and when at the earliest."""

    model_config = ConfigDict(extra="forbid")

    seed_source: Line
    seed_from: AwareDatetime = Field(description="At least 15 minutes from now: the panels are published first")
    because: Words | None = Field(None, description="Public; exactly when the panel was drawn before")
    accept_nearest: StrictBool = Field(False, description="Draw by the nearest quotas that can be met, published so")


class Leaving(BaseModel):
    """A member who leaves."""

    model_config = ConfigDict(extra="forbid")

    volunteer_id: UUID
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = Field(
        description="Public beside their token, so in general words: moved away, no time"
    )


class Replacement(BaseModel):
    """Places to fill again: from the reserves, or by a draw of its own when a source for the seed is named."""

    model_config = ConfigDict(extra="forbid")

    leaving: list[Leaving] = Field(min_length=1, max_length=100)
    draw: NewDraw | None = None

    def by_id(self) -> dict[UUID, str]:
        """Who leaves, with why."""
        return {each.volunteer_id: each.reason for each in self.leaving}


class Seed(BaseModel):
    """The seed as its source gave it, and who saw it being entered."""

    model_config = ConfigDict(extra="forbid")

    seed: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=500)]
    witnessed_by: Line


class PanelView(BaseModel):
    """A panel, for anyone: nobody is named."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    kind: PanelKind
    title: str
    summary: str
    round_id: UUID | None
    size: int
    one_per_home: bool
    quotas: list[QuotaShape]
    reserves: int
    dropout: Dropout
    state: PanelState
    made_at: UtcDatetime


class VolunteerView(BaseModel):
    """A volunteer, for whoever runs the panel."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    token: str
    person_id: UUID | None
    name: str
    email: str | None
    phone: str | None
    uprn: str | None
    features: dict[str, str]
    withdrawn_at: UtcDatetime | None
    of_thousand: int | None = Field(description="In how many of the 1,000 panels they stand: their chance")


class Gathered(BaseModel):
    """Volunteers in the order they were sent."""

    volunteers: list[VolunteerView]


class MemberView(VolunteerView):
    """Somebody who sits or stands by."""

    since: UtcDatetime
    draw_id: UUID


class Members(BaseModel):
    """Who sits, and who stands by, the first asked first."""

    members: list[MemberView]
    reserves: list[MemberView]


class Certificate(BaseModel):
    """What is proved of the chances that the thousand panels were made from."""

    model_config = ConfigDict(extra="ignore")

    smallest: float = Field(description="The smallest chance of anyone who can be chosen at all")
    at_most: float = Field(description="No way of drawing gives everyone more than this")
    gap: float = Field(description="By how much the smallest may fall short of the best possible")
    leximin: bool = Field(description="Nobody's chance can rise without lowering one as small or smaller: proved")
    in_time: bool
    kinds: int = Field(description="Kinds of people who are alike for the quotas")
    mixtures: int = Field(description="Different panels by kind that the chances are made of")
    panels: int
    smallest_of_list: int = Field(description="The fewest of the listed panels that anyone stands in")
    largest_of_list: int
    never: int = Field(description="How many stand in none, because no panel that meets the quotas can hold them")


class DrawView(BaseModel):
    """A draw, for anyone: tokens, no names. The whole of it is in `proof`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    panel_id: UUID
    number: int
    kind: DrawKind
    state: DrawState
    replaces_id: UUID | None
    because: str | None
    size: int
    pool: int
    quotas: list[QuotaShape]
    changed_quotas: list[dict[str, Any]]
    leaving: list[dict[str, Any]]
    seed_source: str
    seed_from: UtcDatetime
    closed_at: UtcDatetime
    question_sha256: str = Field(description="Of all that was asked, with a salt that auditors are given")
    certificate: Certificate | None
    failure: str | None
    announced_at: UtcDatetime | None
    drawn_at: UtcDatetime | None
    commitment: str | None = None
    seed: str | None = None
    entered_by: str | None
    witnessed_by: str | None
    group: int | None = Field(None, description="The number of the panel that was taken")
    taken: list[str] = Field(default=[], description="The tokens of those who sit")
    reserves: dict[str, Any] | None


class ChanceView(BaseModel):
    """One token's chance in one draw."""

    token: str
    of: int = Field(description="How many panels there were to draw from, each as likely as any other")
    stands_in: int
    taken: bool | None = Field(description="Null until it is drawn")


class VolunteerForAudit(BaseModel):
    """A token with what was asked of it; no name."""

    token: str
    features: dict[str, str]
    home: str | None = Field(description="The normalised UPRN")


class Question(BaseModel):
    """What a draw asked, with the salt: what an auditor needs to repeat all of it."""

    question_sha256: str
    salt: str
    size: int
    one_per_home: bool
    quotas: list[QuotaShape]
    pool: list[VolunteerForAudit]
    spent: list[str]
