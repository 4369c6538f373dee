"""Who is on an emergency list: ages from the vault, homes from the analytics zone, by sources that may serve it.

A source whose records themselves tell of abuse, social care, health or crime serves no list, not even with a birth
date: who is in it would stand on the list because of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, cast, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY

from kit import clock
from kit.store.unit import UnitOfWork
from services.risk.cohorts.counting import is_known
from services.risk.emergencies.domain import PURPOSE, Criteria, Group
from services.risk.facts.models import Fact, Home, Placing
from services.risk.linkage.visibility import homes_kept_back
from services.risk.sources import standing as register
from services.risk.sources.domain import IDENTITY, Product
from services.risk.sources.kinds import KINDS, Sensitivity
from services.risk.sources.register import GATEWAYS
from services.risk.vault import door

PROBABLE: Final = "probable"
_AGED = text(
    "select res.pseudonym, bool_or(held.certainty <> 'probable') as certain from record as r"
    " join record_resident as held on held.record_id = r.record_id"
    " join resident as res on res.resident_id = held.resident_id and res.erased_at is null and res.joined_into is null"
    " where r.withdrawn_at is null and r.source = any(:sources) and r.born > :after and r.born <= :until"
    " and res.pseudonym is not null and (cast(:among as uuid[]) is null or res.pseudonym = any(cast(:among as uuid[])))"
    " group by res.pseudonym"
)
_LONG_AGO = date(1890, 1, 1)


@dataclass(frozen=True, slots=True)
class Sources:
    """What may serve the list today."""

    ages: tuple[str, ...]
    tenures: tuple[str, ...]
    contact: tuple[str, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A home that the criteria find."""

    household: UUID
    known: bool
    certain: bool
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Who the criteria find, and how many homes there are to find anybody in."""

    homes: tuple[Listed, ...]
    population: int
    ages_known: int
    sources: Sources

    def counts(self) -> dict[str, int]:
        """How many, for the list's row."""
        known = sum(each.known for each in self.homes)
        return {
            "listed": len(self.homes),
            "known": known,
            "unknown": len(self.homes) - known,
            "uncertain": sum(not each.certain for each in self.homes),
            "ages_known": self.ages_known,
            "homes": self.population,
        }


async def sources(unit: UnitOfWork) -> Sources:
    """By the register: a legal gateway that covers emergencies, an agreement that stands, nothing delicate."""
    today = clock.today()
    ages, tenures, contact, hidden = [], [], [], []
    for product in await register.products(unit.session):
        if not any(IDENTITY in group.feeds for group in product.fields):
            continue
        reason = _never(product, today)
        if reason is not None:
            hidden.append(reason)
            continue
        if PURPOSE in product.covers(IDENTITY, GATEWAYS):
            ages.append(product.code)
            if product.contact:
                contact.append(product.code)
        else:
            hidden.append(f"{product.title} was not supplied for emergencies: no legal gateway of it covers them")
        if "tenure" in product.feeds and PURPOSE in product.covers("tenure", GATEWAYS):
            tenures.append(product.code)
    return Sources(tuple(sorted(ages)), tuple(sorted(tenures)), tuple(sorted(contact)), tuple(sorted(hidden)))


def _never(product: Product, today: date) -> str | None:
    delicate = [kind for kind in product.feeds if KINDS[kind].sensitivity is not Sensitivity.ORDINARY]
    if delicate:
        return f"{product.title} tells of abuse, social care, health or crime: it never chooses whom to contact"
    return product.stopped(today)


async def find(unit: UnitOfWork, criteria: Criteria, record: str) -> Found:
    """Every home that meets the criteria today and may stand on a generalist's list. `record`: what the look is for."""
    may, today = await sources(unit), clock.today()
    aged: dict[tuple[str, int], dict[UUID, bool]] = {}
    async with door.opened(unit, "find_ages", record=record) as vault:
        for name, years in sorted({each for group in criteria.any_of for each in group.ages}):
            born = _years_before(today, years)
            after, until = (_LONG_AGO, born) if name == "aged_at_least" else (born, today)
            values = {"sources": list(may.ages), "after": after, "until": until, "among": None}
            rows = await vault.execute(_AGED, values)
            aged[name, years] = {row.pseudonym: row.certain for row in rows}
        values = {"sources": list(may.ages), "after": _LONG_AGO, "until": today, "among": None}
        with_age = [row.pseudonym for row in await vault.execute(_AGED, values)]
    barred = await homes_kept_back(unit)
    found: dict[UUID, list[Any]] = {}
    for place, group in enumerate(criteria.any_of):
        certainly = set(await _homes(unit, group, criteria.wards, aged, may, certain=True))
        for household in await _homes(unit, group, criteria.wards, aged, may, certain=False):
            entry = found.setdefault(household, [False, []])
            entry[0] = entry[0] or household in certainly
            entry[1].append(place)
    ids = sorted(found.keys() - barred)
    known = await _known(unit, ids, today)
    homes = tuple(Listed(each, each in known, found[each][0], tuple(found[each][1])) for each in ids)
    population, ages_known = await _population(unit, with_age)
    return Found(homes, population, ages_known, may)


