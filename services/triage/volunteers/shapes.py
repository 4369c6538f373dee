"""What goes in and out of the HTTP door of volunteers."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code, UtcDatetime, WorkerId
from services.triage.contacts.shapes import Body, Language, Line
from services.triage.hubs.shapes import Moment
from services.triage.volunteers import domain
from services.triage.volunteers.models import Check, Session, Task, Volunteer

Table = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class VolunteerEntry(Body):
    """Somebody who gives their time."""

    name: Line
    worker: WorkerId | None = Field(None, description="How they sign in, if they do")
    organisation_id: UUID | None = None
    roles: Annotated[list[domain.Role], Field(max_length=10)]
    skills: list[Code] = Field(default=[], max_length=50)
    languages: list[Language] = Field(default=[], max_length=20)
    under_18: bool = False
    guardian_agreed_on: date | None = None
    active: bool = True


class NewCheck(Body):
    """Something that was seen, until a day. What was seen is not copied."""

    kind: domain.CheckKind
    seen_on: date
    expires_on: date | None = Field(None, description="Left out: as long as that kind holds here")


class CheckView(BaseModel):
    """A check."""

    kind: domain.CheckKind
    seen_on: date
    expires_on: date | None
    holds: bool
    seen_by: WorkerId

    @classmethod
    def of(cls, row: Check, today: date) -> Self:
        """The check as it is today."""
        seen = domain.Seen(domain.CheckKind(row.kind), row.seen_on, row.expires_on)
        return cls(
            kind=seen.kind,
            seen_on=row.seen_on,
            expires_on=row.expires_on,
            holds=seen.holds_on(today),
            seen_by=row.seen_by,
        )


class VolunteerView(BaseModel):
    """A volunteer with their checks: what another hub or organisation need not ask for again."""

    id: UUID
    version: int
    name: str
    worker: WorkerId | None
    organisation_id: UUID | None
    roles: list[domain.Role]
    skills: list[str]
    languages: list[str]
    under_18: bool
    guardian_agreed_on: date | None
    active: bool
    joined_on: date
    checks: list[CheckView]
    cleared_for: list[domain.Role] = Field(description="The roles whose checks hold today")

    @classmethod
    def of(cls, row: Volunteer, today: date) -> Self:
        """The volunteer as of today."""
        seen = [domain.Seen(domain.CheckKind(each.kind), each.seen_on, each.expires_on) for each in row.checks]
        roles = [domain.Role(each) for each in row.roles]
        own = {"checks", "cleared_for", "roles"}
        return cls(
            **{name: getattr(row, name) for name in cls.model_fields if name not in own},
            roles=roles,
            checks=[CheckView.of(each, today) for each in row.checks],
            cleared_for=[each for each in roles if not domain.missing(each, seen, today)],
        )


class NewSession(Body):
    """Hours at a hub, in a role."""

    volunteer_id: UUID
    hub: Code
    role: domain.Role
    starts_at: Moment
    ends_at: Moment


class Hours(Body):
    """How long it was. 0: it was not given."""

    minutes: int = Field(ge=0, le=900)


class SessionView(BaseModel):
    """A volunteer's session."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    volunteer_id: UUID
    hub: Code
    role: domain.Role
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    state: domain.SessionState
    minutes: int

    @classmethod
    def of(cls, row: Session) -> Self:
        """The session as it is shown."""
        return cls.model_validate(row)


class HubHours(BaseModel):
    """What was given at a hub in some time. Nothing of anybody."""

    hub: Code
    sessions: int
    volunteers: int
    hours: float


class NewTask(Body):
    """What the desk hands over: a first name, a task, a table. There is room for nothing else."""

    session_id: UUID
    first_name: Name
    task: domain.Task
    table: Table
    person_id: UUID | None = Field(None, description="For the record of who looked; never shown to the volunteer")


class TaskStep(Body):
    """Done, or given back."""

    step: Literal["done", "given_back"]


class TaskView(BaseModel):
    """A task as a volunteer sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    first_name: str | None = Field(description="Gone once the task has ended")
    task: domain.Task
    table: str
    state: domain.TaskState
    handed_at: UtcDatetime

    @classmethod
    def of(cls, row: Task) -> Self:
        """The task as it is shown, to whoever it is."""
        return cls.model_validate(row)
