"""Which fresh facts call for an offer: the definitions put to PostgreSQL, over what may choose whom to contact."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from kit.store.unit import UnitOfWork
from services.risk.signals.domain import Definition, Measure
from services.risk.sources.domain import Coverage


@dataclass(frozen=True, slots=True)
class Fresh:
    """A fact that calls for an offer."""

    fact: UUID
    household: UUID
    resident: UUID
    source: str
    occurred_on: date


@dataclass(frozen=True, slots=True)
class Where:
    """Where to look: a load, some households, or everywhere."""

    load_id: UUID | None = None
    households: Collection[UUID] | None = None


_CANDIDATES = """
    select f.id, p.household, p.resident, f.record, f.source, f.occurred_on, f.amount, p.certainty
    from fact as f join placed as p on p.record = f.record
    where f.kind = :kind and f.occurred_on between :since and :today and p.household is not null
      and {covered}{where}"""

_NONE_BEFORE = """
    and not exists (
        select 1 from placed as q join fact as e on e.record = q.record
        where q.household = f.household and e.kind = :kind
          and e.occurred_on < f.occurred_on
          and e.occurred_on >= f.occurred_on - make_interval(months => :clear_months))"""

# What the record showed in the two months before; nothing there means nothing owed.
_ROSE = """
    and f.amount - coalesce((
        select e.amount from fact as e
        where e.record = f.record and e.kind = :kind
          and e.occurred_on < f.occurred_on and e.occurred_on >= f.occurred_on - make_interval(days => 70)
        order by e.occurred_on desc, e.amount desc limit 1), 0) >= :amount
    and not exists (
        select 1 from signal as s
        where s.household = f.household and s.kind = :signal and s.fact <> f.id
          and s.observed_on > f.occurred_on - :quiet_days and s.observed_on <= f.occurred_on)"""

_NOT_YET = """
    and not exists (
        select 1 from signal as s
        where s.household = f.household and s.kind = :signal and s.occurrence = to_char(f.occurred_on, 'YYYY-MM'))"""


async def fresh(unit: UnitOfWork, definition: Definition, covered: Coverage, today: date, where: Where) -> list[Fresh]:
    """The facts that call for an offer and have not yet, those of the surest links first, then the oldest."""
    values: dict[str, Any] = {
        "kind": definition.fact,
        "signal": definition.kind.value,
        "since": definition.fresh_from(today),
        "today": today,
        **covered.parameters,
    }
    narrow = ""
    if where.load_id is not None:
        narrow += " and f.load_id = :load_id"
        values["load_id"] = where.load_id
    if where.households is not None:
        narrow += " and p.household = any(cast(:households as uuid[]))"
        values["households"] = sorted(where.households)
    if definition.measure is Measure.FIRST:
        rule = _NONE_BEFORE
        values["clear_months"] = definition.clear_months
    else:
        rule = _ROSE
        values |= {"amount": definition.amount, "quiet_days": definition.quiet_days}
    candidates = _CANDIDATES.format(covered=covered.where("f"), where=narrow)
    statement = text(
        "select f.id, f.household, f.resident, f.source, f.occurred_on"
        f" from ({candidates}) as f where true {rule} {_NOT_YET}"
        " order by array_position(array['confirmed', 'probable', 'unlinked'], certainty), occurred_on, f.id"
    )
    rows = await unit.session.execute(statement, values)
    return [Fresh(*row) for row in rows]
