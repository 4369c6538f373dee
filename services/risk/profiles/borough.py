"""All profiles at once: the same rules in DuckDB over the facts in columns, and only the differences written back.

Runs in the child process (`services.risk.work profiles`). What was read is one snapshot of the database; a household
that was worked out again in the meantime, for a late fact, keeps that newer profile.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import psycopg
from psycopg import sql

from kit import clock
from kit.ids import new_id
from kit.settings import Settings, load
from services.risk.profiles.catalogue import book
from services.risk.profiles.columns import Columns, Connection, copied, from_csv
from services.risk.profiles.domain import STANDS_ASIDE, Rulebook
from services.risk.profiles.language import BITS, CERTAINTIES, compiled, monthly_totals, needed_by_kind

if TYPE_CHECKING:
    import duckdb

    from services.risk.work import Say

_HOUSEHOLDS_AT_ONCE: Final = 5_000
_MOST_SOURCES: Final = 62
_FACTOR: Final = ("role", "since", "latest_on", "amount", "facts", "sources", "certainty", "disputed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found and did, and how long its parts took (seconds)."""

    run: UUID
    households: int
    factors: int
    different: int
    written: int
    seconds: Mapping[str, float]


def work(arguments: Mapping[str, Any], say: "Say") -> Mapping[str, Any]:
    """The verb: work out every household's profile of today."""
    from services.risk.sources import spool

    settings = load(Settings)
    address = settings.database_url.get_secret_value().replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, application_name="risk-profiles", autocommit=True) as store:
        follow_the_clock(store)
        outcome = recompute_all(store, Columns.under(spool.folder()), clock.today(), say)
    return {
        "run": str(outcome.run),
        "households": outcome.households,
        "factors": outcome.factors,
        "different": outcome.different,
        "written": outcome.written,
    }


def recompute_all(store: Connection, columns: Columns, day: date, say: "Say") -> Outcome:
    """Every profile of a day, the differences put in; `store` is a connection in autocommit."""
    rulebook, run, took = book(day), new_id(), Watch()
    engine = opened(columns.folder)
    try:
        store.execute("set statement_timeout = 0")
        say(0, None, "Reading the facts")
        with store.transaction():
            # One moment for all of it.
            store.execute("set transaction isolation level repeatable read, read only")
            files = columns.refresh(store, engine)
            took("columns")
            _bring(store, engine, columns.folder)
        took("placings and what stands")
        say(0, None, "Working out every household")
        placed_facts(engine, files, rulebook)
        factors = found(engine, rulebook)
        took("rules")
        touched = _differences(engine, rulebook, run, columns.folder / "differences.csv")
        households, different = len(touched), sum(each[2] for each in touched)
        took("differences")
        written = _put_in(store, rulebook, run, touched, columns.folder / "differences.csv", say)
        took("writing")
    finally:
        engine.close()
        (columns.folder / "differences.csv").unlink(missing_ok=True)
    return Outcome(run, households, factors, different, written, took.seconds)


