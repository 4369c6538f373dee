"""What a region and a nation need, reckoned from what was measured: `python -m benchmarks.observatory_scale`.

Writes docs/scale-observatory.md. Every figure of it is one of `MEASURED` (from benchmarks/README.md, to be changed
with it) or follows from them by the lines below: nothing is worked out by hand.
"""

from dataclasses import dataclass
from itertools import combinations
from math import ceil, prod
from pathlib import Path
from typing import Final

from joserfc.jwk import OKPKey

from services.risk.linkage.engine.blocking import LARGEST_GROUP
from services.risk.observatory.federation import packages

PAGE: Final = Path(__file__).parents[1] / "docs" / "scale-observatory.md"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one borough cost; seconds of processor on one core, unless said."""

    people: int = 218_876
    households: int = 80_000
    identities: int = 519_692
    rows: int = 3_265_665
    """Rows of its extracts."""
    load: float = 62.0
    read: float = 3.5
    compare: float = 46.0
    resolve: float = 27.0
    house: float = 19.0
    write: float = 27.0
    link_gb: float = 1.83
    """At most, in the child that links."""
    facts: int = 5_326_406
    profiles: float = 2 * 0.882
    """Seconds of clock, on two threads."""
    query_p95: float = 0.090
    snapshot_mb: float = 0.9


@dataclass(frozen=True, slots=True)
class Place:
    """A region, or the nation."""

    name: str
    people: int
    boroughs: int


MEASURED: Final = Measured()
PLACES: Final = (
    Place("One borough", MEASURED.people, 1),
    Place("A region (London)", 8_900_000, 33),
    Place("60 million people", 60_000_000, 300),
)
BYTES_A_FACT: Final = 420
"""In PostgreSQL with its indexes: reckoned from the columns' widths, the one figure here that was not measured."""
_HOURS: Final = 8.0
"""A night."""
_CORES_A_MACHINE: Final = 16


def package_bytes() -> int:
    """How large a month's package is, signed: made here, with every table of up to two of a package's dimensions."""
    dims = sorted([*packages.CATEGORIES, "factor:rising_debt", "factor:private_rent"])
    tables = []
    for size in (0, 1, 2):
        for chosen in combinations(dims, size):
            places = prod(len(packages.categories(each) or ()) for each in chosen)
            unit = "residents" if {"age", "sex"} & set(chosen) else "households"
            tables.append({"count": unit, "dimensions": chosen, "counts": [12_340] * places})
    made = packages.Package.model_validate(
        {
            "format": packages.FORMAT,
            "area": "E09000002",
            "above": "E12000007",
            "sequence": 1,
            "previous": packages.FIRST,
            "month": "2026-12",
            "disclosure": {"threshold": 10, "rounding": 10},
            "tables": tables,
        }
    )
    return len(packages.sign(made, OKPKey.generate_key("Ed25519").as_dict(private=True)))


@dataclass(frozen=True, slots=True)
class Needs:
    """What a place needs."""

    identities: float
    rows: float
    facts: float
    load_hours: float
    link_hours: float
    profile_minutes: float
    memory_gb: float
    disk_tb: float
    snapshots_gb: float
    packages_mb: float
    cores_together: int
    machines_together: int


def needs(place: Place, measured: Measured = MEASURED) -> Needs:
    """In a straight line from one borough: blocking by birth date and place keeps the pairs of a record the same."""
    times = place.people / measured.people
    link = measured.read + measured.compare + measured.resolve + measured.house + measured.write
    one = (measured.load + link) / 3600
    whole = one * times
    return Needs(
        identities=measured.identities * times,
        rows=measured.rows * times,
        facts=measured.facts * times,
        load_hours=measured.load * times / 3600,
        link_hours=link * times / 3600,
        profile_minutes=measured.profiles * times / 60,
        memory_gb=measured.link_gb * times,
        disk_tb=measured.facts * times * BYTES_A_FACT / 1e12,
        snapshots_gb=12 * measured.snapshot_mb * times / 1e3,
        packages_mb=package_bytes() * place.boroughs * 12 / 1e6,
        cores_together=max(2, ceil(whole / _HOURS)),
        machines_together=max(1, ceil(whole / _HOURS / _CORES_A_MACHINE)),
    )


