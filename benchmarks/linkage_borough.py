"""Linkage of the demo borough: its own extracts, read by the maps they are really loaded with, judged by its own truth.

How often links are wrong or missing is told by group (age, sex, ethnicity, ward) and by pair of sources, with
intervals, for a borough has to know whom its linkage fails. The peer is Splink 5 in the same run at the threshold its
labels like best, the limit a hash join on exact keys. `python -m benchmarks.linkage_borough FOLDER` measures a borough
made before, of any size.
"""

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from benchmarks.linkage import joined
from benchmarks.linkage_data import Labelled, of_records
from benchmarks.linkage_peers import exact_join, splink
from benchmarks.rounds import Size
from benchmarks.table import Row, table
from demo.borough.making import SIZES, make
from services.risk.linkage.engine import CANONICAL
from services.risk.linkage.engine.evaluation import Interval, Quality, by_group, by_source_pair, quality
from services.risk.sources import statements
from services.risk.sources.header import LONGEST_HEADER, header_of
from services.risk.sources.maps import NATIVE
from services.risk.sources.maps.shape import Map

_NOBODY = "00000000-0000-0000-0000-000000000000"
_DAY = "2026-01-01"
_UNTIL = date(2026, 10, 31)
"""When the history ends that is made here, and as of when ages are told."""
_ENOUGH = 100
"""Pairs below which a group's figures say nothing."""
_PRECISE = 0.98
_TIDIED = ("given", "family", "sex", "nino", "upn", "address", "postcode")
_GROUPS = """
    with living as (
        select person, last(household order by valid_from) as household from '{truth}/residence.parquet' group by person
    ), homes as (select household, arg_max(ward, month) as ward from '{truth}/households.parquet' group by household)
    select cast(person as varchar), sex, "group", ward, case when born > '{young}' then 'under 18'
        when born > '{grown}' then '18 to 64' else '65 and over' end
    from '{truth}/residents.parquet' left join living using (person) left join homes using (household)
"""
_KINDS = ("sex", "ethnicity", "ward", "age")


def run(size: Size) -> list[Row]:
    """The rows, of a borough made for them."""
    with TemporaryDirectory() as folder:
        make(SIZES["demo" if size.name == "full" else "tiny"], 1, _UNTIL, Path(folder))
        return rows(Path(folder))


def rows(folder: Path) -> list[Row]:
    """The rows of a borough that was made before."""
    data = borough(folder)
    joins, _ = joined(data)
    person = joins.person
    found = quality(person, data.truth)
    tidy = _tidied(data.records)
    peer, exact = splink(tidy, data.truth), quality(exact_join(tidy)[1], data.truth)
    note = (
        f"{len(data.truth):,} records. Precision {_told(found.precision)}, recall {_told(found.recall)}, F1 between "
        f"{found.f1.low:.4f} and {found.f1.high:.4f} (95%, bootstrap over people); {len(joins.doubts)} pairs of "
        f"people left to review. Splink, at its best threshold of 15: precision {peer['precision']:.3f}, recall "
        f"{peer['recall']:.3f}."
    )
    wanted = f"more than the peer, precision {_PRECISE}"
    met = found.f1.value > peer["f1"] and found.precision.value >= _PRECISE
    told = [Row("linkage F1, demo borough", found.f1.value, peer["f1"], exact.f1.value, "F1", wanted, note, met)]
    for kind, group in groups(folder, data).items():
        told.append(_errors(f"by {kind}", by_group(person, data.truth, group)))
    ids = map(str, data.records.column("record_id").to_pylist())
    source = dict(zip(ids, data.records.column("source").to_pylist(), strict=True))
    pairs = by_source_pair(person, data.truth, source)
    told.append(_errors("by two sources", {" and ".join(pair): each for pair, each in pairs.items()}))
    return told


def _tidied(records: pa.Table) -> pa.Table:
    """What an analyst would do to the extracts before giving them to a peer: one case, one column of birth dates."""
    with duckdb.connect() as connection:
        connection.register("records", records)
        known = {name for name in records.column_names if records.column(name).null_count < records.num_rows}
        texts = ", ".join(f"lower(trim({name})) as {name}" for name in _TIDIED if name in known)
        return connection.sql(f"select record_id, born as born_partial, {texts} from records").to_arrow_table()


def _errors(by: str, found: Mapping[str, Quality]) -> Row:
    """The largest share of links that are missing in any group, and in the note all groups with both errors."""
    enough = {name: each for name, each in found.items() if each.true >= _ENOUGH}
    worst = max((1 - each.recall.value for each in enough.values()), default=0.0)
    lines = [f"{name}: {_told(each.precision)}, {_told(each.recall)}" for name, each in enough.items()]
    note = "Precision, then recall, with 95% intervals. " + "; ".join(lines) + "."
    return Row(f"linkage, most missed {by}", 100 * worst, None, None, "%", "-", note)


def _told(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def groups(folder: Path, data: Labelled) -> dict[str, dict[str, str]]:
    """For each kind of group the group of each record, by what is true of its person, not by what the record says."""
    ages = {"young": _UNTIL.replace(year=_UNTIL.year - 18), "grown": _UNTIL.replace(year=_UNTIL.year - 65)}
    with duckdb.connect() as connection:
        people = connection.sql(_GROUPS.format(truth=folder / "truth", **ages)).fetchall()
    of = {person: told for person, *told in people}
    return {
        kind: {record: str(of[person][number]) for record, person in data.truth.items()}
        for number, kind in enumerate(_KINDS)
    }


def borough(folder: Path) -> Labelled:
    """Every record of somebody in the extracts of a demo borough, with who it is."""
    tables = [_people(each, folder / f"{each.source}.csv") for each in NATIVE.values() if each.people]
    records = pa.concat_tables([table for table in tables if table is not None])
    with duckdb.connect() as connection:
        truth = connection.sql(f"select * from '{folder / 'truth' / 'people.parquet'}'").to_arrow_table()
    return of_records("demo borough", records, truth)


def _people(mapped: Map, file: Path) -> pa.Table | None:
    """The canonical identities of one extract; of several rows on one record the last counts, as in the vault."""
    if not file.exists():
        return None
    with file.open("rb") as opened:
        header = header_of(opened.read(LONGEST_HEADER + 1))
    with duckdb.connect() as duck:
        duck.execute("set threads = 2")
        duck.execute(f"create temp macro record_pseudonym(source, reference) as uuid '{_NOBODY}'")
        duck.execute("create temp table erased (pseudonym uuid)")
        present = [name.strip().lower() for name in header.columns]
        for statement in (
            statements.trimmed(mapped, statements.read_csv(file, header), present),
            statements.typed(mapped),
            statements.staged(mapped, _DAY),
            statements.NUMBERING,
            statements.stretch(mapped, 0, 10_000_000),
            statements.identities(mapped, _NOBODY) or statements.NOBODY,
        ):
            duck.execute(statement)
        known = {row[0] for row in duck.execute("describe people").fetchall()} & set(CANONICAL) - {"record_id"}
        columns = ", ".join(f"cast({name} as varchar) as {name}" for name in CANONICAL if name in known)
        return duck.sql(
            f"select source || ' ' || reference as record_id, {columns} from people"
            " qualify row_number() over (partition by source, reference order by n desc) = 1 order by record_id"
        ).to_arrow_table()


if __name__ == "__main__":
    print(table(rows(Path(sys.argv[1]))))
