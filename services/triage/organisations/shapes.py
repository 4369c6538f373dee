"""What goes in and out of the HTTP door of organisations."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime
from services.triage.organisations.domain import AnswersBy, Kind, Status

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]{3,500}$")]
Mailbox = Annotated[str, StringConstraints(pattern=r"^[^\s@<>\"]{1,64}@[^\s@<>\"]{3,190}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^[+0-9][0-9 ()-]{2,30}$")]


class OrganisationEntry(BaseModel):
    """An organisation as it is put in. A mailbox is a team's, never a person's own."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    kind: Kind
    status: Status = Status.ACTIVE
    alternate_name: Line | None = None
    description: Words | None = None
    website: Address | None = None
    email: Mailbox | None = Field(None, description="Public")
    phone: Phone | None = Field(None, description="Public")
    legal_status: Line | None = None
    uri: Address | None = Field(None, description="A persistent identifier, e.g. a charity register's")
    listed: bool = Field(True, description="Shown in the public directory")
    answers_by: AnswersBy = AnswersBy.NOT_AT_ALL
    answer_email: Mailbox | None = Field(None, description="Where one-time links go; never public")
    manager: Line | None = Field(None, description="Our worker who looks after it: silence goes to them")


class OrganisationView(BaseModel):
    """An organisation as our own people see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    alternate_name: str | None
    kind: Kind
    status: Status
    description: str | None
    website: str | None
    email: str | None
    phone: str | None
    legal_status: str | None
    uri: str | None
    listed: bool = Field(description="Shown in the public directory")
    answers_by: AnswersBy
    answer_email: str | None = Field(description="Where one-time links go; never public")
    manager: str | None = Field(description="Our worker who looks after it: silence goes to them")
    feed_id: UUID | None = Field(description="The feed it came from; null: entered here")
    changed_at: UtcDatetime
