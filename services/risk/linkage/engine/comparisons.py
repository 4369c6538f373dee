"""How alike two records are, comparison by comparison: each gives a level, 0 for "differ" and -1 for "cannot say".

The levels are all that training and scoring see of a pair. One implementation serves the batch, the one-record path and
the level-coded pairs that Splink trains on, so the three cannot disagree. Place is ONE comparison: an address, its
postcode and its UPRN say the same thing three times over, and counting them as three made Splink's probabilities
claim 0.95 where 0.69 was true.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from services.risk.linkage.engine import standardise
from services.risk.linkage.engine.records import NUMBERS, Column, Ints, Records

Level = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]


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
         "given and family name are swapped", "same given name"),
        ("", "", "", "", "", "", "", "given"),
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
        ("birth dates differ", "birth years agree", "two parts of the birth date agree",
         "birth years agree, the rest is not known of one", "birth dates differ by a slip", "same birth date"),
    ),
    Comparison("sex", ("sexes differ", "same sex")),
    Comparison(
        "place",
        ("places differ", "same postcode district", "same street", "same postcode", "same street and part of the number",
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
NAMES = tuple(each.name for each in COMPARISONS)


def compare(records: Records, i: Ints, j: Ints) -> dict[str, Level]:
    """The level of each comparison for each pair of records (i[k], j[k])."""
    given, swapped = _given(records, i, j)
    family = _family(records, i, j)
    family[swapped] = -1  # counted with the given names
    levels = {
        "given": given,
        "family": family,
        "middle": _middle(records, i, j),
        "born": _born(records, i, j),
        "sex": _equal(records["sex"], i, j).astype(np.int8),
        "place": _place(records, i, j),
        "form": _form(records, i, j),
    }
    levels["sex"][_either_unknown(records["sex"], i, j)] = -1
    for name in NUMBERS:
        levels[name] = _number(records[name], i, j)
    return {name: levels[name] for name in NAMES}


def _equal(column: Column, i: Ints, j: Ints) -> Mask:
    left = column.codes[i]
    return np.asarray((left == column.codes[j]) & (left >= 0))


def _either_unknown(column: Column, i: Ints, j: Ints) -> Mask:
    return np.asarray((column.codes[i] < 0) | (column.codes[j] < 0))


def _cross_equal(one: Column, i: Ints, other: Column, j: Ints) -> Mask:
    """Equal values of two columns that share one list of values."""
    left = one.codes[i]
    return np.asarray((left == other.codes[j]) & (left >= 0))


def _name_levels(one: Column, i: Ints, other: Column, j: Ints) -> Level:
    """-1 not known, 0 differ, 1 initial, 2 a little alike, 3 sound alike, 4 a slip, 7 same. (5 and 6 are the caller's.)"""
    left, right = one.codes[i], other.codes[j]
    levels = np.zeros(len(i), np.int8)
    unknown = (left < 0) | (right < 0)
    levels[left == right] = 7
    levels[unknown] = -1
    open_ = np.flatnonzero((left != right) & ~unknown)
    if not len(open_):
        return levels
    a, b = one.values[left[open_]].tolist(), other.values[right[open_]].tolist()
    alike = np.asarray(cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float32, workers=1))
    found = np.zeros(len(open_), np.int8)
    found[alike >= 0.80] = 2
    near = np.flatnonzero(alike >= 0.60)
    if len(near):
        near_a, near_b = [a[k] for k in near], [b[k] for k in near]
        shorter = np.fromiter((min(len(x), len(y)) for x, y in zip(near_a, near_b, strict=True)), np.int64, len(near))
        edits = np.asarray(cpdist(near_a, near_b, scorer=OSA.distance, score_cutoff=3, dtype=np.int32, workers=1))
        sounds = standardise.sound
        same_sound = np.fromiter(
            (sounds(x) == sounds(y) for x, y in zip(near_a, near_b, strict=True)), np.bool_, len(near)
        )
        grade = found[near]
        grade[same_sound & (shorter >= 3)] = 3
        grade[((edits <= 1) & (shorter >= 3)) | ((edits <= 2) & (shorter >= 7)) | (alike[near] >= 0.94)] = 4
        grade[(shorter == 1)] = np.fromiter(
            (x[0] == y[0] for x, y in zip(near_a, near_b, strict=True)), np.bool_, len(near)
        )[shorter == 1].astype(np.int8)
        found[near] = grade
    levels[open_] = found
    return levels


def _given(records: Records, i: Ints, j: Ints) -> tuple[Level, Mask]:
    """The levels of the given names (also what someone is known as), and where given and family name are swapped."""
    given, family, known = records["given"], records["family"], records["known_as"]
    levels = _name_levels(given, i, given, j)
    for one, other in ((known, given), (given, known), (known, known)):
        if one.known.any() and other.known.any():
            levels = np.maximum(levels, _name_levels(one, i, other, j))
    weak = np.flatnonzero((levels >= 0) & (levels < 4))
    if len(weak):
        left, right = given.codes[i[weak]], given.codes[j[weak]]
        levels[weak[_share_form(given, left, right)]] = 5
    # A middle name that is used as the given name, or the other way round.
    middle = records["middle"]
    if middle.known.any():
        used = _cross_equal(given, i, middle, j) | _cross_equal(middle, i, given, j)
        long = np.append(np.fromiter((len(v) > 2 for v in given.values), np.bool_, len(given.values)), False)
        levels[used & (levels >= 0) & (levels < 4) & (long[given.codes[i]] | long[given.codes[j]])] = 5
    weak = np.flatnonzero(levels < 4)
    swapped = np.zeros(len(i), np.bool_)
    if len(weak):
        cross = _name_levels(given, i[weak], family, j[weak])
        back = _name_levels(family, i[weak], given, j[weak])
        alone = ((cross >= 4) & (records["family"].codes[i[weak]] < 0)) | ((back >= 4) & (family.codes[j[weak]] < 0))
        straight = _name_levels(family, i[weak], family, j[weak])
        found = (((cross >= 4) & (back >= 4)) | alone) & (straight < 4)
        swapped[weak] = found
        levels[weak[found]] = 6
    return levels, swapped


