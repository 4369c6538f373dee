"""The borough's months as tables to learn from: what was known before each day, and what came after it.

A row is a household on the first of a month, or a thing that happened to somebody (a discharge). Features look at facts
dated before its day only, the outcome at those after it. Facts are those of sources that may serve statistics and every
use of the model (`covered`); whose they are is today's linkage. Runs in the child process, in DuckDB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from psycopg import sql

from services.risk.prediction.domain import Definition, Feature, Happens, Measure, Target
from services.risk.prediction.engine.fitting import Table
from services.risk.profiles.columns import Connection, copied, from_csv
from services.risk.profiles.domain import month_index
from services.risk.sources.kinds import KINDS

if TYPE_CHECKING:
    import duckdb

_EMPTY: Final = (
    "create or replace temp table no_facts (record uuid, source varchar, kind varchar, occurred_on date,"
    " until date, hundredths bigint, value varchar)"
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows with their features, in one order: by subject and day."""

    table: Table
    subjects: list[Any]
    days: list[date]
    households: list[Any]
    wards: list[str | None]
    certain: np.ndarray[Any, np.dtype[np.bool_]]

    def digest(self) -> str:
        """SHA-256 of every row: the data's version."""
        mark = hashlib.sha256()
        for subject, day in zip(self.subjects, self.days, strict=True):
            mark.update(f"{subject} {day.isoformat()}\n".encode())
        for name in sorted(self.table.columns):
            mark.update(name.encode())
            mark.update(np.ascontiguousarray(self.table.columns[name], dtype="<f8").tobytes())
        mark.update(np.ascontiguousarray(self.table.outcome, dtype="<i8").tobytes())
        if self.table.weight is not None:
            mark.update(np.ascontiguousarray(self.table.weight, dtype="<f8").tobytes())
        return mark.hexdigest()


