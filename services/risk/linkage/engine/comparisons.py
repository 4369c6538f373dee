"""How alike two records are, comparison by comparison: each gives a level, 0 for "differ" and -1 for "cannot say".

The levels are all that training and scoring see of a pair. One implementation serves the batch, the one-record path and
the level-coded pairs that Splink trains on, so the three cannot disagree. Place is ONE comparison: an address, its
postcode and its UPRN say the same thing three times over, and counting them as three made Splink's probabilities
claim 0.95 where 0.69 was true.
"""

from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from services.risk.linkage.engine.names import Level, Mask, either_unknown, equal, name_levels
from services.risk.linkage.engine.records import NUMBERS, Column, Ints, Records


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison, and what each of its levels means in words (from 0 upwards)."""

    name: str
    words: tuple[str, ...]
    frequency: tuple[str, ...] = ()
    """The column, for each level, whose value's rarity counts; "" for none."""


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "given",
        ("given names differ", "one is the initial of the other", "given names are a little alike",
         "given names sound alike", "given names differ by a slip", "given names are forms of one name",
         "one's given name is the other's family name", "given and family name are swapped", "same given name"),
        ("", "", "", "", "", "", "", "", "given"),
    ),
    Comparison(
        "family",
        ("family names differ", "one is the initial of the other", "family names are a little alike",
         "family names sound alike", "family names differ by a slip", "one word of a double name is the same",
         "same family name"),
        ("", "", "", "", "", "", "family"),
    ),
    Comparison("middle", ("middle names differ", "middle initials agree", "same middle name")),
    Comparison(
        "born",
        ("birth dates are a generation apart", "birth dates differ", "birth years agree",
         "two parts of the birth date agree",
         "birth years agree, the rest is not known of one", "birth dates differ by a slip", "same birth date"),
    ),
    Comparison("sex", ("sexes differ", "same sex")),
    Comparison(
        "place",
        ("places differ", "postcodes are nearly alike", "same street", "same postcode",
         "same street and part of the number",
         "nearly the same address", "same address, postcode differs or is not known", "same home"),
        ("", "", "street", "postcode", "street", "home", "home", "home"),
    ),
    *(
        Comparison(number, (f"{words} differ", f"{words} differ by a slip", f"same {words}"))
        for number, words in zip(
            NUMBERS,
            ("National Insurance numbers", "NHS numbers", "pupil numbers", "telephone numbers", "email addresses"),
            strict=True,
        )
    ),
    Comparison("form", ("", "two people on one form")),
)  # fmt: skip
NEARLY_HOME = 5
"""From this level of place up two records give one home, or what may be one."""
GENERATION = 12
"""Years between two birth dates from which they are parent and child rather than a mistake."""
_YEAR = np.asarray([1000, 100, 10, 1])
NAMES = tuple(each.name for each in COMPARISONS)


def compare(records: Records, i: Ints, j: Ints) -> dict[str, Level]:
    """The level of each comparison for each pair of records (i[k], j[k])."""
    given, family = name_levels(records, i, j)
    levels = {
        "given": given,
        "family": family,
        "middle": _middle(records, i, j),
        "born": _born(records, i, j),
        "sex": equal(records["sex"], i, j).astype(np.int8),
        "place": _place(records, i, j),
        "form": _form(records, i, j),
    }
    levels["sex"][either_unknown(records["sex"], i, j)] = -1
    for name in NUMBERS:
        levels[name] = _number(records[name], i, j)
    return {name: levels[name] for name in NAMES}


def _middle(records: Records, i: Ints, j: Ints) -> Level:
    middle = records["middle"]
    levels = np.full(len(i), -1, np.int8)
    known = np.flatnonzero(~either_unknown(middle, i, j))
    if len(known):
        initial = middle.mapped(lambda name: name[:1])
        levels[known] = equal(initial, i[known], j[known])
        long = np.fromiter((len(value) > 1 for value in middle.values), np.bool_, len(middle.values))
        left, right = middle.codes[i[known]], middle.codes[j[known]]
        levels[known[(left == right) & long[left]]] = 2
    return levels


