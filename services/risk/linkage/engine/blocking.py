"""Which pairs of records are worth comparing: those that share a key.

A key is a 63-bit number of one rule and the values it looks at. The same keys serve the batch (pairs inside a group of
records with one key) and the one-record path (an index from key to record: `blocking_keys`). No rule needs all of a
record: somebody without a birth date, without an address or with a misspelt name still has several keys.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import product

import numpy as np
import numpy.typing as npt

from services.risk.linkage.engine import beside, standardise
from services.risk.linkage.engine.records import Column, Ints, Records

Keys = npt.NDArray[np.uint64]
Rules = tuple[tuple[str, ...], ...]

RULES: Rules = (
    ("nino",), ("nhs_number",), ("upn",), ("phone",), ("email",),
    ("uprn", "given_first"), ("uprn", "family_sound"), ("home", "given_first"), ("home", "family_sound"),
    ("postcode", "given_sound|family_sound"), ("postcode", "born_year"), ("home", "born_year"),
    ("born", "given_first"), ("born", "family_first"), ("born", "postcode"),
    ("names", "district"), ("names", "born_year"), ("names", "street_sound"), ("given", "family"),
    ("names", "numbers"), ("names", "middle_first"),
    ("forms", "family", "born_year"), ("forms", "family", "district"), ("forms", "family"),
    ("given_sound|family_sound", "born_year_month"), ("given_sound|family_sound", "born_month_day"),
    ("names", "born_day"), ("former_sound|family_sound", "given", "born_year"),
    ("family_start", "given_sound", "born_year"), ("given_start", "family_sound", "born_year"),
    ("given_sound|family_sound", "street_sound"), ("family_sound", "street_sound", "born_year"),
    ("street_start", "numbers", "given_first"), ("street_start", "numbers", "family_first"),
    ("family_start", "given_start", "district"),
    ("home",), ("names",), ("born",), ("numbers", "postcode"), ("postcode", "street_start"),
)  # fmt: skip
"""Each rule: the features that two records must share; `a|b` is met by a of one and b of the other too. Order is part
of a key: add at the end, never reorder."""

LARGEST_GROUP = 60
"""A key that more records share than this says too little; a narrower rule finds the same people."""
_BROAD = {("born",): 15, ("numbers", "postcode"): 25, ("postcode", "street_start"): 12, ("home",): 40}
"""Rules that stop working as records grow, and are there for small sets and rare values."""

_PENDING = 12_000_000
"""Pairs held before repeated ones are dropped: what bounds memory."""

_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_GOLDEN = 0x9E3779B97F4A7C15
_POSITIVE = np.uint64((1 << 63) - 1)
_ALL = (1 << 64) - 1


def key_matrix(records: Records, rules: Rules = RULES) -> tuple[Keys, list[int]]:
    """A row for each record and a column for each way to meet a rule, 0 where a record lacks what it looks at; and the
    number of each column's rule."""
    features = _features(records, {way for rule in rules for feature in rule for way in feature.split("|")})
    columns: list[Keys] = []
    owners: list[int] = []
    for number, rule in enumerate(rules):
        for way in product(*(feature.split("|") for feature in rule)):
            key = np.full(len(records), _GOLDEN * (number + 1) % (1 << 64), np.uint64)
            known = np.ones(len(records), np.bool_)
            for feature in way:
                known &= features[feature] != 0
                key = _mixed(key ^ features[feature])
            columns.append(np.where(known, (key & _POSITIVE) | np.uint64(1), 0).astype(np.uint64))
            owners.append(number)
    return np.stack(columns, axis=1), owners


def keys_of_one(records: Records, rules: Rules = RULES) -> set[int]:
    """The keys of a single record, as `key_matrix` has them: in Python's own numbers, many times quicker for so few."""
    held: dict[str, int] = {}

    def feature(name: str) -> int:
        if name not in held:
            held[name] = _names_of_one(feature) if name == "names" else _of_one(records, name)
        return held[name]

    found: set[int] = set()
    for number, way in _ways(rules):
        key = _GOLDEN * (number + 1) % (1 << 64)
        for name in way:
            value = feature(name)
            if not value:
                break
            key = _mixed_one(key ^ value)
        else:
            found.add((key & int(_POSITIVE)) | 1)
    return found


@lru_cache(maxsize=4)
def _ways(rules: Rules) -> tuple[tuple[int, tuple[str, ...]], ...]:
    return tuple(
        (number, way) for number, rule in enumerate(rules) for way in product(*(feature.split("|") for feature in rule))
    )


def _of_one(records: Records, name: str) -> int:
    column, rule = _DERIVED.get(name, (name, None))
    code = int(records[column].codes[0])
    value = records[column].values[code] if code >= 0 else ""
    value = rule(value) if value and rule is not None else value
    return _hash(value) if value else 0


def _names_of_one(feature: Callable[[str], int]) -> int:
    one, other = feature("given_sound"), feature("family_sound")
    return min(one, other) ^ _mixed_one(max(one, other)) if one and other else 0