class History:
    """The facts that one model may look at, in an engine of its own."""

    def __init__(
        self,
        store: Connection,
        engine: duckdb.DuckDBPyConnection,
        files: Sequence[Path],
        folder: Path,
        definition: Definition,
        covered: Mapping[str, Collection[str]],
    ) -> None:
        """`covered`: for `features`, `outcome` and `checks` the pairs "source kind" that may be used."""
        self.engine, self.definition = engine, definition
        self._bring(store, folder)
        engine.execute(_EMPTY)
        listed = ", ".join(f"'{path}'" for path in files)
        stored = f"read_parquet([{listed}])" if files else "no_facts"
        checks = ", ".join(_text(pair) for pair in sorted(covered.get("checks", ()))) or "''"
        engine.execute(
            f"""create or replace temp table disabled as select distinct p.resident from {stored} as f
            join placings as p on p.record = f.record
            where f.kind = 'adult_care.package' and f.source || ' ' || f.kind in ({checks})"""
        )
        subject = "p.resident" if definition.of_person else "p.household"
        kinds = {"features": definition.reads, "outcome": frozenset(definition.target.kinds)}
        for name, wanted in kinds.items():
            pairs = sorted(pair for pair in covered[name] if pair.partition(" ")[2] in wanted)
            inside = ", ".join(_text(pair) for pair in pairs) or "''"
            engine.execute(
                f"""create or replace temp table {name} as
                select {subject} as subject, f.record, f.kind, f.occurred_on, f.until, f.hundredths, f.value
                from {stored} as f join placings as p on p.record = f.record
                where f.kind in ({_texts(wanted)}) and f.source || ' ' || f.kind in ({inside})
                  and {subject} is not null"""
            )
            engine.execute(
                f"""create or replace temp table {name}_monthly as
                select subject, kind, month, cast(sum(newest) as double) / 100 as total from (
                    select subject, kind, record, year(occurred_on) * 12 + month(occurred_on) as month,
                           arg_max(hundredths, (occurred_on, hundredths)) as newest
                    from {name} where hundredths is not null group by all)
                group by all"""
            )

    def months(self, today: date) -> tuple[date, date]:
        """The first month that is told of, and the first that is not over by the facts: balances come by month.

        What lasts may have begun long before anything was told month by month: it doesn't say when that was.
        """
        happens = sorted(k for k in self.definition.reads | {*self.definition.target.kinds} if not KINDS[k].lasts)
        found = self.engine.execute(
            "select min(occurred_on), max(occurred_on) from (select kind, occurred_on from features union all"
            f" select kind, occurred_on from outcome) where kind in ({_texts(happens) or _text('')})"
            f" and occurred_on < date '{today.isoformat()}'"
        ).fetchone()
        if found is None or found[0] is None:
            raise ValueError("there are no facts to learn from")
        index = month_index(found[1]) + 1
        last = min(_first(index), today.replace(day=1))
        return found[0].replace(day=1), last

    def learning(self, days: Sequence[date], most: int, seed: int, sampled_to: date) -> Rows:
        """Rows with outcomes for these days. Of days up to `sampled_to` only so many rows, every outcome among them:
        rows that are left out are made up for by the weight of those like them."""
        self._index(days, events_to=days[-1])
        self._outcomes()
        to = sampled_to.isoformat()
        counted = self.engine.execute(
            f"select count(*) filter (where outcome = 0), count(*) filter (where outcome = 1) from looked"
            f" where day <= date '{to}'"
        ).fetchone()
        negatives, positives = (int(each) for each in counted or (0, 0))
        kept = min(negatives, max(most - positives, positives, 1))
        self.engine.execute(
            f"""create or replace temp table chosen as
            select subject, household, day, outcome, 1.0 as weight from looked
            where day > date '{to}' or outcome = 1
            union all
            (select subject, household, day, outcome, {negatives} / {max(kept, 1)}::double from looked
             where day <= date '{to}' and outcome = 0
             order by md5('{seed}' || subject::varchar || day::varchar), subject, day limit {kept})"""
        )
        return self._rows()

    def today(self, day: date, events_from: date) -> Rows:
        """Every row of one day, or every thing that happened from a day on; their outcomes are not known yet."""
        self._index([day], events_from=events_from, events_to=day)
        self.engine.execute(
            "create or replace temp table chosen as"
            " select subject, household, day, 0 as outcome, 1.0 as weight from looked"
        )
        return self._rows()

    # ------------------------------------------------------------------------------------------------------------

    def _bring(self, store: Connection, folder: Path) -> None:
        wanted: Sequence[tuple[str, str, Mapping[str, str]]] = (
            (
                "placings",
                "select record, resident, household, certainty from placed",
                {"record": "UUID", "resident": "UUID", "household": "UUID", "certainty": "VARCHAR"},
            ),
            (
                "homes",
                "select household, ward, adults, children, certainty from home",
                {
                    "household": "UUID",
                    "ward": "VARCHAR",
                    "adults": "SMALLINT",
                    "children": "SMALLINT",
                    "certainty": "DOUBLE",
                },
            ),
        )
        for name, query, kinds in wanted:
            path = folder / f"models-{name}.csv"
            copied(store, sql.SQL(query), path)
            self.engine.execute(f"create or replace temp table {name} as select * from {from_csv(path, kinds)}")
            path.unlink()
        self.engine.execute(
            "create or replace temp table lives as select resident, arg_min(household, (certainty, household)) as"
            " household from placings where household is not null group by resident"
        )

    def _index(self, days: Sequence[date], *, events_to: date, events_from: date | None = None) -> None:
        """The table `looked`: who is looked at on which day."""
        population = self.definition.population
        if population.each is None:
            listed = ", ".join(f"(date '{each.isoformat()}')" for each in days)
            self.engine.execute(
                "create or replace temp table looked as select household as subject, household, day from homes"
                f" cross join (values {listed}) as d(day)"
            )
        else:
            since = f" and f.occurred_on >= date '{(events_from or days[0]).isoformat()}'"
            self.engine.execute(
                f"""create or replace temp table looked as
                select distinct f.subject, l.household, f.occurred_on as day from features as f
                left join lives as l on l.resident = f.subject
                where f.kind = {_text(population.each)} and f.occurred_on <= date '{events_to.isoformat()}'{since}"""
            )
        if population.having:
            has = f"f.kind in ({_texts(population.having)}) and {_stands('f', 'l')}"
            self.engine.execute(
                "create or replace temp table looked as select * from looked as l where exists"
                f" (select 1 from features as f where f.subject = l.subject and {has})"
            )
        if population.without:
            lasting = [kind for kind in population.without if KINDS[kind].lasts]
            stands = f"or (f.kind in ({_texts(lasting)}) and {_stands('f', 'l')})" if lasting else ""
            self.engine.execute(
                "create or replace temp table looked as select * from looked as l where not exists (select 1 from"
                f" features as f where f.subject = l.subject and f.kind in ({_texts(population.without)}) and"
                f" ({_within('f', 'l', population.without_months)} {stands}))"
            )

    def _outcomes(self) -> None:
        target, strict = self.definition.target, ">" if self.definition.of_person else ">="
        if target.measure is Happens.RISES:
            told = self._risen(target)
        else:
            told = (
                f"select distinct l.subject, l.day from looked as l join outcome as o on o.subject = l.subject"
                f" and o.kind in ({_texts(target.kinds)}) {_valued('o', target.values)}"
                f" and o.occurred_on {strict} l.day and o.occurred_on < l.day + interval {target.months} month"
            )
        self.engine.execute(
            f"""create or replace temp table looked as
            select l.*, case when c.subject is null then 0 else 1 end as outcome
            from looked as l left join ({told}) as c on c.subject = l.subject and c.day = l.day"""
        )

    def _risen(self, target: Target) -> str:
        before = _total_at("outcome_monthly", target.kinds, 1)
        after = _total_at("outcome_monthly", target.kinds, 1 - target.months)
        return (
            f"select l.subject, l.day from looked as l left join ({before}) as b using (subject, day)"
            f" left join ({after}) as a using (subject, day)"
            f" where coalesce(a.total, 0) - coalesce(b.total, 0) >= {float(target.amount or 0)}"
        )

    def _rows(self) -> Rows:
        self.engine.execute(
            "create or replace temp table rows as select c.*, h.ward, h.adults, h.children, coalesce(h.certainty, 0) as"
            " certain from chosen as c left join homes as h on h.household = c.household"
        )
        selected = []
        for place, feature in enumerate(self.definition.features):
            selected.append(self._feature(place, feature))
        joins = "".join(
            f" left join f{place} on f{place}.subject = r.subject and f{place}.day = r.day"
            for place, feature in enumerate(self.definition.features)
            if feature.kinds
        )
        known = "".join(
            f" left join k{place} on k{place}.subject = r.subject and k{place}.day = r.day"
            for place, feature in enumerate(self.definition.features)
            if feature.known_by
        )
        told = self.engine.execute(
            f"select r.subject, r.day, r.household, r.ward, r.outcome, r.weight, r.certain >= 0.95 as certain,"
            f" {', '.join(selected)} from rows as r{joins}{known} order by r.subject, r.day"
        ).fetchnumpy()
        columns = {
            feature.code: np.ma.filled(np.ma.asarray(told[f"v{place}"], np.float64), np.nan)
            for place, feature in enumerate(self.definition.features)
        }
        days = told["day"].astype("datetime64[D]")
        when = days.astype(np.int64)
        if self.definition.of_person:
            # Things happen on any day: they are parted by month, so that no month both teaches and judges.
            when = days.astype("datetime64[M]").astype(np.int64)
        subject = np.asarray([str(each) for each in told["subject"]])
        weight = np.asarray(told["weight"], np.float64)
        table = Table(columns, np.asarray(told["outcome"], np.int64), weight, subject, when)
        wards = told["ward"]
        return Rows(
            table,
            subject.tolist(),
            [each.item() for each in days],
            [None if _none(each) else str(each) for each in told["household"]],
            [None if _none(each) else str(each) for each in wards],
            np.asarray(told["certain"], np.bool_),
        )

    def _feature(self, place: int, feature: Feature) -> str:
        """Makes the table `f<place>` (subject, day, v); returns what is selected of it."""
        if not feature.kinds:
            return f"cast(r.{feature.measure.value} as double) as v{place}"
        name, months = f"f{place}", feature.months or 0
        match feature.measure:
            case Measure.LATEST:
                told = _total_at("features_monthly", feature.kinds, 1, "rows")
            case Measure.CHANGE:
                now = _total_at("features_monthly", feature.kinds, 1, "rows")
                then = _total_at("features_monthly", feature.kinds, 1 + months, "rows")
                told = (
                    "select subject, day, coalesce(n.total, 0) - coalesce(t.total, 0) as total"
                    f" from ({now}) as n full join ({then}) as t using (subject, day)"
                )
            case Measure.STANDING:
                told = self._matched(feature, _stands("f", "r"), "1.0")
            case Measure.SUM:
                told = self._matched(feature, _within("f", "r", months), "sum(f.hundredths) / 100.0")
            case Measure.COUNT:
                told = self._matched(feature, _within("f", "r", months), "cast(count(*) as double)")
            case _:
                age = "cast(min(date_diff('day', f.occurred_on, r.day)) as double)"
                told = self._matched(feature, _within("f", "r", months), age)
        self.engine.execute(f"create or replace temp table {name} as {told}")
        value = f"{name}.total" if feature.measure is Measure.SINCE else f"coalesce({name}.total, 0)"
        if feature.known_by:
            self.engine.execute(
                f"create or replace temp table k{place} as select distinct r.subject, r.day from rows as r join"
                f" features as f on f.subject = r.subject and f.kind in ({_texts(feature.known_by)})"
                f" and {_stands('f', 'r')}"
            )
            value = f"case when k{place}.subject is null then null else {value} end"
        return f"{value} as v{place}"

    def _matched(self, feature: Feature, when: str, what: str) -> str:
        return (
            f"select r.subject, r.day, {what} as total from rows as r join features as f on f.subject = r.subject"
            f" and f.kind in ({_texts(feature.kinds)}) {_valued('f', feature.values)} and {when} group by all"
        )


