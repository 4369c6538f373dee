"""How alike two name tokens are, from 0 to 1, and why."""

import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from services.casefile.people.nicknames import GROUPS
from services.casefile.people.sounds import broad_keys, close_keys


class Kind(Enum):
    """Why a typed word is taken for a recorded one. The value completes the sentence "family name ..."."""

    SAME = "is the same"
    SOUND = "sounds like it"
    SHORT_FORM = "is a form of the same name"
    SPELLING = "is spelt nearly the same"
    BEGINNING = "begins with it"
    INITIAL = "has the initial"


@dataclass(frozen=True, slots=True)
class Likeness:
    """`value` 1 is the same word, 0 is nothing alike."""

    value: float
    kind: Kind


ALIKE = 0.62
"""Below this two tokens are taken for different names."""

# Costs of edits in tenths, so that the inner loop adds whole numbers.
_WHOLE, _EXCHANGE, _VOWEL_FOR_VOWEL, _NEAR_SOUND = 10, 8, 5, 6
_DOUBLED, _BREATH, _LOST_VOWEL = 3, 4, 7
_VOWELS = "aeiouy"
_NEAR = "ck cq kq cs sz bp dt vw fv gj jy sx mn gk pf wu hx dz kx lr jz gq"


def _swap_costs() -> dict[str, dict[str, int]]:
    costs: dict[str, dict[str, int]] = {}
    for a in _VOWELS:
        for b in _VOWELS:
            costs.setdefault(a, {})[b] = _VOWEL_FOR_VOWEL
    for a, b in (tuple(pair) for pair in _NEAR.split()):
        costs.setdefault(a, {})[b] = _NEAR_SOUND
        costs.setdefault(b, {})[a] = _NEAR_SOUND
    return costs


_SWAP = _swap_costs()
_NO_SWAPS: dict[str, int] = {}


@lru_cache(maxsize=65536)
def _drop_costs(word: str) -> tuple[int, ...]:
    """Leaving out each letter: cheap if it only doubles its neighbour, is an h after another letter, or a vowel."""
    costs = []
    for i, letter in enumerate(word):
        if letter in (word[i - 1 : i], word[i + 1 : i + 2]):
            costs.append(_DOUBLED)
        elif i and letter == "h":
            costs.append(_BREATH)
        else:
            costs.append(_LOST_VOWEL if i and letter in _VOWELS else _WHOLE)
    return tuple(costs)


def spelling_distance(a: str, b: str, limit: float = 100.0) -> float:
    """Edits between two spellings, counting changes that slips and transliteration often make as less than one.

    Optimal string alignment: insert, delete, substitute, exchange two neighbours. Above `limit` the answer is
    infinite: most words compared have nothing in common, and that shows after a few letters.
    """
    drop_a, drop_b = _drop_costs(a), _drop_costs(b)
    most = round(limit * 10)
    row = [0]
    for cost in drop_b:
        row.append(row[-1] + cost)
    above = row
    for i, letter in enumerate(a):
        before, above = above, row
        drop = drop_a[i]
        left = above[0] + drop
        row = [left]
        swaps = _SWAP.get(letter, _NO_SWAPS)
        last = a[i - 1] if i else ""
        least = left
        for j, other in enumerate(b):
            if letter == other:
                best = above[j]
            else:
                best = above[j] + swaps.get(other, _WHOLE)
                if other == last and j and letter == b[j - 1] and before[j - 1] + _EXCHANGE < best:
                    best = before[j - 1] + _EXCHANGE
            if above[j + 1] + drop < best:
                best = above[j + 1] + drop
            if left + drop_b[j] < best:
                best = left + drop_b[j]
            row.append(best)
            left = best
            if best < least:
                least = best
        if least > most:
            return math.inf
    return row[-1] / 10 if row[-1] <= most else math.inf


def name_groups(token: str) -> frozenset[str]:
    """The full names a token can stand for, also when it is itself spelt by ear (Elisabet)."""
    return GROUPS.get(token) or _heard_groups(token)


@lru_cache(maxsize=65536)
def _heard_groups(token: str) -> frozenset[str]:
    if len(token) < 4:
        return frozenset()
    near = {form for key in broad_keys(token) for form in _FORMS_BY_SOUND.get(key, ())}
    return frozenset(
        group for form in near if spelling_distance(token, form) <= 0.2 * len(token) for group in GROUPS[form]
    )


def _forms_by_sound() -> dict[str, tuple[str, ...]]:
    forms: dict[str, list[str]] = {}
    for form in GROUPS:
        for key in broad_keys(form):
            forms.setdefault(key, []).append(form)
    return {key: tuple(found) for key, found in forms.items()}


_FORMS_BY_SOUND = _forms_by_sound()


_UNALIKE = 0.38
_UNALIKE_IN_WRITING = 0.7
"""How much of the longer word may change: more where the two sound the same."""


@lru_cache(maxsize=262144)
def likeness(typed: str, recorded: str) -> Likeness:
    """How alike two words are, each taken as a whole."""
    if typed == recorded:
        return Likeness(1.0, Kind.SAME)
    longest = max(len(typed), len(recorded))
    shared = close_keys(typed) & close_keys(recorded)
    # One consonant is little to share: Mo, Mia and May.
    close = any(len(key) > 1 for key in shared)
    broad = bool(shared) or bool(broad_keys(typed) & broad_keys(recorded))
    most = (_UNALIKE_IN_WRITING if broad else _UNALIKE) * longest
    spelt = max(0.0, 1 - spelling_distance(typed, recorded, most) / longest)
    if close:
        best = Likeness(0.78 + 0.2 * spelt, Kind.SOUND)
    elif broad:
        best = Likeness(0.5 + 0.4 * spelt, Kind.SOUND)
    else:
        best = Likeness(spelt, Kind.SPELLING)
    if spelt > best.value:
        best = Likeness(spelt, Kind.SPELLING)
    if best.value < _SHORT_FORM and name_groups(typed) & name_groups(recorded):
        best = Likeness(_SHORT_FORM, Kind.SHORT_FORM)
    return best


_SHORT_FORM = 0.88
INITIAL = 0.7
_UNLIKE = Likeness(0.0, Kind.SPELLING)


def _beginning(typed: str, recorded: str) -> Likeness:
    if len(typed) < 3:
        return Likeness(INITIAL, Kind.INITIAL)
    return Likeness(0.75 + 0.2 * len(typed) / len(recorded), Kind.BEGINNING)


@lru_cache(maxsize=262144)
def word_likeness(typed: str, recorded: str) -> Likeness:
    """As `likeness`, but a typed word may also be an initial or the beginning of the recorded one. Not symmetric."""
    if not recorded.startswith(typed) or typed == recorded:
        # One letter is an initial, or nothing.
        return likeness(typed, recorded) if len(typed) > 1 or typed == recorded else _UNLIKE
    begins = _beginning(typed, recorded)
    if len(typed) == 1:
        return begins
    # Far longer words can only be a beginning: as-you-type searches meet hundreds of them.
    if len(recorded) > len(typed) + 2 and len(typed) > 2 and not name_groups(typed) & name_groups(recorded):
        return begins
    return max(begins, likeness(typed, recorded), key=lambda alike: alike.value)
