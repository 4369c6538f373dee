"""Writes of organisations: by hand, and from a feed."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit import clock
from kit.contracts.triage.directory import OrganisationState
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version
from services.triage.organisations import domain
from services.triage.organisations.models import Organisation
from services.triage.organisations.queries import OrganisationView

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]{3,500}$")]
Mailbox = Annotated[str, StringConstraints(pattern=r"^[^\s@<>\"]{1,64}@[^\s@<>\"]{3,190}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^[+0-9][0-9 ()-]{2,30}$")]


class OrganisationEntry(BaseModel):
    """An organisation as it is put in. A mailbox is a team's, never a person's own."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    kind: domain.Kind
    status: domain.Status = domain.Status.ACTIVE
    alternate_name: Line | None = None
    description: Words | None = None
    website: Address | None = None
    email: Mailbox | None = Field(None, description="Public")
    phone: Phone | None = Field(None, description="Public")
    legal_status: Line | None = None
    uri: Address | None = Field(None, description="A persistent identifier, e.g. a charity register's")
    listed: bool = Field(True, description="Shown in the public directory")
    answers_by: domain.AnswersBy = domain.AnswersBy.NOT_AT_ALL
    answer_email: Mailbox | None = Field(None, description="Where one-time links go; never public")
    manager: Line | None = Field(None, description="Our worker who looks after it: silence goes to them")


async def put(
    unit: UnitOfWork, organisation_id: UUID, entry: OrganisationEntry, expected: int | None
) -> tuple[Organisation, bool]:
    """Make an organisation, or put an entry in place of the version read; True when it was made.

    `Stale` when someone was first; `Conflict` for one that a feed keeps.
    """
    domain.check_reachable(entry.answers_by, entry.answer_email)
    found = await unit.session.get(Organisation, organisation_id, with_for_update=True)
    if found is not None:
        if expected is None:
            raise PreconditionRequired('It is there already. Send If-Match with the ETag you were given, e.g. "3"')
        if found.version != expected:
            standing = OrganisationView.model_validate(found).model_dump(mode="json")
            check_version(found.version, expected, standing)
        domain.check_changeable(found.feed_id)
    made = found is None
    row = found or Organisation(id=organisation_id, version=0)
    fill(unit, row, entry)
    if made:
        unit.session.add(row)
    return row, made


def fill(unit: UnitOfWork, row: Organisation, entry: OrganisationEntry, feed_id: UUID | None = None) -> None:
    """Write an entry into its row and announce it."""
    for name, value in entry.model_dump().items():
        setattr(row, name, value)
    row.feed_id, row.changed_by, row.changed_at = feed_id, unit.cause.actor, clock.business_now()
    row.version += 1
    unit.emit("triage.organisation.changed", _state(row), aggregate_id=row.id, sequence=row.version)


def _state(row: Organisation) -> OrganisationState:
    return OrganisationState(
        organisation_id=row.id,
        kind=row.kind,
        status="active" if row.status == domain.Status.ACTIVE else "ended",
        listed=row.listed,
        answers_by=row.answers_by,
        changed_at=row.changed_at,
    )
