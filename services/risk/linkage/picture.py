"""Households kept up in the vault, and what the analytics zone may see of it: pseudonyms, counts, certainty."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from kit.store import direct
from kit.store.unit import UnitOfWork
from services.risk.linkage.homes import (
    Home,
    Sighting,
    address_key,
    continued,
    is_adult,
    living_together,
    place_of,
    residences,
)
from services.risk.vault import pseudonyms


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


_AROUND = (
    "with base as materialized (select resident_id from unnest(%(ids)s::uuid[]) as t(resident_id)),"
    " own as materialized (select distinct r.uprn, r.postcode from base"
    "  join record_resident using (resident_id) join record r using (record_id) where r.withdrawn_at is null),"
    " every as (select resident_id from base"
    "  union select mate.resident_id from base join home_member m using (resident_id)"
    "   join home_member mate using (home_id) where m.until is null and mate.until is null"
    "  union select rr.resident_id from record r join record_resident rr using (record_id)"
    "   where r.uprn in (select uprn from own)"
    "  union select rr.resident_id from record r join record_resident rr using (record_id)"
    "   where r.postcode in (select postcode from own)"
    "   and (r.uprn is null or r.postcode in (select postcode from own where uprn is null)))"
    " select rr.resident_id, rr.record_id, rr.certainty, rr.probability, r.source, r.reference, r.household_reference,"
    "  r.uprn, r.address, r.postcode, r.valid_from, r.valid_to, r.seen_on, r.born,"
    "  r.withdrawn_at is not null as withdrawn, resident.person_id, resident.introduction"
    " from every join resident using (resident_id) join record_resident rr using (resident_id)"
    " join record r using (record_id)"
)
_HOMES = (
    "select m.home_id, m.resident_id, home.place, home.uprn, home.postcode, home.since"
    " from home_member m join home using (home_id) where m.until is null and m.home_id in"
    "  (select home_id from home_member where until is null and resident_id = any(%(ids)s)"
    "   union select home_id from unnest(%(homes)s::uuid[]) as t(home_id))"
)
_WARDS = "select place, ward from ward where place = any(%(places)s)"


@dataclass(slots=True)
class _Surroundings:
    """Some residents, those who live or lived with them, and who is at the same addresses."""

    rows: dict[UUID, list[Mapping[str, Any]]]
    before: dict[UUID, set[UUID]]
    homes: dict[UUID, Any]

    @property
    def sightings(self) -> list[Sighting]:
        return [
            Sighting(
                record=row["record_id"],
                resident=resident,
                source=row["source"],
                household_reference=row["household_reference"],
                place=place_of(row["uprn"], row["address"], row["postcode"]),
                uprn=row["uprn"],
                postcode=row["postcode"],
                valid_from=row["valid_from"],
                valid_to=row["valid_to"],
                seen_on=row["seen_on"],
                born=row["born"],
            )
            for resident, rows in self.rows.items()
            for row in rows
            if not row["withdrawn"]
        ]

    @property
    def uprns(self) -> dict[str, str]:
        """Which UPRN an address without one is, by records that give both."""
        found = {}
        for row in (row for rows in self.rows.values() for row in rows if row["uprn"]):
            key = address_key(row["address"], row["postcode"])
            if key is not None:
                found[key] = row["uprn"].strip().lstrip("0")
        return found


async def _surroundings(vault: AsyncSession, residents: Collection[UUID], homes: Collection[UUID]) -> _Surroundings:
    rows: defaultdict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in await direct.fetch_dicts(vault, _AROUND, {"ids": sorted(residents)}):
        rows[row["resident_id"]].append(row)
    before: defaultdict[UUID, set[UUID]] = defaultdict(set)
    held: dict[UUID, Any] = {}
    found = await direct.fetch(vault, _HOMES, {"ids": sorted({*rows, *residents}), "homes": sorted(homes)})
    for each in found:
        before[each.home_id].add(each.resident_id)
        held[each.home_id] = each
    return _Surroundings(dict(rows), dict(before), held)


async def refresh(
    vault: AsyncSession, residents: Collection[UUID], today: date, homes: Collection[UUID] = ()
) -> Picture:
    """Puts some residents, and those they live or lived with, into the households they belong to today.

    Returns what the analytics zone should show of all households concerned, `homes` among them, and of their members.
    """
    around = await _surroundings(vault, residents, homes)
    seen = around.sightings
    living = residences(seen, today, around.uprns)
    of_now = {home for home, members in around.before.items() if members & set(residents)} | set(homes)
    mates = {member for home in of_now for member in around.before.get(home, ())}
    places = {living[each].place for each in {*residents, *mates} if each in living}
    here = {resident: each for resident, each in living.items() if each.place in places}
    were = {home: row.place for home, row in around.homes.items()}
    now = continued(living_together(here, seen, today), here, around.before, were)
    changed, ended = await _keep(vault, now, around, {*residents, *mates}, of_now, today)
    return await _shown(vault, now, around, {*residents, *mates}, changed | of_now, ended, today)


async def _keep(
    vault: AsyncSession,
    now: Sequence[Home],
    around: _Surroundings,
    moved: Collection[UUID],
    of_now: Collection[UUID],
    today: date,
) -> tuple[set[UUID], set[UUID]]:
    """Writes who came, who left, which households are new, elsewhere or ended; those that changed, and that ended."""
    changed: set[UUID] = set()
    joins: list[dict[str, Any]] = []
    writes: list[tuple[str, dict[str, Any]]] = []
    for home in now:
        if home.home_id is None:
            home.home_id = new_id()
        was = around.homes.get(home.home_id)
        if was is None or (was.place, was.uprn, was.postcode, was.since) != (
            home.place,
            home.uprn,
            home.postcode,
            home.since,
        ):
            changed.add(home.home_id)
            writes.append(_put_home(home))
        joins += [
            {"home": home.home_id, "resident": each, "since": residence.since, "basis": residence.basis}
            for each, residence in home.members.items()
            if each not in around.before.get(home.home_id, ())
        ]
    leavers = {join["resident"]: join["since"] for join in joins}
    leavers |= dict.fromkeys(set(moved) - {member for home in now for member in home.members}, today)
    kept = {home.home_id for home in now}
    ended: set[UUID] = set()
    for home_id, members in around.before.items():
        gone = members & leavers.keys()
        for resident in sorted(gone):
            left = {"home": home_id, "id": resident, "day": leavers[resident], "today": today}
            writes.append((_LEAVE, left))
        changed |= {home_id} if gone else set()
        if home_id not in kept and not members - gone:
            ended.add(home_id)
    # A household whose last member was erased has no members at all any more.
    ended |= {home for home in of_now if home not in around.before and home not in kept}
    if ended:
        writes.append((_END, {"ids": sorted(ended), "today": today}))
    writes += [(_JOIN, join) for join in joins]
    changed |= {join["home"] for join in joins}
    if writes:
        await direct.send(vault, *writes)
    return changed, ended


_PUT = (
    "insert into home (home_id, pseudonym, place, uprn, postcode, since)"
    " values (%(id)s, %(pseudonym)s, %(place)s, %(uprn)s, %(postcode)s, %(since)s)"
    " on conflict (home_id) do update set place = excluded.place, uprn = excluded.uprn,"
    " postcode = excluded.postcode, since = excluded.since, until = null"
)


def _put_home(home: Home) -> tuple[str, dict[str, Any]]:
    assert home.home_id is not None
    values = {
        "id": home.home_id,
        "pseudonym": pseudonyms.of_household(home.home_id),
        "place": home.place,
        "uprn": home.uprn,
        "postcode": home.postcode,
        "since": home.since,
    }
    return _PUT, values


_LEAVE = (
    "update home_member set until = greatest(least(%(day)s::date, %(today)s::date), since)"
    " where home_id = %(home)s and resident_id = %(id)s and until is null"
)
_END = "update home set until = %(today)s where home_id = any(%(ids)s) and until is null"
_JOIN = (
    "insert into home_member (home_id, resident_id, since, basis)"
    " values (%(home)s, %(resident)s, %(since)s, %(basis)s)"
    " on conflict (home_id, resident_id, since) do update set until = null, basis = excluded.basis"
)


async def _shown(
    vault: AsyncSession,
    now: Sequence[Home],
    around: _Surroundings,
    residents: Collection[UUID],
    homes: Collection[UUID],
    ended: Collection[UUID],
    today: date,
) -> Picture:
    members = {home: set(each) for home, each in around.before.items()}
    where = {home: (row.uprn, row.postcode, row.since) for home, row in around.homes.items()}
    housed = {member for home in now for member in home.members}
    for home_id in members:
        members[home_id] -= housed | set(residents)
    for home in now:
        if home.home_id is not None:
            members[home.home_id] = members.get(home.home_id, set()) | home.members.keys()
            where[home.home_id] = (home.uprn, home.postcode, home.since)
    lives = {member: home for home, each in members.items() for member in each if home not in ended}
    concerned = {*homes, *(lives[each] for each in residents if each in lives)} - set(ended)
    wards = await _wards(vault, [where[home] for home in concerned if home in where])
    seen: defaultdict[UUID, list[Sighting]] = defaultdict(list)
    for each in around.sightings:
        seen[each.resident].append(each)
    picture = Picture(gone_households=[pseudonyms.of_household(each) for each in sorted(ended)])
    for home_id in sorted(concerned & where.keys()):
        inside = sorted(members.get(home_id, ()))
        if not inside:
            continue
        uprn, postcode, since = where[home_id]
        rows = [row for each in inside for row in around.rows.get(each, ())]
        grown = sum(is_adult(seen[each], today) for each in inside)
        picture.homes.append(
            {
                "household": pseudonyms.of_household(home_id),
                "ward": next((wards[key] for key in _ward_keys(uprn, postcode) if key in wards), None),
                "adults": grown,
                "children": len(inside) - grown,
                "registered": any(row["person_id"] and row["introduction"] != "introduced" for row in rows),
                "certainty": min((row["probability"] for row in rows), default=1.0),
                "since": since,
            }
        )
    everyone = {*residents, *(member for home in concerned for member in members.get(home, ()))}
    picture.placings = [
        {
            "record": pseudonyms.of_record(row["source"], row["reference"]),
            "source": row["source"],
            "resident": pseudonyms.of_resident(resident),
            "household": pseudonyms.of_household(lives[resident]) if resident in lives else None,
            "certainty": row["certainty"],
            "probability": row["probability"],
        }
        for resident in sorted(everyone)
        for row in around.rows.get(resident, ())
    ]
    return picture


def _ward_keys(uprn: str | None, postcode: str | None) -> tuple[str, ...]:
    keys = (f"uprn:{uprn}" if uprn else "", f"postcode:{postcode.replace(' ', '').lower()}" if postcode else "")
    return tuple(filter(None, keys))


async def _wards(vault: AsyncSession, where: Iterable[tuple[str | None, str | None, date]]) -> dict[str, str]:
    places = sorted({key for uprn, postcode, _ in where for key in _ward_keys(uprn, postcode)})
    if not places:
        return {}
    return {row.place: row.ward for row in await direct.fetch(vault, _WARDS, {"places": places})}


async def homes_of(vault: AsyncSession, residents: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The households that any of these belongs to, each with all of its present members."""
    members: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in await direct.fetch(vault, _HOMES, {"ids": sorted(residents), "homes": []}):
        members[row.home_id].add(row.resident_id)
    return dict(members)


