"""Households kept up in the vault, and what the analytics zone may see of it: pseudonyms, counts, certainty."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.risk.linkage.homes import (
    Home,
    Residence,
    Sighting,
    address_key,
    continued,
    is_adult,
    living_together,
    place_of,
    residences,
)
from services.risk.vault import pseudonyms

SIGHTING = (
    "select rr.record_id, rr.resident_id, rr.probability, r.source, r.household_reference, r.uprn, r.address,"
    " r.postcode, r.valid_from, r.valid_to, r.seen_on, r.born"
    " from record_resident rr join record r using (record_id) where r.withdrawn_at is null"
)


@dataclass(slots=True)
class Picture:
    """Rows of the analytics zone as they should be now, and those that should be no more."""

    placings: list[dict[str, Any]] = field(default_factory=list)
    homes: list[dict[str, Any]] = field(default_factory=list)
    gone_records: list[UUID] = field(default_factory=list)
    gone_households: list[UUID] = field(default_factory=list)

    @property
    def households(self) -> set[UUID]:
        """Pseudonyms of all households it speaks of: whoever keeps profiles makes theirs anew."""
        return {*self.gone_households, *(row["household"] for row in self.homes)}


def sighting(row: Mapping[str, Any]) -> Sighting:
    """A row of SIGHTING."""
    return Sighting(
        record=row["record_id"],
        resident=row["resident_id"],
        source=row["source"],
        household_reference=row["household_reference"],
        place=place_of(row["uprn"], row["address"], row["postcode"]),
        uprn=row["uprn"],
        postcode=row["postcode"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        seen_on=row["seen_on"],
        born=row["born"],
        probability=row["probability"],
    )


async def rehouse(vault: AsyncSession, residents: Collection[UUID], today: date) -> set[UUID]:
    """Puts some residents into the households they belong to today, and those who live, or lived, with them.

    Returns the ids of all households concerned.
    """
    before = await homes_of(vault, residents)
    mates = {member for members in before.values() for member in members}
    seen = await _sightings(vault, {*residents, *mates})
    uprns = await _uprns(vault, seen)
    living = residences(seen, today, uprns)
    places = {living[each].place for each in {*residents, *mates} if each in living}
    there = await _residents_near(vault, [living[each] for each in living])
    more = await _sightings(vault, there - {each.resident for each in seen})
    seen += more
    living = {resident: each for resident, each in residences(seen, today, uprns).items() if each.place in places}
    before = await homes_of(vault, {*residents, *mates, *living})
    where = await _places(vault, before)
    found = continued(living_together(living, seen, today), living, before, where)
    await _keep(vault, found, before, {*residents, *mates}, today)
    return {*before, *(home.home_id for home in found if home.home_id)}


async def _sightings(vault: AsyncSession, residents: Collection[UUID]) -> list[Sighting]:
    if not residents:
        return []
    found = await vault.execute(text(f"{SIGHTING} and rr.resident_id = any(:ids)"), {"ids": sorted(residents)})
    return [sighting(dict(row)) for row in found.mappings()]


async def _uprns(vault: AsyncSession, seen: Iterable[Sighting]) -> dict[str, str]:
    """Which UPRN an address without one is, by sources that give both."""
    postcodes = {each.postcode for each in seen if each.postcode and each.place and each.place.startswith("at:")}
    if not postcodes:
        return {}
    found = await vault.execute(
        text(
            "select distinct uprn, address, postcode from record"
            " where postcode = any(:postcodes) and uprn is not null and address is not null"
        ),
        {"postcodes": sorted(postcodes)},
    )
    known = {address_key(row.address, row.postcode): row.uprn.strip().lstrip("0") for row in found}
    return {key: uprn for key, uprn in known.items() if key is not None}


async def _residents_near(vault: AsyncSession, living: Iterable[Residence]) -> set[UUID]:
    """Who has a record at one of these addresses; a few too many, for the postcode is all that some records give."""
    homes = list(living)
    uprns = sorted({each.uprn for each in homes if each.uprn})
    postcodes = sorted({each.postcode for each in homes if each.postcode})
    found = await vault.scalars(
        text(
            "select distinct rr.resident_id from record r join record_resident rr using (record_id)"
            " where r.withdrawn_at is null"
            " and (r.uprn = any(:uprns) or (r.uprn is null and r.postcode = any(:postcodes)))"
        ),
        {"uprns": uprns, "postcodes": postcodes},
    )
    return {UUID(str(each)) for each in found}


async def homes_of(vault: AsyncSession, residents: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The households that any of these belongs to, each with all of its present members."""
    found = await vault.execute(
        text(
            "select home_id, resident_id from home_member where until is null and home_id in"
            " (select home_id from home_member where until is null and resident_id = any(:ids))"
        ),
        {"ids": sorted(residents)},
    )
    members: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in found:
        members[row.home_id].add(row.resident_id)
    return dict(members)


