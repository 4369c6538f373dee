"""From what people say to the words in which services write of themselves (words.toml).

Phrases are found as they are; beside them the entry nearest in meaning counts, so that a way of saying it that nobody
put down is not lost.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from services.triage.directory.meaning import Meaning, likeness, meaning

MOST = 6
"""Entries that one sentence may call up: a long story names many needs."""
_LONGEST_PHRASE = 6
_SLIPS_FROM = 5
"""Letters of a word in which a slip is looked for: shorter ones are too near each other."""
_ALIKE = 83.0
"""Of a hundred (rapidfuzz's ratio): one letter wrong in six, two changed places in seven."""
_APART = re.compile(r"[^a-z0-9]+")


class Entry(NamedTuple):
    """One meaning: the phrases for it, and the directory's words."""

    said: tuple[str, ...]
    means: str


def plain(text: str) -> list[str]:
    """The words of a text, lower case, apostrophes gone."""
    folded = text.lower().replace("'", "").replace("’", "")
    return [word for word in _APART.split(folded) if word]


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """The vocabulary."""
    with files("services.triage.directory").joinpath("words.toml").open("rb") as file:
        return tuple(Entry(tuple(each["said"]), each["as"]) for each in tomllib.load(file)["mean"])


@lru_cache(maxsize=1)
def _spellings() -> frozenset[str]:
    return frozenset(word for entry in entries() for phrase in (*entry.said, entry.means) for word in plain(phrase))


@lru_cache(maxsize=1)
def _beginning_with() -> dict[str, list[str]]:
    """The long words of the vocabulary by their first letter, which slips rarely touch."""
    found: dict[str, list[str]] = {}
    for word in sorted(_spellings()):
        if len(word) >= _SLIPS_FROM:
            found.setdefault(word[0], []).append(word)
    return found


def spelt(words: Sequence[str]) -> list[str]:
    """The words, long ones that the vocabulary does not have put to the one they are a slip away from."""
    # Here, not above: only who searches pays for it.
    from rapidfuzz import fuzz, process

    def right(word: str) -> str:
        if len(word) < _SLIPS_FROM or word in _spellings():
            return word
        near = _beginning_with().get(word[0], ())
        found = process.extractOne(word, near, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        return str(found[0]) if found else word

    return [right(word) for word in words]


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, entry in enumerate(entries()):
        for phrase in entry.said:
            found.setdefault(" ".join(plain(phrase)), []).append(number)
    return found


@lru_cache(maxsize=1)
def _meanings() -> tuple[Meaning, ...]:
    return tuple(meaning(f"{' '.join(entry.said)} {entry.means}") for entry in entries())


def literal(text: str) -> list[int]:
    """The entries whose phrases stand in the text, the longest phrases first."""
    words = spelt(plain(text))
    phrases = _phrases()
    found: dict[int, int] = {}
    for begin in range(len(words)):
        for length in range(min(_LONGEST_PHRASE, len(words) - begin), 0, -1):
            for number in phrases.get(" ".join(words[begin : begin + length]), ()):
                found[number] = max(length, found.get(number, 0))
    return sorted(found, key=lambda number: (-found[number], number))


def nearest(text: str) -> int:
    """The entry nearest in meaning."""
    asked = meaning(text)
    return max(range(len(entries())), key=lambda number: likeness(asked, _meanings()[number]))


def meant(text: str) -> Sequence[str]:
    """The directory's words for what a text says."""
    found = literal(text)[:MOST]
    near = nearest(text)
    return [entries()[number].means for number in dict.fromkeys([*found, near])]
