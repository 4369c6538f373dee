"""The first line of a CSV file: which separator, which columns; and whether they are those of the source. Pure."""

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from kit.errors import FieldError, Invalid
from services.risk.sources.domain import Product, WrongColumns
from services.risk.sources.maps import NATIVE, savvi
from services.risk.sources.maps.shape import Map

LONGEST_HEADER: Final = 65_536
_SEPARATORS: Final = (",", ";", "\t", "|")
_BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Header:
    """A file's columns in their order, lower case, and what stands between them."""

    columns: tuple[str, ...]
    separator: str


def header_of(start: bytes) -> Header:
    """The header in a file's first bytes. Raises `Invalid` when there is none to read."""
    try:
        text = start[:LONGEST_HEADER].decode("utf-8", "ignore" if len(start) > LONGEST_HEADER else "strict")
    except UnicodeDecodeError as error:
        if error.end < len(start) - 3:
            raise Invalid("The file is not UTF-8 text") from None
        text = start[: error.start].decode()
    line = text.lstrip(_BOM).splitlines()[0] if text.strip(_BOM) else ""
    if not line.strip():
        raise Invalid("The file does not begin with a line of column names")
    separator = max(_SEPARATORS, key=line.count)
    try:
        names = next(csv.reader([line], delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        raise Invalid("The file's first line can't be read as column names") from None
    return Header(tuple(name.strip().lower() for name in names), separator)


def complete(start: bytes) -> bool:
    """Whether these first bytes hold the whole header, or more than a header may be."""
    return b"\n" in start or b"\r" in start or len(start) > LONGEST_HEADER


def map_for(product: Product, form: str, columns: Sequence[str]) -> Map:
    """How a file with these columns is read. Raises `WrongColumns`, naming what is missing and what is unknown."""
    names = {name.strip().lower() for name in columns}
    standard = form == "savvi" or names >= savvi.MARK
    if standard:
        mapped = savvi.form(product)
        allowed: Collection[str] = mapped.columns
    elif product.code in NATIVE:
        mapped = NATIVE[product.code]
        registered = {name.lower() for group in product.fields for name in group.names}
        allowed = [name for name in mapped.columns if name in registered]
    else:
        raise WrongColumns(
            f"{product.title} has no form of its own here: send SAVVI's standard form. Nothing was stored",
            missing=sorted(savvi.MARK - names),
        )
    missing = [name for name in mapped.needed if name in allowed and name not in names]
    unknown = [name for name in dict.fromkeys(columns) if name.strip().lower() not in allowed]
    repeated = sorted({name for name in columns if list(columns).count(name) > 1})
    if missing or unknown or repeated:
        raise _wrong(product, mapped, missing, unknown, repeated)
    return mapped


def _wrong(product: Product, mapped: Map, missing: list[str], unknown: list[str], repeated: list[str]) -> WrongColumns:
    # What a stranger's file calls its columns may be anything: only what looks like a name is repeated.
    shown = [name if name.isprintable() and len(name) <= 64 else "(unreadable)" for name in unknown[:20]]
    said = []
    if missing:
        said.append(f"missing: {', '.join(missing)}")
    if unknown:
        said.append(f"unknown or without a legal gateway in the register: {', '.join(shown)}")
    if repeated:
        said.append("repeated columns")
    errors = [
        *(FieldError(f"/{name}", "This column is missing", "missing") for name in missing),
        *(
            FieldError(f"/{name}", "The register has no legal gateway for this column", "no-gateway")
            if name in mapped.columns
            else FieldError(f"/{name}", "This source has no such column", "unknown")
            for name in shown
        ),
    ]
    return WrongColumns(
        f"{product.title}: {'; '.join(said)}. Nothing was stored", *errors, missing=missing, unknown=shown
    )
