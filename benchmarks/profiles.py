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
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from benchmarks.ground import Ground, apart
from benchmarks.rounds import Size, in_turn, middle
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
_TODAY = date(2026, 11, 22)

# Seven and a half records a household; about nine facts a record, two thirds of them monthly balances of 36 months.
_RECORDS = """
    select md5('r' || r)::uuid as record, md5('p' || (r // 3))::uuid as resident,
           md5('h' || cast(floor(r / 7.5) as int))::uuid as household,
           case when r % 20 = 0 then 'probable' when r % 7 = 0 then 'unlinked' else 'confirmed' end as certainty,
           'council_tax_accounts' as source, r
    from range({households} * 15 // 2) as t(r)"""
_FACTS = """
    select md5(r || '-' || m || '-' || k)::uuid as id, record, s as source, k as kind,
           cast(date '2026-11-01' - interval (m) month as date) as occurred_on, cast(null as date) as until,
           cast(((r * 31 + m * 17) % 900) + m % 3 as decimal(14, 2)) as amount, cast(null as varchar) as value
    from records, range(36) as u(m),
         (values (0, 'council_tax.arrears', 'council_tax_arrears'), (1, 'rent.arrears', 'rent_balances'),
                 (2, 'debt.total', 'council_tax_arrears')) as v(w, k, s)
    where hash(r) % 16 = w
    union all
    select md5(r || '+' || k || j)::uuid, record, s, k,
           cast(date '2026-11-20' - cast(hash(r || k || j) % 1095 as int) as date),
           case when hash(r || 'u' || j) % 10 < 3 then date '2026-12-01' end,
           cast(hash(r || 'a') % 100 as decimal(14, 2)),
           words[1 + cast(hash(r || 'v' || j) % len(words) as int)]
    from records, range(2) as j(j),
         (values (0, 'tenure', ['owned', 'council', 'other_social', 'private'], 'benefit_claims'),
                 (1, 'income', ['no_pay', 'low_pay', 'other'], 'benefit_claims'),
                 (2, 'benefit.council_tax_support', ['pensioner'], 'benefit_claims'),
                 (3, 'council_tax.missed', [null], 'council_tax_arrears'),
                 (4, 'domestic_abuse.incident', ['victim', 'perpetrator', 'child'], 'domestic_abuse'),
                 (5, 'hub.contact', ['money'], 'hub_contacts'),
                 (6, 'school.absence', [null], 'school_census'),
                 (7, 'mental_health.shock', [null], 'early_help'),
                 (8, 'council_tax.account', ['single'], 'council_tax_accounts'),
                 (9, 'rent.account', ['council'], 'rent_accounts')) as v(w, k, words, s)
    where hash(r + 1000) % 24 = w or (w in (6, 8) and hash(r) % 3 = 0)"""

_BARE = """
    select household,
        sum(amount) filter (where kind = 'council_tax.missed' and occurred_on > date '2025-11-22') as missed,
        count(*) filter (where kind = 'hub.contact' and occurred_on > date '2025-11-22') as contacts,
        count(*) filter (where kind = 'domestic_abuse.incident' and occurred_on > date '2024-11-22'
                         and value in ('victim', 'child')) as abuse,
        count(*) filter (where kind = 'mental_health.shock' and occurred_on > date '2024-11-22') as crises,
        max(amount) filter (where kind = 'school.absence' and occurred_on > date '2025-11-22') as absence,
        arg_max(value, (occurred_on, id)) filter (where kind = 'tenure') as tenure,
        arg_max(value, (occurred_on, id)) filter (where kind = 'income') as income,
        arg_max(amount, (occurred_on, id)) filter (where kind = 'rent.arrears') as rent,
        arg_max(amount, (occurred_on, id)) filter (where kind = 'debt.total') as debt,
        regr_slope(amount, datediff('month', date '2020-01-01', occurred_on))
            filter (where kind = 'debt.total' and occurred_on > date '2026-05-22') as slope
    from '{facts}' group by household"""

_ITS_FACTS = "select f.* from placed as p join fact as f on f.record = p.record where p.household = %s"


@dataclass(frozen=True, slots=True)
class Whole:
    """What the fork tells of the whole borough; seconds by contender."""

    facts: int
    factors: int
    seconds: dict[str, list[float]]
    peak_mb: dict[str, float]


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
        whole = apart("profiles-whole", lambda: _whole(Path(folder), _HOUSEHOLDS[size.name], size.rounds))
        passwords = {name: ground.secrets.postgres[name] for name in ("risk", "risk_vault")}
        apart("make-risk", lambda: databases.prepare(ground.admin_url, passwords, own_server=False))
        environment = ground.environments.service("risk")
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


# The whole borough ------------------------------------------------------------------------------------------------