def _share_form(column: Column, left: Ints, right: Ints) -> Mask:
    """Whether two given names belong to one family of names."""
    has = np.fromiter((bool(standardise.forms_of(value)) for value in column.values), np.bool_, len(column.values))
    found = np.zeros(len(left), np.bool_)
    both = np.flatnonzero(has[left] & has[right])
    forms = {code: standardise.forms_of(column.values[code]) for code in {*left[both].tolist(), *right[both].tolist()}}
    found[both] = np.fromiter(
        (not forms[x].isdisjoint(forms[y]) for x, y in zip(left[both].tolist(), right[both].tolist(), strict=True)),
        np.bool_,
        len(both),
    )
    return found


def _family(records: Records, i: Ints, j: Ints) -> Level:
    family, former = records["family"], records["former_family"]
    levels = _name_levels(family, i, family, j)
    levels[levels == 7] = 6
    if former.known.any():
        levels[(_cross_equal(family, i, former, j) | _cross_equal(former, i, family, j)) & (levels < 4)] = 5
    first, last = records["family_first"], records["family_last"]
    part = np.zeros(len(i), np.bool_)
    for one in (first, last):
        part |= _cross_equal(one, i, family, j) | _cross_equal(family, i, one, j)
        for other in (first, last):
            part |= _cross_equal(one, i, other, j)
    levels[part & (levels >= 0) & (levels < 4)] = 5
    return levels


def _middle(records: Records, i: Ints, j: Ints) -> Level:
    middle = records["middle"]
    levels = np.full(len(i), -1, np.int8)
    known = np.flatnonzero(~_either_unknown(middle, i, j))
    if len(known):
        initial = middle.mapped(lambda name: name[:1])
        levels[known] = _equal(initial, i[known], j[known])
        long = np.fromiter((len(value) > 1 for value in middle.values), np.bool_, len(middle.values))
        left, right = middle.codes[i[known]], middle.codes[j[known]]
        levels[known[(left == right) & long[left]]] = 2
    return levels


def _born(records: Records, i: Ints, j: Ints) -> Level:
    levels = np.full(len(i), -1, np.int8)
    known = np.flatnonzero(~_either_unknown(records["born"], i, j))
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
        turned |= (wrong == 2) & (a[:, place] == b[:, place + 1]) & (a[:, place + 1] == b[:, place]) & ~same[:, place]
    found = np.zeros(len(known), np.int8)
    found[year] = 1
    two = (year & month) | (year & day) | (month & day)
    found[two & ~partial] = 2
    found[partial & year] = 3
    found[((wrong == 1) | crossed | turned) & ~partial] = 4
    found[year & month & day & ~partial] = 5
    levels[known] = found
    return levels


def _place(records: Records, i: Ints, j: Ints) -> Level:
    postcode, street, numbers, uprn = (records[name] for name in ("postcode", "street", "numbers", "uprn"))
    levels = np.zeros(len(i), np.int8)
    no_address = _either_unknown(street, i, j)
    no_postcode = _either_unknown(postcode, i, j)
    levels[no_address & no_postcode] = -1
    levels[_equal(records["district"], i, j)] = 1
    same_postcode = _equal(postcode, i, j)
    slip = _slips(postcode, i, j, np.flatnonzero(~no_postcode & ~same_postcode & ~no_address))
    same_street = _equal(street, i, j)
    close_street = same_street | _equal(records["street_sound"], i, j)
    ask = np.flatnonzero(~no_address & ~close_street & (same_postcode | no_postcode | slip | _equal(numbers, i, j)))
    if len(ask):
        a, b = street.text(i[ask]), street.text(j[ask])
        close_street[ask] = np.asarray(cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float32)) >= 0.88
    same_number = _equal(numbers, i, j)
    no_number = _either_unknown(numbers, i, j)
    close_number = _close_numbers(numbers, i, j, np.flatnonzero(close_street & ~same_number & ~no_number))
    levels[close_street] = 2
    levels[same_postcode] = 3
    levels[close_street & (close_number | no_number)] = 4
    levels[close_street & (close_number | no_number) & (same_postcode | slip)] = 5
    levels[same_number & close_street] = 6
    levels[same_number & same_postcode & ~close_street & ~no_address] = 5
    levels[same_number & close_street & (same_postcode | slip)] = 7
    levels[_equal(uprn, i, j)] = 7
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
    known = np.flatnonzero(~_either_unknown(column, i, j))
    if len(known):
        slip = _slips(column, i, j, known)[known]
        levels[known] = np.where(_equal(column, i[known], j[known]), 2, slip)
    return levels


def _form(records: Records, i: Ints, j: Ints) -> Level:
    """1 where one source's one form (a claim, an account) names both, each in its own place; -1 elsewhere."""
    shared = records["household_reference"]
    levels = np.full(len(i), -1, np.int8)
    if shared.known.any():
        levels[_equal(shared, i, j) & _equal(records["source"], i, j) & ~_equal(records["reference"], i, j)] = 1
    return levels
