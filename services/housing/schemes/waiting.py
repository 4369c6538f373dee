"""Households on the register by the bedrooms they need: whom a scheme's homes would meet."""

from sqlalchemy import func, select

from kit.store.unit import UnitOfWork
from services.housing.register.models import Application
from services.housing.register.states import BIDS


async def by_bedrooms(unit: UnitOfWork) -> dict[int, int]:
    """Counts of applications that wait for a home, by bedrooms needed; of nobody in particular."""
    waiting = Application.state.in_(sorted(BIDS)), Application.bedrooms_needed.is_not(None)
    query = select(Application.bedrooms_needed, func.count()).where(*waiting).group_by(Application.bedrooms_needed)
    return {size: count for size, count in await unit.session.execute(query) if size is not None}