def _total_at(monthly: str, kinds: Sequence[str], ago: int, rows: str = "looked") -> str:
    """What was owed in all in the month that lies so many before the row's; below nought: after it."""
    return (
        f"select l.subject, l.day, sum(m.total) as total from {rows} as l join {monthly} as m on m.subject = l.subject"
        f" and m.kind in ({_texts(kinds)}) and m.month = year(l.day) * 12 + month(l.day) - ({ago}) group by all"
    )


def _within(fact: str, row: str, months: int) -> str:
    return f"{fact}.occurred_on < {row}.day and {fact}.occurred_on >= {row}.day - interval {months} month"


def _stands(fact: str, row: str) -> str:
    return f"{fact}.occurred_on < {row}.day and ({fact}.until is null or {fact}.until >= {row}.day)"


def _valued(fact: str, values: Sequence[str]) -> str:
    return f"and {fact}.value in ({_texts(values)})" if values else ""


def _texts(words: Collection[str]) -> str:
    return ", ".join(_text(each) for each in sorted(words))


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _none(value: Any) -> bool:
    return value is None or value is np.ma.masked or (isinstance(value, float) and value != value)


def _first(index: int) -> date:
    """The first day of a month by its index."""
    return date((index - 1) // 12, (index - 1) % 12 + 1, 1)
