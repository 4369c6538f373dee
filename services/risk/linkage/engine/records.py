"""Identity records in columns, each value folded once and known by a number.

`Records.from_arrow` takes a whole source load, `Records.from_rows` the few rows of the one-record path. Both fold with
`standardise`, and all that follows looks at folded values alone: this is why the two paths give the same weights.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from services.risk.linkage.engine import standardise

Ints = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]

CANONICAL = (
    "record_id", "source", "reference", "household_reference", "title", "given", "middle", "family", "former_family",
    "known_as", "sex", "born", "born_partial", "nino", "nhs_number", "upn", "phone", "email", "uprn", "address",
    "postcode", "ethnicity", "seen_on", "valid_from", "valid_to",
)  # fmt: skip
"""The columns the engine understands. Ethnicity is never evidence that two records are one person: evaluation alone
reads it. A column that is not there says nothing."""

_UNREAD = frozenset(("record_id", "ethnicity", "seen_on", "valid_from", "valid_to"))
_COMPARED = tuple(name for name in CANONICAL if name not in _UNREAD)

NUMBERS = ("nino", "nhs_number", "upn", "phone", "email")
_NAMES = ("given", "middle", "known_as", "family", "former_family", "family_first", "family_last")
_PARTICLES = frozenset(
    "abd abdul abdel abdi abdur abu al el mary o mc mac de da di la le van von der dos st san".split()
)
MISSING = -1


@dataclass(frozen=True, slots=True)
class Column:
    """`codes[i]` is the place in `values` of record i's value, -1 where it has none."""

    codes: Ints
    values: Objects

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.codes >= 0)

    def mapped(self, rule: Callable[[str], str]) -> "Column":
        """The column of another property of the same values."""
        return _column(self.codes, [rule(value) for value in self.values])

    def text(self, rows: Ints) -> list[str]:
        """The values of some records; "" where one has none."""
        padded = np.append(self.values, "")
        found: list[str] = padded[self.codes[rows]].tolist()
        return found


@dataclass(frozen=True, slots=True)
class Records:
    """Everything comparing needs. Name columns share one list of values, so that names can be compared crosswise."""

    ids: Objects
    columns: Mapping[str, Column]
    digits: npt.NDArray[np.int16] = field(repr=False)
    """yyyymmdd of the birth date, a digit in a column; -1 throughout where none is known."""

    _properties: list[tuple[Ints, Ints, Ints]] = field(default_factory=list, repr=False)

    def name_properties(self) -> tuple[Ints, Ints, Ints]:
        """For each name in the list its length, and numbers that are equal where sounds, or first letters, are."""
        if not self._properties:
            values = self.columns["given"].values
            length = np.fromiter(map(len, values), np.int64, len(values))
            numbers: dict[str, int] = {}
            sounds = (numbers.setdefault(standardise.sound(value), len(numbers)) for value in values)
            first = np.fromiter((ord(value[0]) for value in values), np.int64, len(values))
            self._properties.append((length, np.fromiter(sounds, np.int64, len(values)), first))
        return self._properties[0]

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    @classmethod
    def from_arrow(cls, table: pa.Table) -> "Records":
        """The records of an Arrow table with canonical columns (others are not looked at)."""
        raw: dict[str, tuple[Ints, list[str]]] = {}
        for name in _COMPARED:
            if name in table.column_names:
                raw[name] = _encoded(table.column(name))
        ids = np.asarray(table.column("record_id").cast(pa.string()).to_pylist(), dtype=object)
        return _records(ids, raw)

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, Any]]) -> "Records":
        """The records of a few rows; keys that are no canonical column are not looked at."""
        raw: dict[str, tuple[Ints, list[str]]] = {}
        for name in _COMPARED:
            found = _numbered([row.get(name) for row in rows])
            if found[1]:
                raw[name] = found
        return _records(np.asarray([str(row["record_id"]) for row in rows], dtype=object), raw)


def _encoded(column: pa.ChunkedArray) -> tuple[Ints, list[str]]:
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.fill_null(MISSING).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, encoded.dictionary.to_pylist()


def _numbered(texts: Iterable[Any]) -> tuple[Ints, list[str]]:
    seen: dict[str, int] = {}
    codes = [MISSING if text is None else seen.setdefault(str(text), len(seen)) for text in texts]
    return np.array(codes, np.int64), list(seen)


def _column(codes: Ints, folded: Sequence[str]) -> Column:
    """A column whose values were folded: equal ones get one number, empty ones none."""
    seen: dict[str, int] = {}
    fresh = _renumbered(codes, folded, seen)
    return Column(fresh, np.array(list(seen), object))


def _renumbered(codes: Ints, folded: Sequence[str], seen: dict[str, int]) -> Ints:
    """The codes of folded values, numbered as they are seen."""
    translation = [seen.setdefault(value, len(seen)) if value else MISSING for value in folded]
    # A code of -1 finds the last one.
    translation.append(MISSING)
    return np.asarray(np.array(translation, np.int64)[codes])


