"""How alike the names of two records are: given and family name are judged together, for people swap them."""

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from services.risk.linkage.engine import standardise
from services.risk.linkage.engine.records import Column, Ints, Records

Level = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]

DIFFER, INITIAL, ALIKE, SOUND, SLIP = range(5)
FORM, ONE_CROSSED, SWAPPED, SAME_GIVEN = range(5, 9)
PART, SAME_FAMILY = 5, 6
_SAME = 9
"""Before it is called by the name of its comparison."""


def name_levels(records: Records, i: Ints, j: Ints) -> tuple[Level, Level]:
    """The levels of the given names (and of what someone is known as) and of the family names.

    Where a name is found in the other's place, the given names' level says so and the family names' is -1: they were
    counted together.
    """
    given, family = _given(records, i, j), _family(records, i, j)
    one, other = records["given"], records["family"]
    weak = np.flatnonzero((given < SLIP) & (family < SLIP))
    if len(weak):
        x, y = i[weak], j[weak]
        across, back = _levels(records, one, x, other, y), _levels(records, other, x, one, y)
        alone = ((across >= SLIP) & (other.codes[x] < 0)) | ((back >= SLIP) & (other.codes[y] < 0))
        swapped = ((across >= SLIP) & (back >= SLIP)) | alone
        crossed = swapped | (across == _SAME) | (back == _SAME)
        given[weak[crossed]] = ONE_CROSSED
        given[weak[swapped]] = SWAPPED
        family[weak[crossed]] = -1
    return given, family


def equal(column: Column, i: Ints, j: Ints) -> Mask:
    """Where both have the same value."""
    left = column.codes[i]
    return np.asarray((left == column.codes[j]) & (left >= 0))


def either_unknown(column: Column, i: Ints, j: Ints) -> Mask:
    """Where one or both have none."""
    return np.asarray((column.codes[i] < 0) | (column.codes[j] < 0))


def _cross_equal(one: Column, i: Ints, other: Column, j: Ints) -> Mask:
    """Equal values of two columns that share one list of values."""
    left = one.codes[i]
    return np.asarray((left == other.codes[j]) & (left >= 0))


def _levels(records: Records, one: Column, i: Ints, other: Column, j: Ints) -> Level:
    """-1 where one is not known, else how alike the names are, from DIFFER to SLIP or _SAME."""
    left, right = one.codes[i], other.codes[j]
    levels = np.zeros(len(i), np.int8)
    unknown = (left < 0) | (right < 0)
    levels[left == right] = _SAME
    levels[unknown] = -1
    apart = np.flatnonzero((left != right) & ~unknown)
    if not len(apart):
        return levels
    left, right = left[apart], right[apart]
    alike = np.asarray(cpdist(one.values[left].tolist(), other.values[right].tolist(), scorer=JaroWinkler.similarity,
                              dtype=np.float32, workers=1))  # fmt: skip
    found = np.where(alike >= 0.80, ALIKE, DIFFER).astype(np.int8)
    near = np.flatnonzero(alike >= 0.60)
    if len(near):
        left, right = left[near], right[near]
        edits = np.asarray(cpdist(one.values[left].tolist(), other.values[right].tolist(), scorer=OSA.distance,
                                  score_cutoff=3, dtype=np.int32, workers=1))  # fmt: skip
        length, sound, first = records.name_properties()
        shorter = np.minimum(length[left], length[right])
        grade = found[near]
        grade[(sound[left] == sound[right]) & (shorter >= 3)] = SOUND
        grade[((edits <= 1) & (shorter >= 3)) | ((edits <= 2) & (shorter >= 7)) | (alike[near] >= 0.94)] = SLIP
        grade[shorter == 1] = np.where(first[left] == first[right], INITIAL, DIFFER)[shorter == 1]
        found[near] = grade
    levels[apart] = found
    return levels


def _given(records: Records, i: Ints, j: Ints) -> Level:
    given, known = records["given"], records["known_as"]
    levels = _levels(records, given, i, given, j)
    for one, other in ((known, given), (given, known), (known, known)):
        if one.known.any() and other.known.any():
            levels = np.maximum(levels, _levels(records, one, i, other, j))
    weak = np.flatnonzero((levels >= DIFFER) & (levels < SLIP))
    if len(weak):
        levels[weak[_share_form(given, given.codes[i[weak]], given.codes[j[weak]])]] = FORM
    middle = records["middle"]
    if middle.known.any():
        # A middle name that is used as the given name, or the other way round.
        used = _cross_equal(given, i, middle, j) | _cross_equal(middle, i, given, j)
        long = np.append(np.fromiter((len(value) > 2 for value in given.values), np.bool_, len(given.values)), False)
        long_pair = long[given.codes[i]] | long[given.codes[j]]
        levels[used & (levels >= DIFFER) & (levels < SLIP) & long_pair] = FORM
    levels[levels == _SAME] = SAME_GIVEN
    return levels


def _share_form(column: Column, left: Ints, right: Ints) -> Mask:
    """Whether two given names belong to one family of names."""
    has = np.fromiter((bool(standardise.forms_of(value)) for value in column.values), np.bool_, len(column.values))
    found = np.zeros(len(left), np.bool_)
    if not len(has):
        return found
    both = np.flatnonzero((left >= 0) & (right >= 0) & has[left] & has[right])
    forms = {code: standardise.forms_of(column.values[code]) for code in {*left[both].tolist(), *right[both].tolist()}}
    found[both] = np.fromiter(
        (not forms[x].isdisjoint(forms[y]) for x, y in zip(left[both].tolist(), right[both].tolist(), strict=True)),
        np.bool_,
        len(both),
    )
    return found


def _family(records: Records, i: Ints, j: Ints) -> Level:
    family, former = records["family"], records["former_family"]
    levels = _levels(records, family, i, family, j)
    levels[levels == _SAME] = SAME_FAMILY
    part = np.zeros(len(i), np.bool_)
    if former.known.any():
        part |= _cross_equal(family, i, former, j) | _cross_equal(former, i, family, j)
    first, last = records["family_first"], records["family_last"]
    if first.known.any():
        for one in (first, last):
            part |= _cross_equal(one, i, family, j) | _cross_equal(family, i, one, j)
            for other in (first, last):
                part |= _cross_equal(one, i, other, j)
    levels[part & (levels >= DIFFER) & (levels < SLIP)] = PART
    return levels