def _whole(folder: Path, households: int, rounds: int) -> Whole:
    import duckdb

    engine = duckdb.connect(config={"threads": 2, "temp_directory": str(folder)})
    engine.execute(f"create table records as {_RECORDS.format(households=households)}")
    engine.execute(f"create table facts as {_FACTS}")
    engine.execute(f"copy (select * from facts order by kind, occurred_on) to '{folder}/facts.parquet'")
    engine.execute(
        f"copy (select record, source, kind, occurred_on, until, cast(amount * 100 as bigint) as hundredths, value"
        f" from facts order by kind, occurred_on) to '{folder}/columns.parquet' (compression zstd)"
    )
    engine.execute(f"copy records to '{folder}/records.parquet'")
    engine.execute(
        "copy (select f.*, r.household from facts as f join records as r using (record) order by kind, occurred_on)"
        f" to '{folder}/placed.parquet'"
    )
    counted = engine.execute("select count(*) from facts").fetchone()
    engine.close()
    contenders = {name: (lambda name=name: _timed(name, folder)) for name in ("ours", "duckdb", "polars")}
    told = in_turn(rounds, contenders)
    return Whole(
        int(counted[0]) if counted else 0,
        int(told["ours"][0]["rows"]),
        {name: [each["seconds"] for each in results] for name, results in told.items()},
        {name: max(each["peak_mb"] for each in results) for name, results in told.items()},
    )


def _timed(name: str, folder: Path) -> dict[str, float]:
    """One contender in a process of its own, so that its memory is its own too."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.profiles", name, str(folder)], check=True, capture_output=True, text=True
    )
    seconds, rows, peak = told.stdout.split()
    return {"seconds": float(seconds), "rows": float(rows), "peak_mb": float(peak)}


def _contend(name: str, folder: Path) -> tuple[float, int]:
    """Seconds and rows of one contender, engines imported beforehand."""
    if name == "polars":
        return _polars(folder)
    import duckdb

    from services.risk.profiles.borough import found, opened, placed_facts
    from services.risk.profiles.catalogue import book

    if name == "duckdb":
        bare = duckdb.connect(config={"threads": 2})
        began = time.perf_counter()
        bare.execute(f"create table answer as {_BARE.format(facts=folder / 'placed.parquet')}")
        took = time.perf_counter() - began
        counted = bare.execute("select count(*) from answer").fetchone()
        return took, int(counted[0]) if counted else 0
    rules, engine = book(_TODAY), opened(folder)
    began = time.perf_counter()
    rank = "cast(case certainty when 'confirmed' then 0 when 'probable' then 1 else 2 end as tinyint)"
    engine.execute(
        f"create temp table placings as select record, household, {rank} as certainty from '{folder}/records.parquet'"
    )
    placed_facts(engine, [folder / "columns.parquet"], rules)
    rows = found(engine, rules)
    return time.perf_counter() - began, rows


def _polars(folder: Path) -> tuple[float, int]:
    import polars as pl

    kind, on, amount, value = pl.col("kind"), pl.col("occurred_on"), pl.col("amount").cast(pl.Float64), pl.col("value")
    year, two, half = date(2025, 11, 22), date(2024, 11, 22), date(2026, 5, 22)
    month = on.dt.year() * 12 + on.dt.month()
    rising = (kind == "debt.total") & (on > half)
    n, x, y = rising.sum(), month.filter(rising).cast(pl.Float64), amount.filter(rising)

    def newest(column: pl.Expr, of: str) -> pl.Expr:
        return column.filter(kind == of).sort_by(on.filter(kind == of), pl.col("id").filter(kind == of)).last()

    began = time.perf_counter()
    answer = (
        pl.scan_parquet(folder / "placed.parquet")
        .group_by("household")
        .agg(
            amount.filter((kind == "council_tax.missed") & (on > year)).sum().alias("missed"),
            ((kind == "hub.contact") & (on > year)).sum().alias("contacts"),
            ((kind == "domestic_abuse.incident") & (on > two) & value.is_in(["victim", "child"])).sum().alias("abuse"),
            ((kind == "mental_health.shock") & (on > two)).sum().alias("crises"),
            amount.filter((kind == "school.absence") & (on > year)).max().alias("absence"),
            newest(value, "tenure").alias("tenure"),
            newest(value, "income").alias("income"),
            newest(amount, "rent.arrears").alias("rent"),
            newest(amount, "debt.total").alias("debt"),
            ((n * (x * y).sum() - x.sum() * y.sum()) / (n * (x * x).sum() - x.sum() ** 2)).alias("slope"),
        )
        .collect()
    )
    return time.perf_counter() - began, answer.height


# One household ----------------------------------------------------------------------------------------------------


def _single(environment: dict[str, str], folder: Path, size: Size) -> Single:
    os.environ.update(environment)
    settings = load(VaultSettings)
    migrate.upgrade_all("risk", settings)
    return asyncio.run(_measure_single(settings, folder, size))


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
    today = book(_TODAY)
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
        outcome = recompute_all(store, columns, _TODAY, say)
        measured.run, measured.households = dict(outcome.seconds), outcome.households
        again = recompute_all(store, columns, _TODAY, say)
        measured.again = dict(again.seconds)
        store.execute("vacuum analyze")


def _homes(address: str) -> list[UUID]:
    with psycopg.connect(address) as store:
        return [row[0] for row in store.execute("select distinct household from placed order by 1").fetchall()]


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * share) - 1)]


def _peak_mb() -> float:
    """The most memory this program held. (`getrusage` would count what its parent held before it began.)"""
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    seconds, rows = _contend(sys.argv[1], Path(sys.argv[2]))
    print(seconds, rows, _peak_mb())
