"""Writes of organisations: by hand, and from a feed."""

from uuid import UUID

from kit import clock
from kit.contracts.triage.directory import OrganisationState
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version
from services.triage.organisations import domain
from services.triage.organisations.models import Organisation
from services.triage.organisations.shapes import OrganisationEntry, OrganisationView


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
