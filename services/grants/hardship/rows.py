"""Which hardship payments a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from kit.web.preconditions import check_version
from services.grants.hardship.models import HardshipPayment

_OUTSIDE = "voluntary_sector_worker"


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which payment. A voluntary worker sees those they asked for, and no other."""
    seen = ~access.kept_back(cause, HardshipPayment.person_id.expression)
    if from_outside(cause):
        return seen & (HardshipPayment.taken_by == cause.actor)
    return seen


def from_outside(cause: Cause) -> bool:
    """The caller works for another organisation: what they asked for is theirs to see, what was before is not."""
    return set(cause.roles) <= {_OUTSIDE}


async def load(unit: UnitOfWork, payment_id: UUID, expected: int | None = None) -> HardshipPayment:
    """The payment, locked; `NotFound` also for one that may not be shown."""
    query = select(HardshipPayment).where(HardshipPayment.id == payment_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update(of=HardshipPayment))).one_or_none()
    if row is None:
        raise NotFound("We know of no such request")
    if expected is not None:
        check_version(row.version, expected)
    return row
