"""How illegal evictions are loaded and shown."""

from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.evictions.models import IllegalEviction
from services.housing.homelessness.evictions.shapes import IllegalEvictionView


async def load(
    unit: UnitOfWork, eviction_id: UUID, *, for_change: bool = False
) -> tuple[HomelessnessCase, IllegalEviction]:
    """The case, locked for a change, and the report."""
    case_id = await unit.session.scalar(select(IllegalEviction.case_id).where(IllegalEviction.id == eviction_id))
    if case_id is None:
        raise NotFound("We know of no such report")
    case = await cases.load(unit, case_id, for_change=for_change)
    cases.on_record(unit, case)
    return case, await unit.session.get_one(IllegalEviction, eviction_id)


def view(row: IllegalEviction) -> IllegalEvictionView:
    """As it is shown."""
    return IllegalEvictionView(
        **{name: getattr(row, name) for name in IllegalEvictionView.model_fields if name != "overdue"},
        overdue=row.state == "reported" and row.due_at < clock.business_now(),
    )
