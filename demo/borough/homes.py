"""Spaces to live in, with invented streets: areas, tenures, buildings and addresses as the census has them."""

import numpy as np
from numpy.typing import NDArray

from demo.borough.draws import Draws
from demo.borough.place import COUNCIL, PRIVATE, place
from demo.borough.structure import LIVING
from demo.borough.world import NOBODY, Addresses, Array, Spaces, extend

TERRACED, FLAT, CONVERTED = 2, 3, 4

_START = (
    "Alder Amber Ash Barn Beech Birch Bell Bramble Briar Brook Cedar Cherry Clay Clover Corn Cove Crane "
    "Cross Dove Elder Elm Fern Finch Fox Glen Gorse Green Hart Hawk Hazel Heather Heron Holly Ivy Kestrel "
    "Lark Laurel Lime Linden East Maple Marsh Mill Moor North Oak Olive Orchard Otter Park Pine Poplar "
    "Quarry Raven Reed River Robin Rose Rowan Rush Sage Sand Silver South Spring Stone Swan Swift "
    "Sycamore Teal Thorn Vale Violet Water West Willow Wood Wren Yew"
).split()
_END = (
    "acre bank bridge bourne brook bury combe cote croft dale dean den field fold ford gate grove ham hatch haven hill "
    "holm hurst ings lake land ley low mead mere mount over ridge shaw side stead stock thorpe ton vale ward wick worth"
).split()
_WAY = ("Road", "Street", "Avenue", "Close", "Gardens", "Way", "Crescent", "Drive", "Lane", "Walk", "Square", "Terrace")
_BLOCK = ("House", "Court", "Point", "Lodge", "Heights", "Mansions")


def share_out(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers that sum to `total`, as near to the weights as whole numbers can be (largest remainders)."""
    exact = weights / weights.sum() * total
    counts = np.floor(exact).astype(np.int64)
    counts[np.argsort(-(exact - counts), kind="stable")[: total - counts.sum()]] += 1
    return np.asarray(counts)


def quotas(area: Array, shares: NDArray[np.float64], score: NDArray[np.float64]) -> NDArray[np.int64]:
    """A category for each row so that every area has its shares: low scores get the first categories, high the last."""
    order = np.lexsort((score, area))
    sizes = np.bincount(area, minlength=len(shares))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rank = (np.arange(len(area)) - starts[area[order]] + 0.5) / sizes[area[order]]
    chosen = np.empty(len(area), np.int64)
    chosen[order] = (np.cumsum(shares, axis=1)[area[order]] < rank[:, None]).sum(axis=1)
    return np.asarray(chosen.clip(0, shares.shape[1] - 1))


def build(draws: Draws, households: int) -> tuple[Spaces, Addresses]:
    """Spaces for so many households and the few per cent that stand empty. Bedrooms come with those who live there."""
    here = place()
    total = round(households * (1 + LIVING.empty))
    area = np.repeat(np.arange(len(here.lsoa)), share_out(total, here.weight))
    number = np.arange(total)
    tenure = quotas(area, here.tenure, draws.uniform("space/tenure", number))
    # Owners live in houses more often, tenants in flats: the lot decides only within what each area has.
    lean = np.where(tenure <= 1, 0.0, np.where(tenure == PRIVATE, 0.35, 0.45)) + draws.uniform("space/building", number)
    building = quotas(area, here.building, lean)
    spaces = Spaces()
    extend(spaces, total, area=area, tenure=tenure, building=building, bedrooms=1, address=NOBODY)
    temporary = (tenure == COUNCIL) & (building == FLAT) & draws.happens(LIVING.temporary, "space/temporary", number)
    spaces.temporary = temporary.astype(np.int16)
    return spaces, _addresses(draws, spaces)


def _addresses(draws: Draws, spaces: Spaces) -> Addresses:
    """Streets of some forty numbers; flats in blocks of twelve; shared houses of four rooms; hostels of thirty."""
    here, number = place(), np.arange(len(spaces))
    lets = np.isin(spaces.building, (TERRACED, CONVERTED)) & (spaces.tenure == PRIVATE)
    rooms = draws.happens(LIVING.shared_areas, "area/shared houses", spaces.area)
    shared = lets & rooms & draws.happens(LIVING.shared, "space/shared", number)
    kind = np.select([spaces.temporary > 0, shared, spaces.building >= FLAT], [3, 2, 1], 0)
    order = np.lexsort((draws.uniform("space/order", number), kind, spaces.area))
    key = spaces.area[order].astype(np.int64) * 4 + kind[order]
    change = np.concatenate([[True], key[1:] != key[:-1]])
    run = number - np.maximum.accumulate(np.where(change, number, 0))  # place within the area's spaces of this kind
    per_building = np.array([1, 12, 4, 30])[kind[order]]
    building_no, flat = run // per_building, run % per_building + 1
    street = key * 1000 + building_no // np.array([40, 3, 20, 10])[kind[order]]
    street_keys, street_of = np.unique(street, return_inverse=True)
    house = building_no % np.array([40, 3, 20, 10])[kind[order]] * 2 + 1 + draws.below(2, "space/side", street)
    # One address for each separate door; rooms of a shared house and of a hostel share theirs.
    door = np.where(kind[order] >= 2, key * 100_000 + building_no, key * 100_000 + run)
    _, first, address = np.unique(door, return_index=True, return_inverse=True)
    spaces.address[order] = address
    chosen = order[first]
    names = _street_names(draws, len(street_keys))
    streets = names[street_of[first]]
    block = np.where(
        kind[chosen] == 1,
        np.array([f"{_START[int(n) % len(_START)]} {_BLOCK[int(n) % len(_BLOCK)]}" for n in range(len(_START) * 6)])[
            (street_of[first] * 7 + building_no[first]) % (len(_START) * 6)
        ],
        np.where(kind[chosen] == 3, "Beacon Hostel", ""),
    )
    area = spaces.area[chosen]
    sector_no = draws.below(4, "postcode/sector", street[first]) % np.array([len(each) for each in here.sectors])[area]
    sector = np.array([here.sectors[a][s] for a, s in zip(area, sector_no, strict=True)])
    unit_key = street[first] * 7 + house[first] // 14
    letters = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))
    first_letter = letters[draws.below(len(letters), "postcode/first", unit_key)]
    second_letter = letters[draws.below(len(letters), "postcode/second", unit_key)]
    inward = np.char.add(np.char.add(sector, first_letter), second_letter)
    postcode = np.char.add(np.char.add(np.array(here.outward)[area], " "), inward)
    return Addresses(
        street=streets,
        name=block,
        house=house[first].astype(np.int32),
        flat=np.where(kind[chosen] == 1, flat[first], 0).astype(np.int32),
        postcode=postcode,
        area=area,
    )


def _street_names(draws: Draws, count: int) -> Array:
    """So many different names: an order of all the combinations, by lot."""
    every = [f"{start}{end} {way}" for start in _START for end in _END for way in _WAY]
    order = np.argsort(draws.uniform("street/name", np.arange(len(every))), kind="stable")
    return np.array(every)[order[np.arange(count) % len(every)]]