async def _places(vault: AsyncSession, homes: Collection[UUID]) -> dict[UUID, str]:
    found = await vault.execute(
        text("select home_id, place from home where home_id = any(:ids)"), {"ids": sorted(homes)}
    )
    return {row.home_id: row.place for row in found}


async def _keep(
    vault: AsyncSession,
    homes: Collection[Home],
    before: Mapping[UUID, set[UUID]],
    moved: Collection[UUID],
    today: date,
) -> None:
    """Writes the households as they are now: who joined, who left, which are new, which ended."""
    housed: set[UUID] = set()
    joins: list[dict[str, Any]] = []
    for home in homes:
        if home.home_id is None:
            home.home_id = new_id()
        housed |= home.members.keys()
        joins += [
            {"home": home.home_id, "resident": each, "since": residence.since, "basis": residence.basis}
            for each, residence in home.members.items()
            if each not in before.get(home.home_id, ())
        ]
    kept = {home.home_id for home in homes}
    leavers = {join["resident"]: join["since"] for join in joins}
    leavers |= dict.fromkeys(set(moved) - housed, today)
    for home_id, members in before.items():
        gone = {each: leavers[each] for each in members if each in leavers}
        await _leave(vault, home_id, gone, today)
        if home_id not in kept and not members - gone.keys():
            await vault.execute(
                text("update home set until = :today where home_id = :id and until is null"),
                {"id": home_id, "today": today},
            )
    for home in homes:
        await vault.execute(
            text(
                "insert into home (home_id, pseudonym, place, uprn, postcode, since)"
                " values (:id, :pseudonym, :place, :uprn, :postcode, :since)"
                " on conflict (home_id) do update set place = excluded.place, uprn = excluded.uprn,"
                " postcode = excluded.postcode, since = excluded.since, until = null"
            ),
            {
                "id": home.home_id,
                "pseudonym": pseudonyms.of_household(home.home_id) if home.home_id else None,
                "place": home.place,
                "uprn": home.uprn,
                "postcode": home.postcode,
                "since": home.since,
            },
        )
    if joins:
        await vault.execute(
            text(
                "insert into home_member (home_id, resident_id, since, basis) values (:home, :resident, :since, :basis)"
                " on conflict (home_id, resident_id, since) do update set until = null, basis = excluded.basis"
            ),
            joins,
        )


async def _leave(vault: AsyncSession, home_id: UUID, gone: Mapping[UUID, date], today: date) -> None:
    for resident, day in gone.items():
        await vault.execute(
            text(
                "update home_member set until = greatest(least(cast(:day as date), :today), since)"
                " where home_id = :home and resident_id = :resident and until is null"
            ),
            {"home": home_id, "resident": resident, "day": day, "today": today},
        )


_MEMBERS = """
select m.home_id, m.resident_id, r.person_id, r.introduction,
       coalesce(min(rr.probability), 1) as probability
from home_member m join resident r using (resident_id)
left join record_resident rr on rr.resident_id = m.resident_id
where m.until is null and m.home_id = any(:homes)
group by 1, 2, 3, 4
"""

_PLACINGS = """
select record.pseudonym as record, record.source, resident.pseudonym as resident, home.pseudonym as household,
       rr.certainty, rr.probability
from record_resident rr join record using (record_id) join resident using (resident_id)
left join home_member m on m.resident_id = rr.resident_id and m.until is null
left join home on home.home_id = m.home_id
where rr.resident_id = any(:ids)
"""