def _born(records: Records, i: Ints, j: Ints) -> Level:
    levels = np.full(len(i), -1, np.int8)
    known = np.flatnonzero(~either_unknown(records["born"], i, j))
    if not len(known):
        return levels
    a, b = records.digits[i[known]], records.digits[j[known]]
    same = a == b
    year, month, day = same[:, :4].all(1), same[:, 4:6].all(1), same[:, 6:].all(1)
    partial = ((a[:, 6:] == 0).all(1)) | ((b[:, 6:] == 0).all(1))
    wrong = 8 - same.sum(1)
    crossed = year & (a[:, 4:6] == b[:, 6:]).all(1) & (a[:, 6:] == b[:, 4:6]).all(1)
    turned = np.zeros(len(known), np.bool_)
    for place in range(7):
        crosswise = (a[:, place] == b[:, place + 1]) & (a[:, place + 1] == b[:, place])
        turned |= (wrong == 2) & crosswise & ~same[:, place]
    years = a[:, :4].astype(np.int64) @ _YEAR - b[:, :4].astype(np.int64) @ _YEAR
    found = np.where(np.abs(years) >= GENERATION, 0, 1).astype(np.int8)
    found[year] = 2
    found[((year & month) | (year & day) | (month & day)) & ~partial] = 3
    found[partial & year] = 4
    found[((wrong == 1) | crossed | turned) & ~partial] = 5
    found[year & month & day & ~partial] = 6
    levels[known] = found
    return levels


def _place(records: Records, i: Ints, j: Ints) -> Level:
    postcode, street, numbers, uprn = (records[name] for name in ("postcode", "street", "numbers", "uprn"))
    levels = np.zeros(len(i), np.int8)
    no_address = either_unknown(street, i, j)
    no_postcode = either_unknown(postcode, i, j)
    levels[no_address & no_postcode] = -1
    same_postcode = equal(postcode, i, j)
    slip = _slips(postcode, i, j, np.flatnonzero(~no_postcode & ~same_postcode))
    levels[equal(records["district"], i, j) | slip] = 1
    same_street = equal(street, i, j)
    close_street = same_street | equal(records["street_sound"], i, j)
    ask = np.flatnonzero(~no_address & ~close_street & (same_postcode | no_postcode | slip | equal(numbers, i, j)))
    if len(ask):
        a, b = street.text(i[ask]), street.text(j[ask])
        close_street[ask] = np.asarray(cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float32)) >= 0.88
    same_number = equal(numbers, i, j)
    no_number = either_unknown(numbers, i, j)
    close_number = _close_numbers(numbers, i, j, np.flatnonzero(close_street & ~same_number & ~no_number))
    levels[close_street] = 2
    levels[same_postcode | (slip & same_number)] = 3
    levels[close_street & (close_number | no_number)] = 4
    levels[close_street & (close_number | no_number) & (same_postcode | slip)] = 5
    levels[same_number & close_street] = 6
    levels[same_number & same_postcode & ~close_street & ~no_address] = 5
    levels[same_number & close_street & (same_postcode | slip)] = 7
    levels[equal(uprn, i, j)] = 7
    return levels


def _slips(column: Column, i: Ints, j: Ints, ask: Ints) -> Mask:
    """Where two values differ by one slip, among the pairs asked about."""
    found = np.zeros(len(i), np.bool_)
    if len(ask):
        a, b = column.text(i[ask]), column.text(j[ask])
        found[ask] = np.asarray(cpdist(a, b, scorer=OSA.distance, score_cutoff=1, dtype=np.int32)) <= 1
    return found


def _close_numbers(numbers: Column, i: Ints, j: Ints, ask: Ints) -> Mask:
    """Where one address has a part of the other's numbers (a flat left out), or their numbers differ by a slip."""
    found = np.zeros(len(i), np.bool_)
    if len(ask):
        a, b = numbers.text(i[ask]), numbers.text(j[ask])
        edits = np.asarray(cpdist(a, b, scorer=OSA.distance, score_cutoff=1, dtype=np.int32)) <= 1
        parts = np.fromiter((bool({*x.split()} & {*y.split()}) for x, y in zip(a, b, strict=True)), np.bool_, len(ask))
        long = np.fromiter((len(x) > 1 and len(y) > 1 for x, y in zip(a, b, strict=True)), np.bool_, len(ask))
        found[ask] = (edits & long) | parts
    return found


def _number(column: Column, i: Ints, j: Ints) -> Level:
    levels = np.full(len(i), -1, np.int8)
    known = np.flatnonzero(~either_unknown(column, i, j))
    if len(known):
        slip = _slips(column, i, j, known)[known]
        levels[known] = np.where(equal(column, i[known], j[known]), 2, slip)
    return levels


def _form(records: Records, i: Ints, j: Ints) -> Level:
    """1 where one source's one form (a claim, an account) names both, each in its own place; -1 elsewhere."""
    shared = records["household_reference"]
    levels = np.full(len(i), -1, np.int8)
    if shared.known.any():
        levels[equal(shared, i, j) & equal(records["source"], i, j) & ~equal(records["reference"], i, j)] = 1
    return levels