def page() -> str:
    """The page, whole."""
    found = [(place, needs(place)) for place in PLACES]
    rows = [
        ("People", [f"{place.people:,}" for place, _ in found]),
        ("Identity records", [_large(each.identities) for _, each in found]),
        ("Rows of extracts", [_large(each.rows) for _, each in found]),
        ("Facts", [_large(each.facts) for _, each in found]),
        ("Loading everything once, core hours", [f"{each.load_hours:,.2f}" for _, each in found]),
        ("Linking everything once, core hours", [f"{each.link_hours:,.2f}" for _, each in found]),
        ("All profiles once, core minutes", [f"{each.profile_minutes:,.2f}" for _, each in found]),
        ("Memory to link all of it in one piece, GB", [f"{each.memory_gb:,.1f}" for _, each in found]),
        ("Facts on disk with indexes, TB (reckoned)", [f"{each.disk_tb:,.3f}" for _, each in found]),
        ("Twelve months as they are counted, GB", [f"{each.snapshots_gb:,.2f}" for _, each in found]),
        ("Packages a year, MB (all that travels)", [f"{each.packages_mb:,.2f}" for _, each in found]),
        ("Cores to do all of it in a night, in one place", [f"{each.cores_together}" for _, each in found]),
        (f"Machines of {_CORES_A_MACHINE} cores for that", [f"{each.machines_together}" for _, each in found]),
    ]
    head = "| | " + " | ".join(place.name for place, _ in found) + " |"
    lines = [f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows]
    nation = found[-1][1]
    core_hours = nation.load_hours + nation.link_hours
    cores = _CORES_A_MACHINE
    memory, question = nation.memory_gb, 1e3 * MEASURED.query_p95
    kept, households = package_bytes() / 1e3, MEASURED.households
    machines = f"{nation.machines_together} machine{'s' if nation.machines_together > 1 else ''}"
    return f"""# What a region and 60 million people need

Made by `python -m benchmarks.observatory_scale` from what one borough of {households:,} households was measured
to cost (benchmarks/README.md); do not edit. A straight line; what it rests on is said below.

{head}
|---|{"---|" * len(found)}
{chr(10).join(lines)}

## Apart, or together

**Apart is how it is meant.** Each council links its own people on two cores and keeps their names. A region gets
{kept:.0f} kB a month from each, a nation {nation.packages_mb:,.0f} MB a year in all: its observatory is one
small process and a database that a laptop holds. Nothing else of the table above grows there.

**Together**, for a nation that may lawfully hold identities in one place, all of it once takes {core_hours:,.0f} hours
of one core if the line holds: {machines} of {cores} cores in a night, area by area: at once it wants {memory:,.0f} GB.
`linkage/engine/spark.py` and `profiles/spark.py` run the same model and the same rules there.

## What the straight line rests on

- **Pairs stay in proportion** while records are grouped by birth date, place or an issued number: groups of more
  than {LARGEST_GROUP} records are passed over. Names alone would grow with the square.
- **Resolving and housing are cut by place.** People with records in two areas are what the line leaves out: who
  moves between boroughs is found by a second pass.
- **Not measured**: a cluster. Spark was run on one machine with two threads; how busy several machines would be
  kept is not known. {BYTES_A_FACT} bytes a fact are reckoned from the columns.
- A question costs a borough's observatory {question:.0f} ms of processor at p95 ({households:,} households).
  A region answers from packages, which is a sum.
"""


def _large(number: float) -> str:
    return f"{number / 1e9:,.2f} billion" if number >= 1e9 else f"{number / 1e6:,.1f} million"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.name)
