"""How well a person fits what was typed: evidence for and against, added up in bits, with reasons in words.

A bit of evidence doubles the odds. A rare thing that agrees (a full date of birth) says more than a common one (a
year), and something known to differ speaks against. Reasons speak of what was typed, never of what is on record:
they are shown beside masked results. So a date that nearly agrees is only called close.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise

from services.casefile.people.identifiers import DateClue, PartialDate
from services.casefile.people.likeness import ALIKE, Kind, Likeness, word_likeness
from services.casefile.people.names import NameTokens, TypedName


@dataclass(frozen=True, slots=True)
class Evidence:
    """`bits` for (above 0) or against, out of `possible`, which full agreement would bring."""

    bits: float
    possible: float
    reasons: tuple[str, ...] = ()


NOTHING = Evidence(0.0, 0.0)

NAME_BITS = 8.0
"""For each typed word that a name bears."""
ABSENT_BITS = -4.0
"""For each typed word that it does not."""
_SWAPPED_BITS = -0.5
_MIXED_BITS = -1.0
_RUN_TOGETHER_BITS = -2.0
_RUN_TOGETHER = 0.85
"""How alike words must be when several are taken as one: long words are half alike too easily."""


@dataclass(frozen=True, slots=True)
class _Pair:
    likeness: Likeness
    typed: int
    recorded: int


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, or two neighbours written together, and the places of the words that it stands for."""

    text: str
    places: frozenset[int]


def _units(words: Sequence[str], joined: Iterable[str]) -> list[_Unit]:
    units = [_Unit(word, frozenset((i,))) for i, word in enumerate(words)]
    for text in joined:
        for i, first in enumerate(words):
            if not text.startswith(first):
                continue
            end, reach = len(first), i + 1
            while end < len(text) and reach < len(words) and text.startswith(words[reach], end):
                end += len(words[reach])
                reach += 1
            if end == len(text) and reach > i + 1:
                units.append(_Unit(text, frozenset(range(i, reach))))
                break
    return units


def _run_together(typed: Sequence[str], words: Sequence[str]) -> list[_Unit]:
    """Neighbours on record that somebody typed as one word: Thomasdylan for Thomas Dylan."""
    return [
        _Unit(left + right, frozenset((i, i + 1)))
        for i, (left, right) in enumerate(pairwise(words))
        if any(t.startswith(left[:3]) and t.endswith(right[-2:]) and len(t) >= len(left) + 2 for t in typed)
    ]


def word_bits(value: float) -> float:
    """Full bits for the same word, none for words that are only just alike; far likelier by chance in between."""
    share: float = max(0.0, (1 - value) / (1 - ALIKE)) ** 1.3
    return NAME_BITS * (1 - share)


def name_evidence(typed: TypedName, names: Sequence[NameTokens]) -> Evidence:
    """The best that any of a person's names does with the typed words, in whatever order they were typed.

    People mix their names: the given names of one with the family name of another count a little less.
    """
    if not typed.tokens or not names:
        return NOTHING
    each = [_one_name(typed, name) for name in names]
    if len(names) > 1:
        mixed = _one_name(typed, _mixed(tuple(names)))
        each.append(replace(mixed, bits=mixed.bits + _MIXED_BITS))
    return max(each, key=lambda evidence: evidence.bits)


@lru_cache(maxsize=4096)
def _mixed(names: tuple[NameTokens, ...]) -> NameTokens:
    return NameTokens(
        *(tuple(dict.fromkeys(chain.from_iterable(parts))) for parts in zip(*map(astuple, names), strict=True))
    )


def _one_name(typed: TypedName, name: NameTokens) -> Evidence:
    words = (*name.given, *name.family)
    recorded = [*_units(words, name.joined), *_run_together(typed.tokens, words)]
    sought = _units(typed.tokens, typed.joined)
    pairs = []
    for t, unit in enumerate(sought):
        for r, other in enumerate(recorded):
            alike = word_likeness(unit.text, other.text)
            if alike.value >= (ALIKE if len(unit.places) == len(other.places) == 1 else _RUN_TOGETHER):
                pairs.append(_Pair(alike, t, r))
    # The likest first; between equals the longer unit, so that a joined word wins over its half.
    pairs.sort(key=lambda p: (-p.likeness.value, -len(sought[p.typed].places), -len(recorded[p.recorded].places)))
    bits = 0.0
    taken_typed: set[int] = set()
    taken_words: set[int] = set()
    reasons: list[str] = []
    order: list[tuple[int, int]] = []
    for pair in pairs:
        unit, other = sought[pair.typed], recorded[pair.recorded]
        if unit.places & taken_typed or other.places & taken_words:
            continue
        taken_typed |= unit.places
        taken_words |= other.places
        bits += word_bits(pair.likeness.value) * len(unit.places)
        if len(unit.places) != len(other.places):
            bits += _RUN_TOGETHER_BITS
        order.append((min(unit.places), min(other.places)))
        reasons.append(_name_reason(unit.text, other, len(name.given), pair.likeness))
    bits += ABSENT_BITS * (len(typed.tokens) - len(taken_typed))
    bits -= _unsaid(name, taken_words)
    if len(order) > 1 and order != sorted(order) and sorted(order)[0][1] >= len(name.given):
        bits += _SWAPPED_BITS
        reasons.append("given and family name the other way round")
    possible = NAME_BITS * len(typed.tokens)
    return Evidence(bits, possible, tuple(reasons))


