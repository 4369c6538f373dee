"""What a quarter's figures are made from: the log as of a moment, wards, groups, costs, baselines."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from kit.store.tables import known_household
from kit.store.unit import UnitOfWork
from services.risk.linkage.visibility import homes_kept_back
from services.risk.measures.domain import NOT_KNOWN, Groups, Item, Log, Quarter, Told, age_band, broad_ethnicity
from services.risk.measures.models import BaselineRow, CountedAs, UnitCostRow
from services.risk.measures.savings import Baseline, Cash, UnitCost
from services.risk.vault import door, pseudonyms

_LOG = text(
    "select distinct on (kind, about) kind, about, person_id, household_id, data from measured_event"
    " where told_at <= :until order by kind, about, sequence desc, id"
)
_WARDS = text("select code, name from index_area where kind = 'ward' order by code")
_HOMES = text(
    "select p.record, p.household, home.ward from placed as p left join home on home.household = p.household"
    " where p.record = any(:records) and p.certainty <> 'unlinked' and p.household is not null"
)
# Of several records the register's word comes first, then the newest; sure links alone.
_WHO = text(
    """
    select r.person_id,
      (array_agg(record.born order by record.source <> 'casefile', record.seen_on desc nulls last, record.record_id)
        filter (where record.born is not null))[1] as born,
      (array_agg(record.sex order by record.seen_on desc nulls last, record.record_id)
        filter (where record.sex in ('female', 'male')))[1] as sex,
      (array_agg(record.ethnicity order by record.seen_on desc nulls last, record.record_id)
        filter (where record.ethnicity is not null))[1] as ethnicity
    from resident as r join record_resident as held on held.resident_id = r.resident_id
    join record on record.record_id = held.record_id
    where r.person_id = any(:people) and r.erased_at is null and r.joined_into is null
      and held.certainty = 'confirmed' and record.withdrawn_at is null
    group by r.person_id
    """
)


async def log(unit: UnitOfWork, until: datetime) -> Log:
    """Every aggregate in the newest state that was told up to a moment."""
    rows = await unit.session.execute(_LOG, {"until": until})
    return Log(tuple(Told(row.kind, row.about, row.person_id, row.household_id, row.data) for row in rows))


async def wards(unit: UnitOfWork) -> dict[str, str]:
    """The borough's wards by code, as the ward index knows them."""
    return {row.code: row.name for row in await unit.session.execute(_WARDS)}


async def groups(unit: UnitOfWork, quarter: Quarter, items: Collection[Item]) -> dict[str, Groups]:
    """In which groups each counts: as put down for this quarter before, else as it is known now (and put down)."""
    of_homes = await _members(unit, [each.household for each in items if each.household and not each.person])
    speaks = {each.whose: each.person or (of_homes.get(each.household) if each.household else None) for each in items}
    people = sorted({each for each in speaks.values() if each})
    if not people:
        return {}
    home = await homes(unit, people)
    # Who is kept apart from somebody counts, and in no ward.
    sealed = await homes_kept_back(unit)
    found: dict[UUID, Groups] = {}
    async with door.opened(unit, "count_by_group", record=f"measures/{quarter.first_day}") as vault:
        query = select(CountedAs).where(CountedAs.first_day == quarter.first_day, CountedAs.person_id.in_(people))
        for row in await vault.scalars(query):
            found[row.person_id] = Groups(row.ward, row.age, row.sex, row.ethnicity)
        new = [each for each in people if each not in found]
        who = {row.person_id: row for row in await vault.execute(_WHO, {"people": new})} if new else {}
        for person in new:
            place, ward = home.get(person, (None, None))
            found[person] = _known(quarter, who.get(person), None if place in sealed else ward)
        values = [{"first_day": quarter.first_day, "person_id": each, **_kept(found[each])} for each in new]
        for start in range(0, len(values), 2_000):
            # Safe to repeat: the vault's part commits before the unit's.
            await vault.execute(insert(CountedAs).values(values[start : start + 2_000]).on_conflict_do_nothing())
    return {whose: found[person] for whose, person in speaks.items() if person}


def _kept(groups: Groups) -> dict[str, str]:
    return {name: getattr(groups, name) for name in ("ward", "age", "sex", "ethnicity")}


def _known(quarter: Quarter, row: Any, ward: str | None) -> Groups:
    if row is None:
        return Groups(ward=ward or NOT_KNOWN)
    return Groups(
        ward=ward or NOT_KNOWN,
        age=age_band(row.born, quarter.first_day),
        sex=row.sex or NOT_KNOWN,
        ethnicity=broad_ethnicity(row.ethnicity),
    )


async def homes(unit: UnitOfWork, people: Sequence[UUID]) -> dict[UUID, tuple[UUID, str | None]]:
    """Each person's household (its pseudonym) and ward, as far as they are linked."""
    records = {pseudonyms.of_record("casefile", str(each)): each for each in people}
    rows = await unit.session.execute(_HOMES, {"records": sorted(records)}) if records else ()
    return {records[row.record]: (row.household, row.ward) for row in rows}


async def _members(unit: UnitOfWork, households: Collection[UUID]) -> dict[UUID, UUID]:
    """One person of each household, the first by id of those who belong to it."""
    if not households:
        return {}
    query = select(known_household.c.id, known_household.c.members).where(known_household.c.id.in_(set(households)))
    found = {}
    for id_, members in await unit.session.execute(query):
        now = sorted(each["person_id"] for each in members or () if each.get("to") is None)
        if now:
            found[id_] = UUID(now[0])
    return found


async def bits(unit: UnitOfWork, items: Collection[Item]) -> dict[str, int]:
    """The 64 bits by which the observatory's sketches know each: the household's pseudonym's, else a digest's."""
    home = await homes(unit, sorted({each.person for each in items if each.person}))
    found = {}
    for each in items:
        if each.person in home:
            found[each.whose] = home[each.person][0].int & 0xFFFF_FFFF_FFFF_FFFF
        else:
            found[each.whose] = int.from_bytes(hashlib.sha256(each.whose.encode()).digest()[:8], "big")
    return found


async def costs(unit: UnitOfWork) -> list[UnitCost]:
    """All unit costs."""
    return [
        UnitCost(
            row.code, row.measure, row.title, row.low_pence, row.central_pence, row.high_pence, row.dated, row.source,
            Cash(row.cash), row.falls_on,
        )
        for row in await unit.session.scalars(select(UnitCostRow).order_by(UnitCostRow.code))
    ]  # fmt: skip


async def baselines(unit: UnitOfWork, first_day: date) -> dict[str, Baseline]:
    """The quarter's baselines by measure."""
    rows = await unit.session.scalars(select(BaselineRow).where(BaselineRow.first_day == first_day))
    return {row.measure: Baseline(row.measure, row.count, row.source, row.stated_by) for row in rows}
