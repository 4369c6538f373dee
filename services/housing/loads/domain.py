"""How a file splits into rows, and how a broken rule is told. Pure."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from kit.errors import FieldError, Invalid

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of one file: some 400,000 homes."""
MOST_ROWS: Final = 200_000
_LONGEST_VALUE: Final = 10_000


class LoadKind(StrEnum):
    """What is loaded."""

    HOMES = "homes"
    APPLICATIONS = "applications"


class NotAFile(Invalid):
    """The file as a whole can't be read; nothing of it was stored."""

    slug = "not-readable"
    title = "We cannot read this file"


@dataclass(frozen=True, slots=True)
class Line:
    """A row and where it stands in the file."""

    number: int
    row: Mapping[str, Any]


@dataclass(slots=True)
class Taken:
    """What became of some rows: counts, the refusals by line, and whom they are about."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refusals: dict[int, list[FieldError]] = field(default_factory=dict)
    people: set[UUID] = field(default_factory=set)

    def refuse(self, line: int, *errors: FieldError) -> None:
        self.refusals.setdefault(line, []).extend(errors)


def rows_of_csv(raw: bytes, known: Sequence[str], required: Sequence[str]) -> list[Line]:
    """The rows of a CSV with a header (RFC 4180), empty values left out. `NotAFile` for other columns than `known`."""
    text = _text(raw)
    reader = csv.reader((f"{line}\n" for line in text.split("\n")), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_columns(header, known, required)
        return list(_numbered(reader, header))
    except csv.Error:
        raise NotAFile(f"Line {reader.line_num} is not CSV: a quote stands where none may") from None


def _numbered(reader: Any, header: list[str]) -> Iterator[Line]:
    count = 0
    begins = reader.line_num + 1
    for values in reader:
        if values:
            count += 1
            if count > MOST_ROWS:
                raise NotAFile(f"More than {MOST_ROWS:,} rows: send it in parts")
            if len(values) != len(header):
                raise NotAFile(f"Line {begins} has {len(values)} values for {len(header)} columns")
            told = {name: kept for name, value in zip(header, values, strict=True) if (kept := value.strip())}
            yield Line(begins, {name: value[:_LONGEST_VALUE] for name, value in told.items()})
        begins = reader.line_num + 1


def rows_of_json(raw: bytes) -> list[Line]:
    """The rows of newline-delimited JSON: one object a line."""
    found: list[Line] = []
    for number, line in enumerate(_text(raw).split("\n"), 1):
        if not line.strip():
            continue
        if len(found) == MOST_ROWS:
            raise NotAFile(f"More than {MOST_ROWS:,} rows: send it in parts")
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise NotAFile(f"Line {number} is not JSON") from None
        if not isinstance(row, dict):
            raise NotAFile(f"Line {number} is not a JSON object")
        found.append(Line(number, row))
    return found


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAFile("The file is not UTF-8 text") from None
    if "\0" in text:
        raise NotAFile("The file holds a zero byte: it is not text")
    return text


def _check_columns(header: list[str], known: Sequence[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in header]
    unknown = [name[:64] for name in header if name not in known]
    said = [f"missing: {', '.join(missing)}"] if missing else []
    said += [f"unknown: {', '.join(unknown[:20])}"] if unknown else []
    said += ["a column stands twice"] if len(set(header)) != len(header) else []
    if said:
        raise NotAFile("; ".join(said))


def errors_of(error: ValidationError) -> list[FieldError]:
    """What a model refused, as fields and rules; never the values."""
    return [
        FieldError("".join(f"/{part}" for part in each["loc"]) or "/", each["msg"], each["type"])
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:20]
    ]