def _records(ids: Objects, raw: Mapping[str, tuple[Ints, list[str]]]) -> Records:
    count = len(ids)
    nothing: tuple[Ints, list[str]] = (np.full(count, MISSING, np.int64), [])

    def column(name: str, rule: Callable[[str], str]) -> Column:
        codes, values = raw.get(name, nothing)
        return _column(codes, [rule(value) for value in values])

    columns = {name: column(name, str.strip) for name in ("source", "reference", "household_reference", "uprn")}
    columns |= _name_columns(raw, nothing)
    columns["sex"] = _filled(column("sex", standardise.sex), column("title", standardise.sex_of_title))
    born = _filled(column("born", standardise.birth_digits), column("born_partial", standardise.birth_digits))
    columns["born"] = born
    for name in ("nino", "nhs_number", "upn"):
        columns[name] = column(name, standardise.identifier)
    columns["phone"] = column("phone", standardise.phone)
    columns["email"] = column("email", standardise.email)
    columns["postcode"] = column("postcode", standardise.postcode)
    columns["district"] = columns["postcode"].mapped(standardise.district)
    columns |= _place_columns(raw.get("address", nothing), columns)
    digits = np.full((len(born.values) + 1, 8), MISSING, np.int16)
    for row, value in enumerate(born.values):
        digits[row] = [int(each) for each in value]
    return Records(ids, columns, digits[born.codes])


def _name_columns(raw: Mapping[str, tuple[Ints, list[str]]], nothing: tuple[Ints, list[str]]) -> dict[str, Column]:
    parts: dict[str, tuple[Ints, list[str]]] = {}
    codes, values = raw.get("given", nothing)
    split = [_given(standardise.name(value)) for value in values]
    parts["given"] = codes, [first for first, _ in split]
    second = codes, [rest for _, rest in split]
    codes, values = raw.get("known_as", nothing)
    parts["known_as"] = codes, [_given(standardise.name(value))[0] for value in values]
    codes, values = raw.get("middle", nothing)
    parts["middle"] = codes, [standardise.name(value).partition(" ")[0] for value in values]
    codes, values = raw.get("family", nothing)
    words = [standardise.name(value.replace("-", " ")) for value in values]
    parts["family"] = codes, [standardise.joined(value) for value in words]
    double = [_double(value) for value in words]
    parts["family_first"] = codes, [each[0] for each in double]
    parts["family_last"] = codes, [each[1] for each in double]
    codes, values = raw.get("former_family", nothing)
    parts["former_family"] = codes, [standardise.joined(standardise.name(value.replace("-", " "))) for value in values]

    vocabulary: dict[str, int] = {}
    numbers = {name: _renumbered(*parts[name], vocabulary) for name in _NAMES}
    used = _renumbered(*second, vocabulary)
    numbers["middle"] = np.where(numbers["middle"] >= 0, numbers["middle"], used)
    every = np.array(list(vocabulary), object)
    return {name: Column(codes, every) for name, codes in numbers.items()}


def _given(folded: str) -> tuple[str, str]:
    """The first given name and the first word after it; a particle belongs to the word it stands before."""
    words = folded.split()
    if len(words) > 1 and words[0] in _PARTICLES:
        words = [words[0] + words[1], *words[2:]]
    return (words[0] if words else "", words[1] if len(words) > 1 else "")


def _double(folded: str) -> tuple[str, str]:
    """The first and the last word of a name of several; nothing of a single one."""
    words = [word for word in folded.split() if len(word) > 2]
    return (words[0], words[-1]) if len(words) > 1 else ("", "")


def _filled(column: Column, other: Column) -> Column:
    """The column, its gaps filled from another."""
    if not bool(other.known.any()):
        return column
    values = [*column.values, *other.values]
    codes = np.where(column.known, column.codes, np.where(other.known, other.codes + len(column.values), MISSING))
    return _column(codes, values)


def _place_columns(address: tuple[Ints, list[str]], columns: Mapping[str, Column]) -> dict[str, Column]:
    codes, values = address
    parsed = [standardise.address(value) for value in values]
    numbers = _column(codes, [each[0] for each in parsed])
    street = _column(codes, [each[1] for each in parsed])
    sounds = street.mapped(standardise.sound)
    home = joint(numbers, sounds)
    return {"numbers": numbers, "street": street, "street_sound": sounds, "home": home}


def joint(one: Column, other: Column, either: bool = False) -> Column:
    """A column of two columns' values together, known where both are (or, if `either`, where one is)."""
    known = (one.known | other.known) if either else (one.known & other.known)
    width = len(other.values) + 1
    keys = np.where(known, (one.codes + 1) * width + other.codes + 1, MISSING)
    distinct, inverse = np.unique(keys, return_inverse=True)
    left, right = np.append(one.values, ""), np.append(other.values, "")
    folded = [
        "" if key == MISSING else f"{left[key // width - 1]}|{right[key % width - 1]}" for key in distinct.tolist()
    ]
    return _column(inverse.astype(np.int64), folded)
