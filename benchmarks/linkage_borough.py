"""The demo borough as labelled records: read by the maps its extracts are really loaded with, judged by its own truth.

`python -m benchmarks.linkage_borough FOLDER` after `python -m demo.borough make --out FOLDER` prints how well people
are found, with weights learned from the borough itself and with the model that comes along, and by pair of sources.
"""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.linkage import link
from benchmarks.linkage_data import Labelled, of_records
from services.risk.linkage.engine import CANONICAL, Engine, Model, Records, resolve
from services.risk.linkage.engine.evaluation import by_source_pair
from services.risk.linkage.whole import suited
from services.risk.sources import statements
from services.risk.sources.header import LONGEST_HEADER, header_of
from services.risk.sources.maps import NATIVE
from services.risk.sources.maps.shape import Map

_NOBODY = "00000000-0000-0000-0000-000000000000"
_DAY = "2026-01-01"


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


def main(folder: Path) -> None:
    """Prints the figures."""
    data = borough(folder)
    print(data.records.num_rows, "records,", len(data.truth), "with a truth")
    every = Records.from_arrow(data.records)
    model = suited(Model.load(), data.records, every)
    print("as the platform learns:", json.dumps(link(data, model)))
    print("with the model that comes along:", json.dumps(link(data, Model.load().adapted(every))))
    engine = Engine(model)
    ids = [str(each) for each in data.records.column("record_id").to_pylist()]
    person = resolve(engine.edges(data.records), ids, rules=engine.rules()).person
    source = dict(zip(ids, data.records.column("source").to_pylist(), strict=True))
    for (one, other), found in by_source_pair(person, data.truth, source).items():
        if found.true >= 50:
            shares = f"precision {found.precision.value:.3f} recall {found.recall.value:.3f}"
            print(f"  {one} - {other}: {shares} ({found.recall.low:.3f} to {found.recall.high:.3f})")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
