"""The identity layer of risk: one record finding its person among 200,000, a few that a load brought, and all anew.

Invented people, three records each, misspelt now and then, in homes of one to five. What is measured of one record is
the whole command: stored, keyed, compared with its candidates, settled, housed, shown to the analytics zone, both
transactions committed.
"""

import os
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import uvloop

from benchmarks.ground import Ground, apart
from benchmarks.invented_people import Invented, invented_people
from benchmarks.rounds import Size
from benchmarks.table import Row
from kit.run.embedded import databases
from kit.run.process import settled
from kit.settings import VaultSettings, load
from kit.store import migrate
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work

_RECORDS = {"tiny": 600, "full": 200_000}
_SINGLES = {"tiny": 10, "full": 300}
_FEW = {"tiny": 20, "full": 500}
_SPLINK_MS = 330.0
_SOURCES = ("council_tax_accounts", "rent_accounts", "benefit_claims", "school_census", "hub_contacts")
_STREETS = tuple(f"{name} {kind}" for name in "Ripple Gale Heath Porters Ilchester Arden Valence Salisbury".split()
                 for kind in ("Road", "Avenue", "Close", "Street", "Way", "Lane"))  # fmt: skip


@dataclass(slots=True)
class Measured:
    """Milliseconds of each kind of single record, and of our own processor time; seconds and figures of the runs;
    seconds of the few records of a small load."""

    singles: dict[str, list[float]] = field(default_factory=dict)
    busy: list[float] = field(default_factory=list)
    first: dict[str, Any] = field(default_factory=dict)
    again: dict[str, Any] = field(default_factory=dict)
    few: float = 0.0
    keys_mb: float = 0.0


def run(size: Size, ground: Ground) -> list[Row]:
    """One record; a run over everything; the same run when little is new."""
    environment = ground.prepared("risk")
    count = _RECORDS[size.name]
    found = apart("identity", lambda: _measured(environment, count, _SINGLES[size.name], _FEW[size.name]))
    every = [value for values in found.singles.values() for value in values]
    p95 = statistics.quantiles(every, n=20)[-1]
    busy = statistics.quantiles(found.busy, n=20)[-1]
    medians = ", ".join(f"{kind} {statistics.median(values):.1f}" for kind, values in found.singles.items())
    first, again = (sum(each["seconds"].values()) for each in (found.first, found.again))
    return [
        Row(
            f"One record linked among {count:,}: median",
            statistics.median(every),
            _SPLINK_MS,
            None,
            "ms",
            "under 20",
            "The whole command with both commits, without the profile that follows; as many of each kind, medians in"
            f" ms: {medians}. p95 of all {p95:.1f}. Of our own processor {statistics.median(found.busy):.1f}, p95"
            f" {busy:.1f}."
            f" Index of keys: {found.keys_mb:.0f} MB. Peer: Splink 5 predict_between, from figures.md.",
            statistics.median(every) < 20,
        ),
        Row(
            f"{_FEW[size.name]} records of a load linked among {count:,}",
            found.few,
            again,
            None,
            "s",
            "less than all",
            f"{1000 * found.few / _FEW[size.name]:.1f} ms each. Peer: everything linked again, as it was done before.",
            found.few < again,
        ),
        Row(
            f"All {count:,} records linked for the first time",
            first,
            None,
            None,
            "s",
            "-",
            f"Seconds by stage: {found.first['seconds']}.",
        ),
        Row(
            f"All {count:,} records linked again",
            again,
            None,
            None,
            "s",
            "-",
            f"After the single records; {found.again['records_moved']} records moved."
            f" Seconds by stage: {found.again['seconds']}.",
        ),
    ]


def _measured(environment: dict[str, str], count: int, singles: int, few: int) -> Measured:
    os.environ.update(environment)
    settings = load(VaultSettings)
    migrate.upgrade_all("risk", settings)
    return uvloop.run(_measure(settings, count, singles, few))


