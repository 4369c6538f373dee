"""All profiles of a borough from facts in columns: ours, a hand-written DuckDB query, the same in Polars.

Each contender runs in a process of its own (`python -m benchmarks.profiles_whole NAME FOLDER`), so that its memory is
its own too.
"""

import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.rounds import in_turn

TODAY = date(2026, 11, 22)

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


@dataclass(frozen=True, slots=True)
class Whole:
    """What the fork tells of the whole borough; seconds by contender."""

    facts: int
    factors: int
    seconds: dict[str, list[float]]
    peak_mb: dict[str, float]


def whole(folder: Path, households: int, rounds: int) -> Whole:
    """The facts and records of so many households into the folder, and every contender over them, in turn."""
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
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.profiles_whole", name, str(folder)],
        check=True,
        capture_output=True,
        text=True,
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
    rules, engine = book(TODAY), opened(folder)
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


def _peak_mb() -> float:
    """The most memory this program held. (`getrusage` would count what its parent held before it began.)"""
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    seconds, rows = _contend(sys.argv[1], Path(sys.argv[2]))
    print(seconds, rows, _peak_mb())
