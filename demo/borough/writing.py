"""Extracts as files: CSV always, Parquet beside it where the file is big."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from demo.borough.world import Array

BIG = frozenset({"council_tax_accounts", "council_tax_arrears", "rent_balances", "benefit_claims", "housing_stock"})
"""Extracts that are also written as Parquet."""

_CHUNK = 100_000


@dataclass
class Named:
    """Who the rows of an extract are about: one row for each person of each record."""

    reference: Array
    person_no: Array
    person: Array
    household: Array
    since: Array
    until: Array


Column = Array | Callable[[Array], Array]
"""Values by row, or what works them out for some row numbers: long texts need not all be there at once."""


def _part(columns: dict[str, Column], rows: Array) -> pa.Table:
    """Some rows as Arrow: texts, whole numbers, amounts to the penny."""
    values = {name: column(rows) if callable(column) else column[rows] for name, column in columns.items()}
    return pa.table(
        {
            name: pa.array(value, pa.string()) if value.dtype.kind == "U" else pa.array(value)
            for name, value in values.items()
        }
    )


@dataclass
class Extract:
    """One system's file, and the truth about its records. `rows` chooses among those of the columns."""

    name: str
    columns: dict[str, Column]
    truth: list[Named] = field(default_factory=list)
    rows: Array | None = None

    def __len__(self) -> int:
        return self.whole if self.rows is None else len(self.rows)

    @property
    def whole(self) -> int:
        """Rows of the columns."""
        return next(len(column) for column in self.columns.values() if not callable(column))

    def only(self, rows: Array) -> "Extract":
        """Some of the rows; the truth stays whole."""
        return Extract(self.name, self.columns, self.truth, rows)

    def parts(self) -> Iterator[pa.Table]:
        """The rows in parts, at least one (perhaps empty)."""
        rows = np.arange(self.whole) if self.rows is None else self.rows
        for start in range(0, max(len(rows), 1), _CHUNK):
            yield _part(self.columns, rows[start : start + _CHUNK])


def write(extract: Extract, folder: Path) -> int:
    """Write one extract in parts, so that memory stays bounded. Returns its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = _part(extract.columns, np.empty(0, np.int64)).schema
    options = pa.csv.WriteOptions(quoting_style="needed")
    with ExitStack() as files:
        lines = files.enter_context(pa.csv.CSVWriter(folder / f"{extract.name}.csv", schema, write_options=options))
        writers = [lines]
        if extract.name in BIG:
            path = folder / f"{extract.name}.parquet"
            writers.append(files.enter_context(pa.parquet.ParquetWriter(path, schema, compression="zstd")))
        for part in extract.parts():
            for writer in writers:
                writer.write_table(part)
    return len(extract)


def write_sheet(sheets: Iterable[Extract], path: Path) -> None:
    """One Parquet file of the truth, in parts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = None
    for sheet in sheets:
        for part in sheet.parts():
            writer = writer or pa.parquet.ParquetWriter(path, part.schema, compression="zstd")
            writer.write_table(part)
    if writer is not None:
        writer.close()
