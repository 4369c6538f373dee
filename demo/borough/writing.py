"""Extracts as files: CSV always, Parquet beside it where the file is big."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from demo.borough.world import Array

BIG = frozenset({"council_tax_accounts", "council_tax_arrears", "rent_balances", "benefit_claims", "housing_stock"})
"""Extracts that are also written as Parquet."""

_CHUNK = 200_000


@dataclass
class Named:
    """Who the rows of an extract are about: one row for each person of each record."""

    reference: Array
    person_no: Array
    person: Array
    household: Array
    since: Array
    until: Array


@dataclass
class Extract:
    """One system's file, and the truth about its records."""

    name: str
    columns: dict[str, Array]
    truth: list[Named] = field(default_factory=list)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def only(self, rows: Array) -> "Extract":
        """Some of the rows; the truth stays whole."""
        return Extract(self.name, {name: column[rows] for name, column in self.columns.items()}, self.truth)


def arrow(columns: dict[str, Array]) -> pa.Table:
    """Columns as Arrow: texts, whole numbers, amounts to the penny."""
    return pa.table(
        {
            name: pa.array(column.astype(object), pa.string()) if column.dtype.kind == "U" else pa.array(column)
            for name, column in columns.items()
        }
    )


def write(extract: Extract, folder: Path) -> int:
    """Write one extract in parts, so that memory stays bounded. Returns its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = len(extract)
    parts = [slice(start, start + _CHUNK) for start in range(0, rows, _CHUNK)] or [slice(0, 0)]
    schema = arrow({name: column[:0] for name, column in extract.columns.items()}).schema
    options = pa.csv.WriteOptions(quoting_style="needed")
    with pa.csv.CSVWriter(folder / f"{extract.name}.csv", schema, write_options=options) as out:
        for part in parts:
            out.write_table(arrow({name: column[part] for name, column in extract.columns.items()}))
    if extract.name in BIG:
        with pa.parquet.ParquetWriter(folder / f"{extract.name}.parquet", schema, compression="zstd") as sheet:
            for part in parts:
                sheet.write_table(arrow({name: column[part] for name, column in extract.columns.items()}))
    return rows


def write_table(columns: dict[str, Array], path: Path) -> None:
    """One Parquet file of the truth."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pa.parquet.write_table(arrow(columns), path, compression="zstd")


def texts(values: list[str]) -> Array:
    """A list of words to choose from by number."""
    return np.array(values)