def _unsaid(name: NameTokens, said: set[int]) -> float:
    """What was not typed counts a little against: a family name more than a first name, a middle name least."""
    given = len(name.given)
    bits = 0.0
    for place in range(given + len(name.family)):
        if place not in said:
            bits += 0.6 if place == 0 else 0.2 if place < given else 0.6
    return min(bits, 1.6)


def _name_reason(typed: str, other: _Unit, given: int, alike: Likeness) -> str:
    part = "given name" if min(other.places) < given else "family name"
    return {
        Kind.SAME: f"{part} is “{typed}”",
        Kind.SOUND: f"{part} sounds like “{typed}”",
        Kind.SHORT_FORM: f"{part} is another form of “{typed}”",
        Kind.SPELLING: f"{part} is spelt nearly like “{typed}”",
        Kind.BEGINNING: f"{part} begins with “{typed}”",
        Kind.INITIAL: f"{part} begins with “{typed}”",
    }[alike.kind]


_FULL_BITS, _YEAR_BITS, _MONTH_BITS = 14.0, 6.0, 3.5
_BIRTHDAY_BITS = _FULL_BITS - _YEAR_BITS
_BIRTHDAY_NEAR_MISS, _YEAR_NEAR_MISS = 3.0, 0.5


def birth_possible(clue: DateClue | None) -> float:
    """The bits that full agreement with this much of a date would bring."""
    if clue is None:
        return 0.0
    if clue.year is None:
        return _BIRTHDAY_BITS
    return _FULL_BITS if clue.day else _YEAR_BITS + (_MONTH_BITS if clue.month else 0)


def best_near_miss(clue: DateClue | None) -> float:
    """The most bits a date can bring that shares neither the year nor the birthday with the clue."""
    if clue is None or clue.full:
        return 0.0
    return _BIRTHDAY_NEAR_MISS if clue.year is None else _YEAR_NEAR_MISS


def birth_evidence(clue: DateClue | None, born: PartialDate | None) -> Evidence:
    """What a typed date, or the part of it that was known, says about a recorded one."""
    if clue is None:
        return NOTHING
    possible = birth_possible(clue)
    if born is None:
        return Evidence(0.0, possible)
    bits, reason = _birthday(clue, born) if clue.year is None else _dated(clue, clue.year, born)
    return Evidence(min(bits, possible), possible, (f"date of birth{reason}",) if reason else ())


_MATCHES, _CLOSE, _DIFFERS = " matches", ": close", " differs"


def _birthday(clue: DateClue, born: PartialDate) -> tuple[float, str]:
    if born.month is None or born.day is None or clue.month is None:
        return 0.0, ""
    if (clue.month, clue.day) == (born.month, born.day):
        return _BIRTHDAY_BITS, ": day and month match"
    typed, known = f"{clue.month:02d}{clue.day:02d}", f"{born.month:02d}{born.day:02d}"
    if (clue.day, clue.month) == (born.month, born.day) or _slips(typed, known) == 1:
        return _BIRTHDAY_NEAR_MISS, _CLOSE
    return -6.0, _DIFFERS


def _dated(clue: DateClue, year: int, born: PartialDate) -> tuple[float, str]:
    if year != born.year:
        return _other_year(clue, year, born)
    if clue.month is None or born.month is None:
        return _YEAR_BITS, ": year matches"
    if clue.day is None or born.day is None:
        # The month is one of half a date's two parts.
        return (
            (_YEAR_BITS + _MONTH_BITS, ": year and month match")
            if clue.month == born.month
            else (2.5, ": year matches")
        )
    if (clue.month, clue.day) == (born.month, born.day):
        return _FULL_BITS, _MATCHES
    if (clue.day, clue.month) == (born.month, born.day):
        return 10.0, _CLOSE
    if _slips(f"{clue.month:02d}{clue.day:02d}", f"{born.month:02d}{born.day:02d}") == 1:
        return 8.5, _CLOSE
    # The first of January is what is written down when nobody knows.
    if clue.month == born.month or (1, 1) in ((clue.month, clue.day), (born.month, born.day)):
        return 4.0, ": year matches"
    return 0.5, ": year matches"


def _other_year(clue: DateClue, year: int, born: PartialDate) -> tuple[float, str]:
    typed, known = f"{year:04d}", f"{born.year:04d}"
    if clue.day is None or clue.month is None or born.day is None or born.month is None:
        if clue.month is not None and born.month is not None and clue.month != born.month:
            return -5.0, _DIFFERS
        return (_YEAR_NEAR_MISS, _CLOSE) if _slips(typed, known) == 1 else (-5.0, _DIFFERS)
    if (clue.month, clue.day) != (born.month, born.day):
        return -6.0, _DIFFERS
    if _slips(typed, known) == 1:
        return 8.5, _CLOSE
    return (4.0 if abs(year - born.year) <= 2 else 1.0), ": day and month match"


def _slips(a: str, b: str) -> int:
    """Digits that differ; two neighbours exchanged count as one."""
    differing = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(differing) == 2 and differing[1] == differing[0] + 1:
        i, j = differing
        if a[i] == b[j] and a[j] == b[i]:
            return 1
    return len(differing)