def opened(folder: Path) -> "duckdb.DuckDBPyConnection":
    """DuckDB in memory, bounded, spilling into the folder."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2,
        "memory_limit": "2GB",
        "temp_directory": str(folder),
        "preserve_insertion_order": False,
    }
    return duckdb.connect(config=settings)


def placed_facts(engine: "duckdb.DuckDBPyConnection", files: Sequence[Path], rulebook: Rulebook) -> None:
    """The relation `facts` that the rules read: what any rule looks at, with today's household of its record.

    Kinds are an enumeration and sources bits of a number (table `sources`): comparing and gathering text took two
    thirds of the whole. Raises ValueError for more sources than a number has bits.
    """
    engine.execute(
        "create or replace temp table no_facts (record uuid, source varchar, kind varchar, occurred_on date,"
        " until date, hundredths bigint, value varchar)"
    )
    listed = ", ".join(f"'{path}'" for path in files)
    stored = f"read_parquet([{listed}])" if files else "no_facts"
    engine.execute("drop table if exists facts")
    engine.execute("drop type if exists fact_kind")
    engine.execute(f"create temp type fact_kind as enum ({', '.join(repr(each) for each in sorted(rulebook.kinds))})")
    engine.execute(
        "create or replace temp table sources as"
        " select source, cast(1 as bigint) << cast(row_number() over (order by source) - 1 as bigint) as bit"
        f" from (select distinct source from {stored})"
    )
    bits = engine.execute("select source, bit from sources order by source").fetchall()
    if len(bits) > _MOST_SOURCES:
        raise ValueError(f"{len(bits)} sources: more than {_MOST_SOURCES} can't be told apart")
    parts = " union all ".join(f"select * from {stored} as f where {each}" for each in needed_by_kind(rulebook, "f"))
    names = " ".join(f"when '{source}' then {bit}" for source, bit in bits)
    source = f"cast(case f.source {names} end as bigint)" if bits else "cast(0 as bigint)"
    engine.execute(
        f"""create temp table facts as
        select p.household, f.record, cast(f.kind as fact_kind) as kind, f.occurred_on,
               cast(epoch(f.occurred_on) as bigint) // 86400 as day,
               year(f.occurred_on) * 12 + month(f.occurred_on) as month,
               f.until, f.hundredths, f.value, {source} as source, p.certainty
        from ({parts}) as f join placings as p on p.record = f.record
        where f.occurred_on <= date '{rulebook.day.isoformat()}'"""
    )


def found(engine: "duckdb.DuckDBPyConnection", rulebook: Rulebook) -> int:
    """The table `found`: every factor of every household, its sources as bits. How many."""
    engine.execute(f"create or replace temp table totals as {monthly_totals(rulebook, BITS)}")
    rules = compiled(rulebook, monthly="totals", sources=BITS)
    engine.execute(f"create or replace temp table found as {rules}")
    counted = engine.execute("select count(*) from found").fetchone()
    return int(counted[0]) if counted else 0


def _bring(store: Connection, engine: "duckdb.DuckDBPyConnection", folder: Path) -> None:
    """What the database says of placings, factors that stand, versions and disputes, as tables of DuckDB."""
    rank = "case certainty when 'confirmed' then 0 when 'probable' then 1 else 2 end"
    wanted: Sequence[tuple[str, str, Mapping[str, str]]] = (
        (
            "placings",
            f"select record, household, {rank} from placed where household is not null",
            {"record": "UUID", "household": "UUID", "certainty": "TINYINT"},
        ),
        (
            "stored",
            "select household, factor, role, since, latest_on, cast(amount * 100 as bigint), facts,"
            " array_to_string(sources, ','), certainty, disputed from household_factor",
            {
                "household": "UUID",
                "factor": "VARCHAR",
                "role": "VARCHAR",
                "since": "DATE",
                "latest_on": "DATE",
                "amount": "BIGINT",
                "facts": "BIGINT",
                "sources": "VARCHAR",
                "certainty": "VARCHAR",
                "disputed": "BOOLEAN",
            },
        ),
        ("versions", "select household, version from profile", {"household": "UUID", "version": "BIGINT"}),
        (
            "aside",
            "select household, factor, max(disputed_on) from factor_dispute where state in "
            f"({', '.join(repr(each.value) for each in sorted(STANDS_ASIDE))}) group by household, factor",
            {"household": "UUID", "factor": "VARCHAR", "disputed_on": "DATE"},
        ),
    )
    for name, query, kinds in wanted:
        path = folder / f"{name}.csv"
        copied(store, sql.SQL(query), path)
        engine.execute(f"create or replace temp table {name} as select * from {from_csv(path, kinds)}")
        path.unlink()


def _differences(
    engine: "duckdb.DuckDBPyConnection", rulebook: Rulebook, run: UUID, path: Path
) -> list[tuple[UUID, int | None, int]]:
    """Writes what differs as CSV for COPY; the households touched with their versions and how many rows each has."""
    roles = ", ".join(f"('{each.code}', '{each.role.value}')" for each in rulebook.definitions)
    words = ", ".join(f"'{each}'" for each in CERTAINTIES)
    engine.execute(
        "create or replace temp table mixtures as"
        " select bits, string_agg(source, ',' order by source) as listed"
        " from (select distinct sources as bits from found) join sources on bits & bit <> 0 group by bits"
    )
    engine.execute(
        f"""create or replace temp table wanted as
        select f.household, f.factor, r.role, f.since, f.latest_on, f.amount, f.facts,
               m.listed as sources,
               list_extract([{words}], f.certainty + 1) as certainty,
               coalesce(a.disputed_on >= f.latest_on, false) as disputed
        from found as f join (values {roles}) as r(factor, role) on r.factor = f.factor
        join mixtures as m on m.bits = f.sources
        left join aside as a on a.household = f.household and a.factor = f.factor"""
    )
    same = " and ".join(f"w.{name} is not distinct from s.{name}" for name in _FACTOR)
    columns = ", ".join(f"w.{name}" for name in _FACTOR)
    nothing = ", ".join("null" for _ in _FACTOR)
    engine.execute(
        f"""create or replace temp table differences as
        select d.*, v.version from (
            select w.household, w.factor, false as gone, {columns} from wanted as w
            left join stored as s on s.household = w.household and s.factor = w.factor
            where s.household is null or not ({same})
            union all
            select s.household, s.factor, true, {nothing} from stored as s
            left join wanted as w on s.household = w.household and s.factor = w.factor where w.household is null
        ) as d left join versions as v on v.household = d.household"""
    )
    engine.execute(
        f"""copy (select '{run}', household, factor, version, gone, role, since, latest_on,
                  cast(amount as decimal(18, 0)) / 100, facts, '{{' || sources || '}}', certainty, disputed
                  from differences) to '{path}' (format csv, header false)"""
    )
    rows = engine.execute("select household, any_value(version), count(*) from differences group by 1 order by 1")
    return [(UUID(str(row[0])), row[1], row[2]) for row in rows.fetchall()]


_STAGED: Final = (
    "copy profile_difference (run, household, factor, version, gone, role, since, latest_on, amount, facts, sources,"
    " certainty, disputed) from stdin (format csv)"
)
# `excluded.version` is one more than when the facts were read: a row that moved on since is newer than what we found.
_TAKE_TURNS: Final = """
    insert into profile (household, version, definitions_version, computed_on, computed_at)
    select t.household, coalesce(t.version, 0) + 1, %(definitions)s, %(day)s, clock_timestamp()
    from unnest(%(households)s::uuid[], %(versions)s::bigint[]) as t(household, version) order by t.household
    on conflict (household) do update set version = excluded.version, computed_on = excluded.computed_on,
        definitions_version = excluded.definitions_version, computed_at = excluded.computed_at
    where profile.version = excluded.version - 1
    returning household"""
_TAKE_OUT: Final = """
    delete from household_factor as f using profile_difference as d
    where d.run = %(run)s and d.gone and d.household = any(%(households)s::uuid[])
      and f.household = d.household and f.factor = d.factor"""
_PUT_IN: Final = """
    insert into household_factor
        (household, factor, role, since, latest_on, amount, facts, sources, certainty, disputed)
    select household, factor, role, since, latest_on, amount, facts, sources, certainty, disputed
    from profile_difference where run = %(run)s and not gone and household = any(%(households)s::uuid[])
    on conflict (household, factor) do update set role = excluded.role, since = excluded.since,
        latest_on = excluded.latest_on, amount = excluded.amount, facts = excluded.facts,
        sources = excluded.sources, certainty = excluded.certainty, disputed = excluded.disputed"""
_OVERTAKEN: Final = """
    delete from profile_difference
    where run = %(run)s and household = any(%(overtaken)s::uuid[])"""


def _put_in(
    store: Connection,
    rulebook: Rulebook,
    run: UUID,
    touched: Sequence[tuple[UUID, int | None, int]],
    path: Path,
    say: "Say",
) -> int:
    """COPY the differences in and apply them. What a run that broke off left waits to be announced: no harm."""
    if not touched:
        return 0
    with store.cursor() as cursor, path.open("rb") as file, cursor.copy(_STAGED) as copy:
        while block := file.read(1 << 20):
            copy.write(block)
    written = done = 0
    for part in _parts(touched):
        values: dict[str, Any] = {
            "run": run,
            "definitions": rulebook.version,
            "day": rulebook.day,
            "households": [each[0] for each in part],
            "versions": [each[1] for each in part],
        }
        with store.transaction():
            taken = {UUID(str(row[0])) for row in store.execute(_TAKE_TURNS, values).fetchall()}
            values["overtaken"] = [each for each in values["households"] if each not in taken]
            values["households"] = sorted(taken)
            written += store.execute(_TAKE_OUT, values).rowcount
            written += store.execute(_PUT_IN, values).rowcount
            store.execute(_OVERTAKEN, values)
        done += len(part)
        say(done, len(touched), "Putting in what changed")
    return written


def _parts(touched: Sequence[tuple[UUID, int | None, int]]) -> Iterable[Sequence[tuple[UUID, int | None, int]]]:
    for start in range(0, len(touched), _HOUSEHOLDS_AT_ONCE):
        yield touched[start : start + _HOUSEHOLDS_AT_ONCE]


def follow_the_clock(store: Connection) -> None:
    """This process keeps the business clock's time."""
    row = store.execute("select offset_seconds from business_clock limit 1").fetchone()
    clock.set_offset(timedelta(seconds=float(str(row[0]))) if row else timedelta(0))


class Watch:
    """Seconds of each part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = time.perf_counter()

    def __call__(self, part: str) -> None:
        now = time.perf_counter()
        self.seconds[part] = round(now - self._at, 3)
        self._at = now
