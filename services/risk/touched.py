"""What stands on a household's facts is put right at once when they change: its profile, then what calls for an offer.

In the transaction of what changed them. Whoever changes facts or placings of a few households calls `touched`; a whole
load is followed by the steps of `pipeline`.
"""

from collections.abc import Collection
from uuid import UUID

from kit.store.unit import UnitOfWork
from services.risk.profiles import commands as profiles
from services.risk.signals import commands as signals


async def touched(unit: UnitOfWork, households: Collection[UUID]) -> None:
    """These households (pseudonyms) have other facts, records or members than before."""
    if not households:
        return
    await profiles.recompute(unit, households, tell_all=True)
    await signals.look(unit, households=households)
