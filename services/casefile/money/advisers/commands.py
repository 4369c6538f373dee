"""Writes of the register: put a body in, or change what it says."""

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version
from services.casefile.money.advisers import domain
from services.casefile.money.advisers.models import DebtBody


async def keep(unit: UnitOfWork, organisation: str, expected: int | None, body: domain.Body) -> DebtBody:
    """Put it in (no version yet), or change it from the version the caller saw."""
    sound = domain.entry(body)
    row = await unit.session.get(DebtBody, organisation, with_for_update=True)
    if row is None:
        if expected:
            raise NotFound("There is no such body in the register")
        row = DebtBody(organisation=organisation, version=0)
        unit.session.add(row)
    elif expected is None:
        raise PreconditionRequired('Send If-Match with the ETag you were given, e.g. If-Match: "3"')
    else:
        check_version(row.version, expected)
    row.version += 1
    row.basis, row.since, row.until = sound.basis, sound.since, sound.until
    row.fca_number, row.exemption = sound.fca_number, sound.exemption
    row.advisers = sorted(sound.advisers)
    row.kept_by, row.changed_at = unit.cause.actor, clock.business_now()
    await unit.session.flush()
    unit.accessed(f"debt_body/{organisation}")
    return row
