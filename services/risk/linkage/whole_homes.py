"""Households of the whole borough, by the same rules as for one home."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kit.ids import new_id
from services.risk.linkage import bulk
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

if TYPE_CHECKING:
    from services.risk.linkage.snapshot import Snapshot

_NEEDED = (
    "source",
    "household_reference",
    "uprn",
    "address",
    "postcode",
    "valid_from",
    "valid_to",
    "seen_on",
    "born",
)


@dataclass(slots=True)
class Homes:
    """The households as they are now and as they were."""

    now: list[Home]
    before: dict[UUID, set[UUID]]
    places: dict[UUID, str]
    adults: dict[UUID, bool] = field(default_factory=dict)
    """Of each housed resident, whether they are one."""


def houses(vault: bulk.Connection, snapshot: "Snapshot", residents: Mapping[UUID, UUID], today: date) -> Homes:
    """Where everybody lives today, and with whom."""
    withdrawn = {row[0] for row in vault.execute("select record_id from record where withdrawn_at is not null")}
    seen = _sightings(snapshot, residents, withdrawn)
    uprns = _uprns(snapshot)
    living = residences(seen, today, uprns)
    before: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for home_id, resident in vault.execute("select home_id, resident_id from home_member where until is null"):
        before[home_id].add(resident)
    places: dict[UUID, str] = dict(vault.execute("select home_id, place from home where until is null").fetchall())
    homes = continued(living_together(living, seen, today), living, before, places)
    for home in homes:
        home.home_id = home.home_id or new_id()
    by_resident: defaultdict[UUID, list[Sighting]] = defaultdict(list)
    for each in seen:
        by_resident[each.resident].append(each)
    adults = {resident: is_adult(by_resident[resident], today) for resident in living}
    return Homes(homes, dict(before), places, adults)


def _sightings(snapshot: "Snapshot", residents: Mapping[UUID, UUID], withdrawn: set[UUID]) -> list[Sighting]:
    columns: list[list[Any]] = [snapshot.records.column(name).to_pylist() for name in _NEEDED]
    dates: dict[str | None, date | None] = {None: None}

    def day(words: str | None) -> date | None:
        if words not in dates:
            dates[words] = date.fromisoformat(str(words))
        return dates[words]

    found = []
    for record, source, form, uprn, address, postcode, valid_from, valid_to, seen_on, born in zip(
        snapshot.ids, *columns, strict=True
    ):
        if record not in withdrawn:
            found.append(
                Sighting(
                    record,
                    residents[record],
                    source,
                    form,
                    place_of(uprn, address, postcode),
                    uprn,
                    postcode,
                    day(valid_from),
                    day(valid_to),
                    day(seen_on),
                    day(born),
                )
            )
    return found


def _uprns(snapshot: "Snapshot") -> dict[str, str]:
    """Which UPRN an address without one is, by records that give both."""
    columns = [snapshot.records.column(name).to_pylist() for name in ("uprn", "address", "postcode")]
    found = {}
    for uprn, address, postcode in set(zip(*columns, strict=True)):
        key = address_key(address, postcode) if uprn else None
        if key is not None:
            found[key] = uprn.strip().lstrip("0")
    return found
