"""Which pairs of records are worth comparing: those that share a key.

A key is a 63-bit number of one rule and the values it looks at. The same keys serve the batch (pairs inside a group of
records with one key) and the one-record path (an index from key to record: `blocking_keys`). No rule needs all of a
record: somebody without a birth date, without an address or with a misspelt name still has several keys.
"""

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from services.risk.linkage.engine import standardise
from services.risk.linkage.engine.records import Column, Ints, Records

Keys = npt.NDArray[np.uint64]
Rules = tuple[tuple[str, ...], ...]

RULES: Rules = (
    ("nino",), ("nhs_number",), ("upn",), ("phone",), ("email",),
    ("uprn", "given_first"), ("uprn", "family_sound"), ("home", "given_first"), ("home", "family_sound"),
    ("postcode", "given_sound"), ("postcode", "family_sound"), ("postcode", "born_year"), ("home", "born_year"),
    ("born", "given_first"), ("born", "family_first"), ("born", "postcode"),
    ("names", "district"), ("names", "born_year"), ("names", "street_sound"), ("given", "family"), ("names", "numbers"), ("names", "middle_first"),
    ("forms", "family", "born_year"), ("forms", "family", "district"), ("forms", "family"),
    ("given_sound", "born_year_month"), ("family_sound", "born_year_month"),
    ("given_sound", "born_month_day"), ("family_sound", "born_month_day"), ("names", "born_day"),
    ("former_sound", "given", "born_year"), ("family_start", "given_sound", "born_year"),
    ("given_sound", "street_sound"), ("family_sound", "street_sound", "born_year"), ("home",), ("names",),
)  # fmt: skip
"""Each rule: the features that two records must share. Order is part of a key: add at the end, never reorder."""

LARGEST_GROUP = 60
"""A key that more records share than this says too little; a narrower rule finds the same people."""

_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_GOLDEN = 0x9E3779B97F4A7C15
_POSITIVE = np.uint64((1 << 63) - 1)


def key_matrix(records: Records, rules: Rules = RULES) -> Keys:
    """A row for each record, a column for each rule; 0 where a record lacks what the rule looks at."""
    features = _features(records)
    matrix = np.zeros((len(records), len(rules)), np.uint64)
    for number, rule in enumerate(rules):
        key = np.full(len(records), _GOLDEN * (number + 1) % (1 << 64), np.uint64)
        known = np.ones(len(records), np.bool_)
        for feature in rule:
            values = features[feature]
            known &= values != 0
            key = _mixed(key ^ values)
        matrix[:, number] = np.where(known, (key & _POSITIVE) | np.uint64(1), 0)
    return matrix


def pairs(records: Records, rules: Rules = RULES, largest: int = LARGEST_GROUP) -> tuple[Ints, Ints]:
    """Every pair (i < j) of records that shares a key whose group is not too large, in order."""
    matrix = key_matrix(records, rules)
    count = len(records)
    found: list[Ints] = []
    for number in range(len(rules)):
        rows = np.flatnonzero(matrix[:, number])
        found.append(_within_groups(rows, matrix[rows, number], count, largest))
        if sum(map(len, found)) > 20_000_000:
            found = [np.unique(np.concatenate(found))]
    codes = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return codes // count, codes % count


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
            found.append(np.minimum(i, j) * count + np.maximum(i, j))
    return np.concatenate(found)


def _mixed(key: Keys) -> Keys:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output."""
    key = key ^ (key >> np.uint64(30))
    key = key * _MIX[0]
    key = key ^ (key >> np.uint64(27))
    key = key * _MIX[1]
    return key ^ (key >> np.uint64(31))


def _features(records: Records) -> Mapping[str, Keys]:
    given_sound = records["given"].mapped(standardise.sound)
    family_sound = records["family"].mapped(standardise.sound)
    born = records["born"]
    features = {name: _hashed(records[name]) for name in ("nino", "nhs_number", "upn", "phone", "email", "uprn")}
    features |= {
        name: _hashed(records[name])
        for name in ("given", "family", "postcode", "home", "numbers", "district", "street_sound")
    }
    features["given_sound"] = first = _hashed(given_sound)
    features["family_sound"] = last = _hashed(family_sound)
    # The same whichever way round a form was filled in; someone of one name has it alone.
    both = np.minimum(first, last) ^ _mixed(np.maximum(first, last))
    features["names"] = np.where((first != 0) & (last != 0), both, 0).astype(np.uint64)
    features["given_first"] = _hashed(records["given"].mapped(lambda name: standardise.sound(name)[:1]))
    features["family_first"] = _hashed(records["family"].mapped(lambda name: standardise.sound(name)[:1]))
    features["family_start"] = _hashed(records["family"].mapped(lambda name: name[:3] if len(name) > 3 else ""))
    features["middle_first"] = _hashed(records["middle"].mapped(lambda name: name[:1]))
    features["former_sound"] = _hashed(records["former_family"].mapped(standardise.sound))
    features["forms"] = _hashed(records["given"].mapped(_form))
    features["born"] = _hashed(born.mapped(lambda digits: digits if digits[6:] != "00" else ""))
    features["born_year"] = _hashed(born.mapped(lambda digits: digits[:4]))
    features["born_year_month"] = _hashed(born.mapped(lambda digits: digits[:6] if digits[4:6] != "00" else ""))
    features["born_month_day"] = _hashed(born.mapped(lambda digits: digits[4:] if digits[6:] != "00" else ""))
    features["born_day"] = _hashed(born.mapped(lambda digits: digits[6:] if digits[6:] != "00" else ""))
    return features


def _form(given: str) -> str:
    forms = standardise.forms_of(given)
    return str(min(forms)) if forms else standardise.sound(given)


def _hashed(column: Column) -> Keys:
    """The same number for the same value in every process and year; 0 for none."""
    hashes = np.fromiter(
        (int.from_bytes(blake2b(value.encode(), digest_size=8).digest(), "little") for value in column.values),
        np.uint64,
        len(column.values),
    )
    return np.append(hashes, np.uint64(0))[column.codes]
