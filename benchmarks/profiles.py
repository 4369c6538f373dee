"""Profiles of a borough's households: all of them from five million facts, one of them, and one after a new fact.

Ours is every delivered definition with sources, dates and certainty, from facts that belong to records, by way of where
each record belongs today. The limit and the peer are one hand-written query with window sums, the latest of each kind
and a slope, over facts that carry their household already: DuckDB and Polars.
"""

import asyncio
import math
import os
import random
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import uvloop

from benchmarks import profiles_whole
from benchmarks.ground import Ground, apart
from benchmarks.profiles_whole import TODAY
from benchmarks.rounds import Size, middle
from benchmarks.table import Row
from kit.run.embedded import databases
from kit.settings import VaultSettings, load
from kit.store import migrate
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work

_HOUSEHOLDS = {"tiny": 300, "full": 80_000}
_STORED = {"tiny": 100, "full": 10_000}
"""Households of which PostgreSQL holds the facts, for the measurements of one."""
_ASKED = {"tiny": 5, "full": 300}

_ITS_FACTS = "select f.* from placed as p join fact as f on f.record = p.record where p.household = %s"


@dataclass(slots=True)
class Single:
    """What the fork tells of one household; milliseconds."""

    facts: int = 0
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    new_fact: list[float] = field(default_factory=list)
    new_fact_busy: list[float] = field(default_factory=list)
    run: dict[str, float] = field(default_factory=dict)
    again: dict[str, float] = field(default_factory=dict)
    households: int = 0


def run(size: Size, ground: Ground) -> list[Row]:
    """The whole borough, one household, one new fact."""
    with tempfile.TemporaryDirectory(prefix="newstart-profiles-") as folder:
        whole = apart("profiles-whole", lambda: profiles_whole.whole(Path(folder), _HOUSEHOLDS[size.name], size.rounds))
        environment = ground.prepared("risk")
        single = apart("profiles-one", lambda: _single(environment, Path(folder), size))
    middles = middle(whole.seconds, lambda each: each)
    ours, bare = middles["ours"], middles["duckdb"]
    p99 = _percentile(single.new_fact, 0.99)
    busy = statistics.median(single.new_fact_busy)
    return [
        Row(
            f"All profiles from {whole.facts:,} facts",
            ours,
            middles["polars"],
            bare,
            "s",
            "1.5 x limit",
            f"{whole.factors:,} factors of {_HOUSEHOLDS[size.name]:,} households, from Parquet to the last row. Limit:"
            " one hand-written DuckDB query over facts that carry their household; peer: the same in Polars. Memory:"
            f" {', '.join(f'{name} {mb:,.0f} MB' for name, mb in whole.peak_mb.items())}.",
            ours <= 1.5 * bare,
        ),
        Row(
            f"One household's profile in PostgreSQL ({single.facts:,} facts stored)",
            statistics.median(single.ours),
            None,
            statistics.median(single.bare),
            "ms",
            "under 5",
            "Every definition, the whole call. Limit: reading that household's facts."
            f" 95% within {_percentile(single.ours, 0.95):.1f} ms.",
            statistics.median(single.ours) < 5,
        ),
        Row(
            "One new fact to the committed profile, event and signal: p99",
            p99,
            None,
            None,
            "ms",
            "under 1,000",
            "Saved, worked out, compared, casefile's household asked of the vault, looked at for signals, both"
            f" transactions committed; one after another. Median {statistics.median(single.new_fact):.1f} ms, of it"
            f" {busy:.1f} ms of this process's own processor time (wanted: under 20).",
            p99 < 1000 and busy < 20,
        ),
        Row(
            f"The borough's run, database and back ({single.households:,} households)",
            sum(single.run.values()),
            None,
            sum(single.again.values()),
            "s",
            "seconds",
            f"First run, everything new, by part: {single.run}. As the limit: the same run when nothing changed:"
            f" {single.again}.",
        ),
    ]


# One household ----------------------------------------------------------------------------------------------------


def _single(environment: dict[str, str], folder: Path, size: Size) -> Single:
    os.environ.update(environment)
    settings = load(VaultSettings)
    migrate.upgrade_all("risk", settings)
    return uvloop.run(_measure_single(settings, folder, size))


