"""Households on the register by the bedrooms they need: whom a scheme's homes would meet."""

from collections.abc import Mapping

from kit.store.unit import UnitOfWork


async def by_bedrooms(unit: UnitOfWork) -> Mapping[int, int]:
    """Counts of active applications by bedrooms needed; of nobody in particular."""
    return {}
