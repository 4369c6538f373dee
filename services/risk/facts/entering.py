"""One fact at a time into the analytics zone, by the rules of a file: the same fact is one, a later word counts."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from kit.store.unit import UnitOfWork
from services.risk.facts.models import Fact, Placing
from services.risk.sources.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Single:
    """A fact that came by itself."""

    record: UUID
    source: str
    kind: str
    occurred_on: date
    until: date | None = None
    amount: Decimal | None = None
    value: str | None = None

    @property
    def id(self) -> UUID:
        """A digest of whose it is, where from, what and since when; of its value too, if there may be several."""
        same = self.value or "" if KINDS[self.kind].several else ""
        told = "\x1f".join((str(self.record), self.source, self.kind, self.occurred_on.isoformat(), same))
        return UUID(bytes=hashlib.sha256(told.encode()).digest()[:16])


async def enter(unit: UnitOfWork, facts: Iterable[Single]) -> int:
    """Enter them; how many were new or said something else than before."""
    rows = {
        each.id: {
            "id": each.id,
            "record": each.record,
            "source": each.source,
            "kind": each.kind,
            "occurred_on": each.occurred_on,
            "until": each.until,
            "amount": each.amount,
            "value": each.value,
            "load_id": None,
        }
        for each in facts
    }
    if not rows:
        return 0
    statement = insert(Fact).values(list(rows.values()))
    new = statement.excluded
    differs = or_(
        Fact.until.is_distinct_from(new.until),
        Fact.amount.is_distinct_from(new.amount),
        Fact.value.is_distinct_from(new.value),
    )
    entered = await unit.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"until": new.until, "amount": new.amount, "value": new.value, "load_id": None},
            where=differs,
        ).returning(Fact.id)
    )
    return len(entered.all())


async def placings(unit: UnitOfWork, records: Sequence[UUID]) -> list[Placing]:
    """Where these records belong, as far as they are linked."""
    return list(await unit.session.scalars(select(Placing).where(Placing.record.in_(records))))