_WARDS = """
select home.home_id, home.pseudonym, home.since, home.until,
       coalesce(by_uprn.ward, by_postcode.ward) as ward
from home
left join ward by_uprn on by_uprn.place = 'uprn:' || home.uprn
left join ward by_postcode on by_postcode.place = 'postcode:' || replace(lower(home.postcode), ' ', '')
where home.home_id = any(:homes)
"""


async def look(vault: AsyncSession, residents: Collection[UUID], homes: Collection[UUID], today: date) -> Picture:
    """What the analytics zone should show of these residents, their households, and the households named."""
    members = (await vault.execute(text(_MEMBERS), {"homes": sorted(homes)})).all()
    everyone = {*residents, *(row.resident_id for row in members)}
    picture = Picture()
    found = await vault.execute(text(_PLACINGS), {"ids": sorted(everyone)})
    picture.placings = [dict(row) for row in found.mappings()]
    ages = await adults(vault, {row.resident_id for row in members}, today)
    inside: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in members:
        inside[row.home_id].append(row)
    for row in await vault.execute(text(_WARDS), {"homes": sorted(homes)}):
        lives = inside.get(row.home_id, [])
        if not lives or row.until is not None:
            picture.gone_households.append(row.pseudonym)
            continue
        grown = sum(ages.get(each.resident_id, True) for each in lives)
        picture.homes.append(
            {
                "household": row.pseudonym,
                "ward": row.ward,
                "adults": grown,
                "children": len(lives) - grown,
                "registered": any(each.person_id and each.introduction != "introduced" for each in lives),
                "certainty": min(each.probability for each in lives),
                "since": row.since,
            }
        )
    return picture


async def adults(vault: AsyncSession, residents: Collection[UUID], today: date) -> dict[UUID, bool]:
    by_resident: defaultdict[UUID, list[Sighting]] = defaultdict(list)
    for each in await _sightings(vault, residents):
        by_resident[each.resident].append(each)
    return {resident: is_adult(seen, today) for resident, seen in by_resident.items()}


async def show(unit: UnitOfWork, picture: Picture) -> None:
    """Writes the picture into the analytics zone, touching only rows that differ."""
    if picture.placings:
        await unit.session.execute(
            text(
                'insert into "placing" as held (record, source, resident, household, certainty, probability)'
                " values (:record, :source, :resident, :household, :certainty, :probability)"
                " on conflict (record) do update set resident = excluded.resident, household = excluded.household,"
                " certainty = excluded.certainty, probability = excluded.probability"
                " where (held.resident, held.household, held.certainty, held.probability)"
                " is distinct from (excluded.resident, excluded.household, excluded.certainty, excluded.probability)"
            ),
            sorted(picture.placings, key=lambda row: row["record"]),
        )
    if picture.homes:
        await unit.session.execute(
            text(
                "insert into home (household, ward, adults, children, registered, certainty, since)"
                " values (:household, :ward, :adults, :children, :registered, :certainty, :since)"
                " on conflict (household) do update set ward = excluded.ward, adults = excluded.adults,"
                " children = excluded.children, registered = excluded.registered, certainty = excluded.certainty,"
                " since = excluded.since"
            ),
            sorted(picture.homes, key=lambda row: row["household"]),
        )
    if picture.gone_households:
        await unit.session.execute(
            text("delete from home where household = any(:ids)"), {"ids": picture.gone_households}
        )
    if picture.gone_records:
        # The word is PostgreSQL's own (overlay ... placing).
        for table in ('"placing"', "fact"):
            await unit.session.execute(
                text(f"delete from {table} where record = any(:ids)"), {"ids": picture.gone_records}
            )


async def end_empty(vault: AsyncSession, homes: Collection[UUID], today: date) -> None:
    """Households that nobody is left of have ended."""
    await vault.execute(
        text(
            "update home set until = :today where home_id = any(:ids) and until is null and not exists"
            " (select from home_member m where m.home_id = home.home_id and m.until is null)"
        ),
        {"ids": sorted(homes), "today": today},
    )
