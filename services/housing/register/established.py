"""Facts that other parts of housing have established: kept as they are heard, and taken into each application.

They are kept apart from the applications, because a duty is often owed, or a decant decided, before anybody applies.
"""

from typing import Final

from sqlalchemy import or_, select

from kit import clock
from kit.store.unit import UnitOfWork
from services.housing.register import strangers
from services.housing.register.facts import ESTABLISHED
from services.housing.register.models import Application, Established

_STRONGEST: Final = ("main", "intentional", "relief", "prevention", "homeless", "permanent", "temporary")
"""Of several, the one that counts."""


async def take_into(unit: UnitOfWork, row: Application) -> bool:
    """What is established of the household today stands in `row.learned`; whether that changed anything."""
    today = clock.today()
    theirs = strangers.follows(row, Established.household_id.expression, Established.person_id.expression)
    query = select(Established).where(
        theirs, Established.since <= today, or_(Established.until.is_(None), Established.until > today)
    )
    found: dict[str, Established] = {}
    for each in await unit.session.scalars(query.order_by(Established.since, Established.id)):
        before = found.get(each.fact)
        if before is None or _STRONGEST.index(each.value) < _STRONGEST.index(before.value):
            found[each.fact] = each
    learned = {name: entry for name, entry in row.learned.items() if name not in ESTABLISHED}
    for name, each in found.items():
        source = "homelessness" if name == "homeless_duty" else "decants"
        learned[name] = {"value": each.value, "source": source, "on": each.since.isoformat()}
    if learned == row.learned:
        return False
    row.learned = learned
    return True
