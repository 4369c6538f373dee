"""How a flat row of an extract reads as a person. Pure."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kit.errors import DomainError, Invalid, invalid

COLUMNS: Final = (
    "source",
    "reference",
    "household_reference",
    "given",
    "family",
    "known_as",
    "former_family",
    "date_of_birth",
    "nhs_number",
    "nino",
    "upn",
    "uprn",
    "address",
    "postcode",
    "ward",
    "phone",
    "email",
    "language",
)
"""The columns of an extract; `source` and `reference` are required, and a name. `address` has lines set off by `;`."""

_REQUIRED: Final = ("source", "reference")


class NotAnExtract(DomainError):
    """The file's columns are not those of an extract; nothing of it was stored."""

    slug = "wrong-columns"
    title = "This file's columns are not what we load"
    status = 422


def check_columns(columns: list[str]) -> None:
    """Refuse a file before anything is stored, saying which columns are missing or unknown."""
    missing = [name for name in (*_REQUIRED, "given", "family") if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    if missing or unknown or len(set(columns)) != len(columns):
        said = [f"missing: {', '.join(missing)}"] if missing else []
        said += [f"unknown: {', '.join(unknown)}"] if unknown else []
        said += ["a column stands twice"] if len(set(columns)) != len(columns) else []
        raise NotAnExtract("; ".join(said), missing=missing, unknown=unknown)


class Records:
    """Splits a stream of text into CSV records; a quoted value may hold line breaks."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str, *, last: bool = False) -> Iterator[list[str]]:
        """The records that `text` completes; with `last`, also one without a line break at its end."""
        held = ""
        *lines, self._rest = (self._rest + text).split("\n")
        if last and self._rest:
            lines, self._rest = [*lines, self._rest], ""
        for position, line in enumerate(lines):
            held = f"{held}\n{line}" if held else line
            if held.count('"') % 2 == 0:
                if held.strip():
                    yield next(csv.reader([held.removesuffix("\r")], strict=True))
                held = ""
            elif position == len(lines) - 1:
                self._rest = f"{held}\n{self._rest}"


def person_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the details of a person (casefile's `people.domain.details` checks them)."""
    for name in _REQUIRED:
        if not str(row.get(name) or "").strip():
            raise invalid(f"/{name}", "Every row names its source and its reference there.", "required")
    names = [{"given": row.get("given") or "", "family": row.get("family") or ""}]
    if row.get("known_as"):
        names.append({"given": row["known_as"], "family": row.get("family") or "", "kind": "known_as"})
    if row.get("former_family"):
        names.append({"given": row.get("given") or "", "family": row["former_family"], "kind": "former"})
    address = {
        "lines": [part.strip() for part in (row.get("address") or "").split(";")],
        "postcode": row.get("postcode"),
        "uprn": row.get("uprn"),
        "ward": row.get("ward"),
    }
    contacts = [{"kind": kind, "value": row[kind]} for kind in ("phone", "email") if row.get(kind)]
    return {
        "names": names,
        **{name: row.get(name) or None for name in ("date_of_birth", "nhs_number", "nino", "upn")},
        "addresses": [address] if any(row.get(name) for name in ("address", "postcode", "uprn")) else [],
        "contacts": contacts,
        "languages": [row["language"]] if row.get("language") else [],
    }


def digest_of(row: Mapping[str, Any]) -> bytes:
    """Tells whether a row is the one that came before; empty values don't count."""
    kept = {name: str(value).strip() for name, value in row.items() if value not in (None, "")}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).digest()


def refusal_of(error: Invalid) -> tuple[str, str, str]:
    """Field, rule and words of a refused row, without its values."""
    if error.errors:
        first = error.errors[0]
        return first.pointer, first.rule, "; ".join(f"{each.pointer}: {each.rule}" for each in error.errors)
    return "", error.slug, error.slug