async def _measure_single(settings: VaultSettings, folder: Path, size: Size) -> Single:
    from services.risk.profiles import rules
    from services.risk.profiles.catalogue import book
    from services.risk.touched import touched
    from services.risk.vault import door

    address = databases.plain(settings.database_url.get_secret_value())
    measured = Single()
    await asyncio.to_thread(_fill, address, folder, _STORED[size.name], measured)
    await asyncio.to_thread(_runs, address, folder, measured)
    database = Database(settings.database_url.get_secret_value(), pool=2)
    rng = random.Random(11)
    homes = await asyncio.to_thread(_homes, address)
    cause = Cause("bench", "data_linkage", "risk.bench")
    today = book(TODAY)
    async with door.serving(settings):
        try:
            for home in rng.sample(homes, min(_ASKED[size.name], len(homes))):
                async with unit_of_work(database, "risk", cause) as unit:
                    began = time.perf_counter()
                    connection = await unit.session.connection()
                    (await connection.exec_driver_sql(_ITS_FACTS, (home,))).fetchall()
                    measured.bare.append(1000 * (time.perf_counter() - began))
                    began = time.perf_counter()
                    await rules.standing(unit, [home], today)
                    measured.ours.append(1000 * (time.perf_counter() - began))
            for home in rng.sample(homes, min(_ASKED[size.name], len(homes))):
                began, busy = time.perf_counter(), time.process_time()
                async with unit_of_work(database, "risk", cause) as unit:
                    await _late_fact(unit, home)
                    await touched(unit, [home])
                measured.new_fact.append(1000 * (time.perf_counter() - began))
                measured.new_fact_busy.append(1000 * (time.process_time() - busy))
        finally:
            await database.close()
    return measured


async def _late_fact(unit: Any, home: UUID) -> None:
    connection = await unit.session.connection()
    await connection.exec_driver_sql(
        "insert into fact (id, record, source, kind, occurred_on, value)"
        " select %s, record, 'council_tax_arrears', 'council_tax.summons', current_date, 'summons'"
        " from placed where household = %s limit 1",
        (uuid4(), home),
    )


def _fill(address: str, folder: Path, households: int, measured: Single) -> None:
    """The facts of so many households into PostgreSQL, by COPY."""
    import duckdb

    engine = duckdb.connect(config={"threads": 2})
    engine.execute(f"create table chosen as select * from '{folder}/records.parquet' where r < {households} * 15 // 2")
    facts, records = folder / "facts.csv", folder / "records.csv"
    engine.execute(
        f"copy (select f.* from '{folder}/facts.parquet' as f join chosen using (record)) to '{facts}' (header false)"
    )
    engine.execute(
        "copy (select record, source, resident, household, certainty, 0.9 as probability from chosen)"
        f" to '{records}' (header false)"
    )
    engine.close()
    with psycopg.connect(address, autocommit=True) as store:
        store.execute("set statement_timeout = 0")
        for path, table in (
            (records, "placed (record, source, resident, household, certainty, probability)"),
            (facts, "fact (id, record, source, kind, occurred_on, until, amount, value)"),
        ):
            statement = f"copy {table} from stdin (format csv)"
            with store.cursor() as cursor, path.open("rb") as file, cursor.copy(statement) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
            path.unlink()
        store.execute("vacuum analyze")
        counted = store.execute("select count(*) from fact").fetchone()
        measured.facts = int(counted[0]) if counted else 0


def _runs(address: str, folder: Path, measured: Single) -> None:
    """The whole run of the child process, twice: everything new, then nothing."""
    from services.risk.profiles.borough import recompute_all
    from services.risk.profiles.columns import Columns

    columns = Columns(folder / "columns")
    columns.folder.mkdir(mode=0o700)

    def say(done: int, total: int | None = None, message: str = "") -> None:
        """Nobody listens."""

    with psycopg.connect(address, autocommit=True) as store:
        outcome = recompute_all(store, columns, TODAY, say)
        measured.run, measured.households = dict(outcome.seconds), outcome.households
        again = recompute_all(store, columns, TODAY, say)
        measured.again = dict(again.seconds)
        store.execute("vacuum analyze")


def _homes(address: str) -> list[UUID]:
    with psycopg.connect(address) as store:
        return [row[0] for row in store.execute("select distinct household from placed order by 1").fetchall()]


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * share) - 1)]