async def _homes(
    unit: UnitOfWork,
    group: Group,
    wards: Sequence[str],
    aged: Mapping[tuple[str, int], Mapping[UUID, bool]],
    may: Sources,
    *,
    certain: bool,
) -> list[UUID]:
    rules: list[ColumnElement[bool]] = [true()]
    for age in group.ages:
        residents = [each for each, sure in aged[age].items() if sure or not certain]
        lives = select(Placing.household).where(Placing.resident.in_(_listed(residents)))
        if certain:
            lives = lives.where(Placing.certainty != PROBABLE)
        rules.append(Home.household.in_(lives))
    if group.tenures:
        held = (
            select(Placing.household)
            .join(Fact, Fact.record == Placing.record)
            .where(
                Fact.kind == "tenure",
                Fact.value.in_(group.tenures),
                Fact.source.in_(may.tenures),
                Fact.occurred_on <= clock.today(),
                or_(Fact.until.is_(None), Fact.until > clock.today()),
            )
        )
        rules.append(Home.household.in_(held.where(Placing.certainty != PROBABLE) if certain else held))
    for column, least, most in (
        (Home.adults, group.adults_at_least, group.adults_at_most),
        (Home.children, group.children_at_least, None),
    ):
        if least is not None:
            rules.append(column >= least)
        if most is not None:
            rules.append(column <= most)
    if wards:
        rules.append(and_(Home.ward.is_not(None), Home.ward.in_(wards)))
    return list(await unit.session.scalars(select(Home.household).where(*rules)))


def _listed(ids: Collection[UUID]) -> Any:
    # One parameter, however many: a list in the text has its limits.
    return select(func.unnest(cast(sorted(ids), ARRAY(Uuid))))


async def still_kept_back(unit: UnitOfWork, households: Collection[UUID]) -> set[UUID]:
    """Of these homes, those that may be on no list since it was written."""
    return set(households) & await homes_kept_back(unit)


async def _known(unit: UnitOfWork, households: Sequence[UUID], today: date) -> set[UUID]:
    query = select(Home.household).where(Home.household.in_(_listed(households)), is_known(today))
    return set(await unit.session.scalars(query))


async def _population(unit: UnitOfWork, with_age: Collection[UUID]) -> tuple[int, int]:
    homes = int(await unit.session.scalar(select(func.count()).select_from(Home)) or 0)
    known = select(func.count(func.distinct(Placing.household))).where(Placing.resident.in_(_listed(with_age)))
    return homes, int(await unit.session.scalar(known) or 0)


@dataclass(frozen=True, slots=True)
class Face:
    """Whom of a home the call is for: a resident (pseudonym), and whose record of them to use."""

    resident: UUID
    source: str
    aged: bool


async def faces(unit: UnitOfWork, households: Sequence[UUID], criteria: Criteria) -> dict[UUID, list[Face]]:
    """The residents of each home by records that surely are theirs; those who are why it is listed come first."""
    may, today = await sources(unit), clock.today()
    rows = (
        await unit.session.execute(
            select(Placing.household, Placing.resident, func.min(Placing.source))
            .where(Placing.household.in_(households), Placing.source.in_(may.contact), Placing.certainty != "probable")
            .group_by(Placing.household, Placing.resident)
            .order_by(func.min(Placing.source), Placing.resident)
        )
    ).all()
    residents = sorted({row[1] for row in rows})
    years = min((y for group in criteria.any_of for name, y in group.ages if name == "aged_at_least"), default=None)
    aged: set[UUID] = set()
    if years is not None and residents:
        async with door.opened(unit, "find_ages", record=f"residents/{len(residents)}") as vault:
            values = {"sources": list(may.ages), "after": _LONG_AGO, "until": _years_before(today, years)}
            aged = {row.pseudonym for row in await vault.execute(_AGED, {**values, "among": residents})}
    found: dict[UUID, list[Face]] = {}
    for household, resident, source in rows:
        if household is not None:
            found.setdefault(household, []).append(Face(resident, source, resident in aged))
    for there in found.values():
        there.sort(key=lambda face: not face.aged)
    return found


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
