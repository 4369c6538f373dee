"""What goes in and out of the HTTP door of what people do together."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import Code, UtcDatetime, WorkerId
from services.triage.community import domain
from services.triage.community.models import Group, Loan, Meeting, Membership, Shop
from services.triage.contacts.shapes import Body, Line
from services.triage.hubs.shapes import Day

Tag = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{1,31}$")]


class GroupEntry(Body):
    """A food club, a peer group or a network."""

    name: Line
    about: Code = Field(description="food, isolation, migrants, sports, youth, women ...")
    hub: Code | None = None
    led_by: WorkerId = Field(description="The adviser, the facilitator or the convenor")
    active: bool = True


class NewGroup(GroupEntry):
    """A new one."""

    kind: domain.Kind


class GroupView(BaseModel):
    """A group. It holds no messages: nobody's words are kept."""

    id: UUID
    version: int
    kind: domain.Kind
    name: str
    about: Code
    hub: Code | None
    led_by: WorkerId
    leader: str = Field(description="What whoever leads it is: adviser, facilitator, convenor")
    active: bool
    members: int

    @classmethod
    def of(cls, row: Group, members: int) -> Self:
        """The group as it is shown."""
        shown = {name: getattr(row, name) for name in cls.model_fields if name not in ("leader", "members")}
        return cls(**shown, leader=domain.LEADER[domain.Kind(row.kind)], members=members)


class NewMember(Body):
    """Somebody joins, because they agreed to."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None
    agreed: Literal[True] = Field(description="They said yes themselves")
    agreed_on: Day | None = Field(None, description="Left out: today")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.person_id is None) == (self.organisation_id is None):
            raise ValueError("a person or an organisation")
        return self


class MemberView(BaseModel):
    """A member."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    group_id: UUID
    person_id: UUID | None
    organisation_id: UUID | None
    agreed_on: date
    left_on: date | None

    @classmethod
    def of(cls, row: Membership) -> Self:
        """The membership as it is shown."""
        return cls.model_validate(row)


class NewMeeting(Body):
    """The group meets, or met."""

    held_on: Day
    led_by: WorkerId | None = Field(None, description="Left out: whoever leads the group")
    headcount: int | None = Field(None, ge=0, le=5000)


class Headcount(Body):
    """How many came."""

    headcount: int = Field(ge=0, le=5000)


class MeetingView(BaseModel):
    """A meeting: when, with whom, how many came."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    group_id: UUID
    held_on: date
    led_by: WorkerId
    headcount: int | None

    @classmethod
    def of(cls, row: Meeting) -> Self:
        """The meeting as it is shown."""
        return cls.model_validate(row)


class NewShop(Body):
    """A member shops."""

    membership_id: UUID
    saw_adviser: bool = False


class ShopView(BaseModel):
    """A shop at the food club."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    meeting_id: UUID
    membership_id: UUID
    paid_pence: int
    worth_pence: int
    saw_adviser: bool
    at: UtcDatetime

    @classmethod
    def of(cls, row: Shop) -> Self:
        """The shop as it is shown."""
        return cls.model_validate(row)


class NewLoan(Body):
    """A device is lent."""

    device: Tag = Field(description="The tag on it")
    person_id: UUID
    hub: Code
    with_sim: bool = True
    due_on: Day


class LoanEnded(Body):
    """How the loan ended."""

    ended_as: domain.LoanEnd


class NewLesson(Body):
    """A lesson that goes with it."""

    topic: Code
    held_on: Day
    minutes: int = Field(ge=5, le=480)
    can_do_alone: bool = Field(description="As they say themselves")


class LessonView(BaseModel):
    """A lesson."""

    model_config = ConfigDict(from_attributes=True)

    topic: Code
    held_on: date
    minutes: int
    can_do_alone: bool


class LoanView(BaseModel):
    """A device lent, with its lessons."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    device: str
    person_id: UUID
    hub: Code
    with_sim: bool
    lent_on: date
    due_on: date
    returned_on: date | None
    ended_as: domain.LoanEnd | None
    lent_by: WorkerId
    lessons: list[LessonView]

    @classmethod
    def of(cls, row: Loan) -> Self:
        """The loan as it is shown."""
        return cls.model_validate(row)