async def _measure(settings: VaultSettings, count: int, singles: int, few: int) -> Measured:
    from services.risk.linkage import commands
    from services.risk.linkage.whole import run as link
    from services.risk.vault import door

    vault, analytics = (
        databases.plain(url.get_secret_value()) for url in (settings.vault_database_url, settings.database_url)
    )
    measured = Measured()
    people = list(invented_people(max(count // 3, 50)))
    rng = random.Random(5)
    rows = list(records_of(people, rng))[:count]
    database = Database(analytics.replace("postgresql://", "postgresql+psycopg://"), pool=2)
    async with door.serving(settings):
        # What stands on a household (profiles, signals) is measured elsewhere.
        commands.AFTER_CHANGE.clear()
        _load(vault, rows)
        measured.first = link(vault, analytics, lambda done, total=None, message="": None)
        with psycopg.connect(vault, autocommit=True) as connection:
            connection.execute("vacuum analyze")
            size = connection.execute("select pg_total_relation_size('record_key')").fetchone()
            measured.keys_mb = int(size[0]) / 1e6 if size else 0.0
        arrivals = _arrivals(rows, rng, singles)
        # A service has no such heap of records to look through for garbage.
        settled()
        for kind, arriving in arrivals.items():
            times = []
            for number, row in enumerate(arriving):
                began, busy = time.perf_counter(), time.process_time()
                async with unit_of_work(database, "risk", Cause("bench", "data_linkage", "risk.bench")) as unit:
                    await commands.place_records(unit, [row])
                if number >= len(arriving) // 10:
                    times.append((time.perf_counter() - began) * 1000)
                    measured.busy.append((time.process_time() - busy) * 1000)
            measured.singles[kind] = times
        _load(vault, [{**row, "source": "early_help", "reference": f"F{n}"} for n, row in enumerate(rows[:few])])
        began, linked = time.perf_counter(), 1
        while linked:
            async with unit_of_work(database, "risk", Cause("bench", "data_linkage", "risk.bench")) as unit:
                linked = await commands.link_waiting(unit)
        measured.few = time.perf_counter() - began
        measured.again = link(vault, analytics, lambda done, total=None, message="": None)
    await database.close()
    return measured


def records_of(people: Sequence[Invented], rng: random.Random) -> Iterator[dict[str, Any]]:
    """Three records of each person; who shares family name and postcode shares a home."""
    home, last, address = 0, ("", ""), ""
    for each in people:
        if (each.family, each.postcode) != last:
            home, last = home + 1, (each.family, each.postcode)
            address = f"{rng.randint(1, 300)} {rng.choice(_STREETS)}"
        for count in range(3):
            yield record(each, f"{each.person_id}.{count}", rng.choice(_SOURCES), home, address, rng)


def record(each: Invented, reference: str, source: str, home: int, address: str, rng: random.Random) -> dict[str, Any]:
    """What one source says of a person."""
    given = each.given[0]
    return {
        "source": source,
        "reference": reference,
        "given": given if rng.random() > 0.05 else given[:-1],
        "family": each.family if rng.random() > 0.04 else each.family[1:],
        "born": each.born if rng.random() > 0.1 else None,
        "sex": each.sex,
        "phone": each.phone if rng.random() < 0.3 else None,
        "address": f"{address}, Dagenham",
        "postcode": each.postcode,
        "uprn": str(100_000 + home) if rng.random() < 0.6 else None,
        "household_reference": f"H{home}" if source != "hub_contacts" else None,
        "valid_from": date(2019, 4, 1) if source in _SOURCES[:2] else None,
        "seen_on": date(2026, 3, 1),
    }


def _arrivals(rows: Sequence[dict[str, Any]], rng: random.Random, singles: int) -> dict[str, list[dict[str, Any]]]:
    """Records that arrive by themselves: of somebody known, of somebody new, and known ones that say something else."""
    known = rng.sample(list(rows), min(singles, len(rows)))
    strangers = list(invented_people(singles, seed=99))
    return {
        "somebody known": [{**row, "source": "adult_care", "reference": f"A{n}"} for n, row in enumerate(known)],
        "somebody new": [
            record(each, f"N{n}", "homelessness", 900_000 + n, f"{n} Newcomer Road", rng)
            for n, each in enumerate(strangers)
        ],
        "something else": [{**row, "phone": f"+44207946{n:04d}"} for n, row in enumerate(known)],
    }


def _load(vault: str, rows: Sequence[dict[str, Any]]) -> None:
    from services.risk.vault import pseudonyms, records

    with psycopg.connect(vault) as connection, connection.cursor() as cursor:
        cursor.execute(records.STAGE)
        with cursor.copy(f"copy staged ({', '.join(records.COLUMNS)}) from stdin") as copy:
            for row in rows:
                named: tuple[UUID, UUID] = (
                    records.digest_of(row),
                    pseudonyms.of_record(row["source"], row["reference"]),
                )
                whole = {**row, "digest": named[0], "pseudonym": named[1]}
                copy.write_row([whole.get(column) for column in records.COLUMNS])
        records.taken_over(cursor)
