"""The programme of the demo: 45 schemes, from 700 homes a year to 3,000, with the published example among them.

The totals are the published ones (mission.md S10, S11): 45 schemes; 700 homes in the first year and 3,000 in the fifth;
2,000 council homes in three years and 2,000 more after; 24 homes replaced by 64 (20 council-equivalent, 15 under
market, 29 shared ownership). Names, sites, sizes, prices and days are made up.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

EXAMPLE: Final = "linnet-court"
_YEARS: Final[tuple[tuple[int, int, int], ...]] = (
    # homes complete in the year, schemes, homes for rent from the council
    (700, 4, 400),
    (1200, 6, 650),
    (1800, 7, 950),
    (2400, 8, 650),
    (3000, 10, 700),
    (3000, 10, 650),
)
_FIRST: Final = "Alder Ash Aspen Beech Birch Cedar Cherry Damson Elder Elm Fern Hazel Heron Holly Ivy".split()
_SECOND: Final = ("Wharf", "Gardens", "Yard")
_WARDS: Final = (
    "E05014053", "E05014055", "E05014058", "E05014061", "E05014062", "E05014063", "E05014066", "E05014068",
)  # fmt: skip
_WHOLE: Final = ("feasibility", "outline_case", "planning", "full_case")
_USUAL: Final[Mapping[str, Any]] = {
    "build_m2_pence": 3_150_00,
    "management_home_year_pence": 950_00,
    "maintenance_home_year_pence": 1_150_00,
    "discount_percent": "3.5",
}
_AREAS: Final = {1: 50, 2: 70, 3: 86}


def programme(today: date) -> list[dict[str, Any]]:
    """Every scheme, by the day it is asked for: two years of the programme are over, one runs, three are to come."""
    year = today.year if today >= date(today.year, 4, 1) else today.year - 1
    return [*_made_up(today, year - 2), example(today)]


def _made_up(today: date, first_year: int) -> Iterator[dict[str, Any]]:
    names = iter([f"{one} {two}" for two in _SECOND for one in _FIRST])
    place = 0
    for offset, (homes, schemes, council) in enumerate(_YEARS):
        # The example is one of the running year's schemes, and its homes are among that year's.
        mine = offset == 2
        counted, rented = (homes - 64, council - 35) if mine else (homes, council)
        made = schemes - 1 if mine else schemes
        for number, (part, let) in enumerate(zip(_parts(counted, made), _parts(rented, made), strict=True)):
            done = date(first_year + offset, 4, 15) + timedelta(days=330 * number // max(1, made))
            yield _scheme(next(names), _WARDS[place % len(_WARDS)], part, let, done, today)
            place += 1


def _parts(total: int, count: int) -> list[int]:
    return [total // count + (1 if place < total % count else 0) for place in range(count)]


def _scheme(name: str, ward: str, homes: int, rented: int, done: date, today: date) -> dict[str, Any]:
    starts = done - timedelta(days=700)
    social, sold = (rented + 1) // 2, homes - rented
    shared = sold * 3 // 5
    mix = [
        *_lines("social", social, rent_week_pence=135_00, grant_pence=120_000_00),
        *_lines("market_80", rented - social, rent_week_pence=285_00),
        *_lines("shared_ownership", shared, value_pence=375_000_00),
        *_lines("market_sale", sold - shared, value_pence=375_000_00),
    ]
    return {
        "code": name.lower().replace(" ", "-"),
        "name": name,
        "ward": ward,
        "land": {"ownership": "council", "intention": "redevelop", "site_m2": homes * 60},
        "phases": [_phase(starts, done, homes // 10)],
        "mix": mix,
        "assumptions": {**_USUAL, "demolition_pence": homes // 10 * 25_000_00},
        "jobs": [
            {"kind": "job", "promised": homes // 4},
            {"kind": "apprenticeship", "promised": homes // 20},
            {"kind": "affordable_space_m2", "promised": homes * 2},
        ],
        "passed": list(_passed(starts, done, today)),
    }


def _phase(starts: date, done: date, demolished: int) -> dict[str, Any]:
    return {"number": 1, "starts_on": starts.isoformat(), "completes_on": done.isoformat(), "demolished": demolished}


def _lines(tenure: str, homes: int, **figures: int) -> Iterator[dict[str, Any]]:
    """Homes of one tenure in three sizes: three in ten with one bedroom, four with two, three with three."""
    one, two = homes * 3 // 10, homes * 4 // 10
    for bedrooms, count in ((1, one), (2, two), (3, homes - one - two)):
        if count:
            dearer = {name: value * (80 + 10 * bedrooms) // 100 for name, value in figures.items()}
            yield {
                "phase": 1,
                "bedrooms": bedrooms,
                "tenure": tenure,
                "homes": count,
                "area_m2": _AREAS[bedrooms],
                **dearer,
            }


def _passed(starts: date, done: date, today: date) -> Iterator[dict[str, Any]]:
    """The gateways passed by today; planning comes a year before the site, the first one two years before."""
    days = [starts - timedelta(days=each) for each in (730, 540, 365, 120)]
    steps = [*zip(_WHOLE, (0, 0, 0, 0), days, strict=True)]
    steps += [("start_on_site", 1, starts), ("practical_completion", 1, done)]
    steps += [("handover", 1, done + timedelta(days=14))]
    for milestone, phase, on in steps:
        if on >= today:
            return
        yield {"milestone": milestone, "phase": phase, "reached_on": on.isoformat()}


def example(today: date) -> dict[str, Any]:
    """The published example: 24 homes become 64. It was finished a month ago; its homes are not handed over yet."""
    done = today - timedelta(days=30)
    starts = done - timedelta(days=700)
    return {
        "code": EXAMPLE,
        "name": "Linnet Court",
        "ward": "E05014063",
        "land": {"ownership": "council", "intention": "redevelop", "site_m2": 3100, "words": "24 flats of 1961"},
        "phases": [_phase(starts, done, 24)],
        "mix": [
            _line(1, "social", 6, 118_00, grant=150_000_00),
            _line(2, "social", 9, 132_33, grant=150_000_00),
            _line(3, "social", 5, 144_00, grant=150_000_00),
            _line(1, "market_80", 8, 217_50),
            _line(2, "market_80", 7, 262_50),
            _line(1, "shared_ownership", 12, 0, value=300_000_00),
            _line(2, "shared_ownership", 17, 0, value=380_000_00),
        ],
        "assumptions": {**_USUAL, "demolition_pence": 24 * 30_000_00},
        "jobs": [
            {"kind": "job", "promised": 18},
            {"kind": "apprenticeship", "promised": 4},
            {"kind": "affordable_space_m2", "promised": 220},
        ],
        "passed": [each for each in _passed(starts, done, today) if each["milestone"] != "handover"],
    }


def _line(bedrooms: int, tenure: str, homes: int, rent: int, *, value: int = 0, grant: int = 0) -> dict[str, Any]:
    return {
        "phase": 1,
        "bedrooms": bedrooms,
        "tenure": tenure,
        "homes": homes,
        "area_m2": _AREAS[bedrooms],
        "rent_week_pence": rent,
        "value_pence": value,
        "grant_pence": grant,
    }


def finished_homes(today: date) -> list[dict[str, Any]]:
    """The 64 homes of the example as they come to lettings."""
    found: list[dict[str, Any]] = []
    for line in example(today)["mix"]:
        for _ in range(line["homes"]):
            number = len(found) + 1
            let = line["tenure"] != "shared_ownership"
            found.append(
                {
                    # Made up: numbers of a range that no gazetteer has given out.
                    "uprn": f"99{6_400_000_000 + number}",
                    "address": f"{number} Linnet Court",
                    "postcode": "RM8 1ZZ",
                    "bedrooms": line["bedrooms"],
                    "tenure": line["tenure"],
                    "floor": (number - 1) // 10,
                    "lift": True,
                    "access": "wheelchair" if number % 10 == 1 and number <= 20 else "step_free",
                    "energy_rating": "B",
                    "market_rent_week_pence": {1: 300_00, 2: 362_50, 3: 420_00}[line["bedrooms"]] if let else None,
                    "service_charge_week_pence": 22_50,
                    "value_1999_pence": {1: 45_000_00, 2: 49_750_00, 3: 60_000_00}[line["bedrooms"]],
                }
            )
    return found
