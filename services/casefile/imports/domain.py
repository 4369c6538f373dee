"""How a file splits into rows, and how a flat row reads as a person. Pure."""

import csv
import hashlib
import json
import re
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
_LONGEST_RECORD: Final = 100_000
_LONGEST_VALUE: Final = 200
_MOST_LINES: Final = 6
_FORMS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "ward": (re.compile(r"E05\d{6}", re.ASCII), "ward-code"),
    "language": (re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"), "language-code"),
}


class NotAnExtract(DomainError):
    """The file's columns are not those of an extract; nothing of it was stored."""

    slug = "wrong-columns"
    title = "This file's columns are not what we load"
    status = 422


class NotReadable(Invalid):
    """The file is not CSV, or not lines of JSON; the detail says from which line on."""


def check_columns(columns: list[str]) -> None:
    """Refuse a file before anything is stored, saying which columns are missing or unknown."""
    missing = [name for name in (*_REQUIRED, "given", "family") if name not in columns]
    unknown = [name[:64] for name in columns if name not in COLUMNS]
    if missing or unknown or len(set(columns)) != len(columns):
        said = [f"missing: {', '.join(missing)}"] if missing else []
        said += [f"unknown: {', '.join(unknown[:20])}"] if unknown else []
        said += ["a column stands twice"] if len(set(columns)) != len(columns) else []
        raise NotAnExtract("; ".join(said), missing=missing, unknown=unknown[:20])


class Lines:
    """Splits text that comes in pieces into lines, each with its number in the file."""

    def __init__(self) -> None:
        self._rest = ""
        self._number = 0

    def feed(self, text: str, *, last: bool = False) -> Iterator[tuple[int, str]]:
        """The lines that `text` completes; with `last`, also one without a line break at its end."""
        *lines, self._rest = (self._rest + text).split("\n")
        if len(self._rest) > _LONGEST_RECORD:
            raise NotReadable(f"Line {self._number + len(lines) + 1} is longer than {_LONGEST_RECORD:,} characters")
        if last:
            lines, self._rest = [*lines, self._rest], ""
        for line in lines:
            self._number += 1
            yield self._number, line


class Records:
    """Splits text that comes in pieces into CSV records (RFC 4180); a quoted value may hold line breaks."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._open: list[str] = []
        self._begun = self._size = self._quotes = 0

    def feed(self, text: str, *, last: bool = False) -> Iterator[tuple[int, list[str]]]:
        """The records that `text` completes, each with the number of the line it begins on. `NotReadable`."""
        for number, line in self._lines.feed(text, last=last):
            self._begun = self._begun if self._open else number
            self._open.append(line)
            self._size += len(line)
            self._quotes += line.count('"')
            if self._size > _LONGEST_RECORD:
                raise NotReadable(
                    f"The row that begins on line {self._begun} is longer than {_LONGEST_RECORD:,}"
                    " characters: perhaps a quote is not closed"
                )
            if self._quotes % 2 == 0:
                record = "\n".join(self._open).removesuffix("\r")
                self._open, self._size, self._quotes = [], 0, 0
                if record and not record.isspace():
                    yield self._begun, self._values(record)
        if last and self._open:
            raise NotReadable(f"The row that begins on line {self._begun} has a quote that is not closed")

    def _values(self, record: str) -> list[str]:
        try:
            return next(csv.reader([record], strict=True))
        except csv.Error:
            raise NotReadable(
                f"The row that begins on line {self._begun} is not CSV: a quote stands where none may"
            ) from None


def json_row(line: str, number: int) -> Mapping[str, Any]:
    """A line of newline-delimited JSON as a row."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise NotReadable(f"Line {number} is not JSON") from None
    if not isinstance(row, dict) or not all(isinstance(value, str | None) for value in row.values()):
        raise NotReadable(f"Line {number} is not a JSON object of texts")
    unknown = [name[:64] for name in row if name not in COLUMNS]
    if unknown:
        said = f"line {number}: unknown: {', '.join(unknown[:20])}"
        raise NotAnExtract(said.encode(errors="replace").decode(), missing=[])
    return row


def person_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the details of a person (casefile's `people.domain.details` checks the rest)."""
    told = {name: kept for name, value in row.items() if value and (kept := value.strip())}
    for name in _REQUIRED:
        if name not in told:
            raise invalid(f"/{name}", "Every row names its source and its reference there.", "required")
    lines = [part.strip() for part in told.get("address", "").split(";")]
    if len(lines) > _MOST_LINES or max(map(len, lines)) > _LONGEST_VALUE:
        raise invalid("/address", f"At most {_MOST_LINES} lines of {_LONGEST_VALUE} characters.", "too-long")
    for name, value in told.items():
        if len(value) > _LONGEST_VALUE and name != "address":
            raise invalid(f"/{name}", f"At most {_LONGEST_VALUE} characters.", "too-long")
    for name, (form, rule) in _FORMS.items():
        if name in told and not form.fullmatch(told[name]):
            raise invalid(f"/{name}", "This is not a code of that kind.", rule)
    given, family = told.get("given", ""), told.get("family", "")
    names = [{"given": given, "family": family}]
    if "known_as" in told:
        names.append({"given": told["known_as"], "family": family, "kind": "known_as"})
    if "former_family" in told:
        names.append({"given": given, "family": told["former_family"], "kind": "former"})
    address = {"lines": lines, "postcode": told.get("postcode"), "uprn": told.get("uprn"), "ward": told.get("ward")}
    return {
        "names": names,
        **{name: told.get(name) for name in ("date_of_birth", "nhs_number", "nino", "upn")},
        "addresses": [address] if told.keys() & {"address", "postcode", "uprn", "ward"} else [],
        "contacts": [{"kind": kind, "value": told[kind]} for kind in ("phone", "email") if kind in told],
        "languages": [told["language"]] if "language" in told else [],
    }


def key_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """What a row is known by: its source, and its reference there."""
    return row["source"].strip(), row["reference"].strip()


def household_of(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """What the row's household is known by, or None: a household of its own."""
    reference = (row.get("household_reference") or "").strip()
    return (row["source"].strip(), reference) if reference else None


def digest_of(row: Mapping[str, Any]) -> bytes:
    """Tells whether a row is the one that came before; empty values and spaces about values don't count."""
    kept = sorted((name, kept) for name, value in row.items() if value and (kept := value.strip()))
    # The lengths keep two rows apart whose values run into each other.
    told = "".join(f"{name}={len(value)}:{value}" for name, value in kept)
    return hashlib.sha256(told.encode(errors="surrogatepass")).digest()


def refusal_of(error: Invalid) -> tuple[str, str, str]:
    """Column, rule and words of a refused row, without its values."""
    said = [(_column(each.pointer, each.rule), each.rule) for each in error.errors]
    return *said[0], "; ".join(f"{column}: {rule}" for column, rule in said)


def _column(pointer: str, rule: str) -> str:
    """The file's column behind a field of a person."""
    if pointer.startswith("/names/"):
        return "/given"
    if pointer.startswith("/contacts/"):
        return "/phone" if rule.startswith("phone") else "/email"
    return f"/{pointer.rpartition('/')[2]}"