async def adults(vault: AsyncSession, residents: Collection[UUID], today: date) -> set[UUID]:
    """Which of these residents are adults."""
    around = await _surroundings(vault, residents, ())
    seen: defaultdict[UUID, list[Sighting]] = defaultdict(list)
    for each in around.sightings:
        seen[each.resident].append(each)
    return {each for each in residents if is_adult(seen[each], today)}


_PLACE = (
    "insert into placed as held (record, source, resident, household, certainty, probability)"
    " select * from unnest(%(record)s::uuid[], %(source)s::text[], %(resident)s::uuid[],"
    "  %(household)s::uuid[], %(certainty)s::text[], %(probability)s::float8[])"
    " on conflict (record) do update set resident = excluded.resident, household = excluded.household,"
    " certainty = excluded.certainty, probability = excluded.probability"
    " where (held.resident, held.household, held.certainty, held.probability)"
    " is distinct from (excluded.resident, excluded.household, excluded.certainty, excluded.probability)"
)
_SETTLE = (
    "insert into home as held (household, ward, adults, children, registered, certainty, since)"
    " select * from unnest(%(household)s::uuid[], %(ward)s::text[], %(adults)s::int[], %(children)s::int[],"
    "  %(registered)s::bool[], %(certainty)s::float8[], %(since)s::date[])"
    " on conflict (household) do update set ward = excluded.ward, adults = excluded.adults,"
    " children = excluded.children, registered = excluded.registered, certainty = excluded.certainty,"
    " since = excluded.since"
    " where (held.ward, held.adults, held.children, held.registered, held.certainty, held.since)"
    " is distinct from (excluded.ward, excluded.adults, excluded.children, excluded.registered, excluded.certainty,"
    "  excluded.since)"
)


async def show(unit: UnitOfWork, picture: Picture) -> None:
    """Writes the picture into the analytics zone, touching only rows that differ."""
    writes: list[tuple[str, dict[str, Any]]] = []
    if picture.placings:
        # Told twice (by two parts of one load), the last counts: one statement can't write a row twice.
        placings = {row["record"]: row for row in picture.placings}
        writes.append((_PLACE, _columns([placings[key] for key in sorted(placings)])))
    if picture.homes:
        homes = {row["household"]: row for row in picture.homes}
        writes.append((_SETTLE, _columns([homes[key] for key in sorted(homes)])))
    if picture.gone_households:
        writes.append(("delete from home where household = any(%(ids)s)", {"ids": picture.gone_households}))
    if picture.gone_records:
        # The word is PostgreSQL's own (overlay ... placing).
        for table in ("placed", "fact"):
            writes.append((f"delete from {table} where record = any(%(ids)s)", {"ids": picture.gone_records}))
    if writes:
        await direct.send(unit.session, *writes)


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: [row[name] for row in rows] for name in rows[0]}
