"""How emergency lists, their samples and what a second look came to are loaded."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.risk.emergencies import domain
from services.risk.emergencies.domain import Checked, Verdict
from services.risk.emergencies.models import EmergencyHome, EmergencyList
from services.risk.linkage.visibility import homes_kept_back


async def load(unit: UnitOfWork, list_id: UUID, *, for_change: bool = False) -> EmergencyList:
    """The row, locked if it is to change; `NotFound`."""
    query = select(EmergencyList).where(EmergencyList.id == list_id)
    found = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if found is None:
        raise NotFound("There is no such emergency list")
    return found


async def sample(unit: UnitOfWork, list_id: UUID) -> Sequence[EmergencyHome]:
    """The homes that are looked at a second time, in their order; none that is kept back since the list was written."""
    query = select(EmergencyHome).where(EmergencyHome.list_id == list_id, EmergencyHome.place.is_not(None))
    rows = (await unit.session.scalars(query.order_by(EmergencyHome.place))).all()
    sealed = await homes_kept_back(unit)
    return [each for each in rows if each.household not in sealed]


async def numbers_of(unit: UnitOfWork, row: EmergencyList) -> dict[str, int]:
    """The numbers of a list, without the homes that are kept back since it was written: for every asker.

    All homes there are, and those whose ages are known, were counted with them from the start.
    """
    sealed = await homes_kept_back(unit)
    theirs = EmergencyHome.household.in_(sorted(sealed))
    query = select(
        func.count(), func.count().filter(EmergencyHome.known), func.count().filter(~EmergencyHome.certain)
    ).where(EmergencyHome.list_id == row.id, theirs)
    listed, known, uncertain = (await unit.session.execute(query)).one()
    less = {"listed": listed, "known": known, "unknown": listed - known, "uncertain": uncertain}
    return {name: int(number) - less.get(name, 0) for name, number in row.counts.items()}


async def checked(unit: UnitOfWork, row: EmergencyList) -> Checked | None:
    """What the second look came to; None before it."""
    if row.checked_by is None:
        return None
    homes = await sample(unit, row.id)
    verdicts: Mapping[str, Verdict] = {str(each.household): Verdict(each.verdict or "unsure") for each in homes}
    return domain.judged(list(verdicts), verdicts)