def _mixed_one(key: int) -> int:
    key ^= key >> 30
    key = key * 0xBF58476D1CE4E5B9 & _ALL
    key ^= key >> 27
    key = key * 0x94D049BB133111EB & _ALL
    return key ^ (key >> 31)


def pairs(records: Records, rules: Rules = RULES) -> tuple[Ints, Ints]:
    """Every pair (i < j) of records that shares a key whose group is not too large, in order."""
    matrix, owners = key_matrix(records, rules)
    count = len(records)
    found: list[Ints] = []

    def shared(number: int) -> Ints:
        keys = matrix[:, [column for column, owner in enumerate(owners) if owner == number]]
        rows, columns = np.nonzero(keys)
        return _within_groups(rows, keys[rows, columns], count, _BROAD.get(rules[number], LARGEST_GROUP))

    for codes in beside.each(shared, range(len(rules))):
        found.append(codes)
        if sum(map(len, found)) > _PENDING:
            found = [_distinct(found)]
    codes = _distinct(found)
    return codes // count, codes % count


def _distinct(found: list[Ints]) -> Ints:
    codes = np.concatenate(found) if found else np.empty(0, np.int64)
    codes.sort()
    return codes[np.append(True, codes[1:] != codes[:-1])] if len(codes) else codes


def _within_groups(rows: Ints, keys: Keys, count: int, largest: int) -> Ints:
    """Pairs inside runs of equal keys, each as `i * count + j`."""
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.empty(0, np.int64)
    sizes = np.diff(np.append(starts, len(keys)))
    found: list[Ints] = [np.empty(0, np.int64)]
    for size in range(2, largest + 1):
        begins = starts[sizes == size]
        if len(begins):
            left, right = np.triu_indices(size, 1)
            i, j = rows[begins[:, None] + left].ravel(), rows[begins[:, None] + right].ravel()
            codes = np.minimum(i, j) * count + np.maximum(i, j)
            found.append(codes[i != j])
    return np.concatenate(found)


def _mixed(key: Keys) -> Keys:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output."""
    key = key ^ (key >> np.uint64(30))
    key = key * _MIX[0]
    key = key ^ (key >> np.uint64(27))
    key = key * _MIX[1]
    return key ^ (key >> np.uint64(31))


_HALF = "00"


def _features(records: Records, wanted: Collection[str]) -> Mapping[str, Keys]:
    """The wanted features of every record as numbers, 0 where it has none."""
    cached: dict[str, Keys] = {}

    def plain(name: str) -> Keys:
        if name not in cached:
            column, rule = _DERIVED.get(name, (name, None))
            cached[name] = _hashed(records[column] if rule is None else records[column].mapped(rule))
        return cached[name]

    if "names" in wanted:
        # The same whichever way round a form was filled in; someone of one name has it alone.
        one, other = plain("given_sound"), plain("family_sound")
        both = np.minimum(one, other) ^ _mixed(np.maximum(one, other))
        cached["names"] = np.where((one != 0) & (other != 0), both, 0).astype(np.uint64)
    return {name: plain(name) for name in wanted}


_DERIVED: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "given_sound": ("given", standardise.sound),
    "family_sound": ("family", standardise.sound),
    "former_sound": ("former_family", standardise.sound),
    "given_first": ("given", lambda name: standardise.sound(name)[:1]),
    "family_first": ("family", lambda name: standardise.sound(name)[:1]),
    "given_start": ("given", lambda name: name[:3] if len(name) > 3 else ""),
    "family_start": ("family", lambda name: name[:3] if len(name) > 3 else ""),
    "middle_first": ("middle", lambda name: name[:1]),
    "forms": ("given", lambda name: _form(name)),
    "street_start": ("street", lambda street: street.replace(" ", "")[:4]),
    "born": ("born", lambda digits: digits if digits[6:] != _HALF else ""),
    "born_year": ("born", lambda digits: digits[:4]),
    "born_year_month": ("born", lambda digits: digits[:6] if digits[4:6] != _HALF else ""),
    "born_month_day": ("born", lambda digits: digits[4:] if digits[6:] != _HALF else ""),
    "born_day": ("born", lambda digits: digits[6:] if digits[6:] != _HALF else ""),
}
"""Features that are made from a column, and how; the others are columns."""


def _form(given: str) -> str:
    forms = standardise.forms_of(given)
    return str(min(forms)) if forms else standardise.sound(given)


def _hashed(column: Column) -> Keys:
    """The same number for the same value in every process and year; 0 for none."""
    used = np.bincount(column.codes[column.known], minlength=len(column.values)) > 0
    hashes = np.fromiter(
        (_hash(value) if there else 0 for value, there in zip(column.values, used, strict=True)),
        np.uint64,
        len(column.values),
    )
    return np.append(hashes, np.uint64(0))[column.codes]


@lru_cache(maxsize=400_000)
def _hash(value: str) -> int:
    return int.from_bytes(blake2b(value.encode(), digest_size=8).digest(), "little")
