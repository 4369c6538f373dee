"""Names as people write them, brought to a form that can be compared.

A name here is what someone is called, never a fact about them: nothing is refused, only folded. A *token* is one
folded word of a name (`o'brien` is `obrien`, `Łukasz` is `lukasz`). Words that people write now together, now
apart (Abdul Rahman, Mc Donald, Smith-Jones, Mary-Ann) also give their joined form.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

MAX_TOKENS = 8
"""Words of one name that are looked at; real names are shorter, and a pasted paragraph must not cost more."""
MAX_TYPED = 6

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ı": "i", "ə": "a",
        "ŋ": "ng", "ħ": "h", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ɛ": "e", "ɔ": "o",
    }
)  # fmt: skip
# Apostrophes and the signs that stand for a hamza or an ayn: O'Brien, Sa'diya, Qur'an.
_APOSTROPHES = re.compile("['`´ʹʻʼʽʾʿ\u2018\u2019\u201b\uff07]")
_HYPHENS = re.compile("[-\u2010-\u2015\u2212\u00ad_]")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "rev",
        "revd",
        "reverend",
        "sir",
        "dame",
        "lady",
        "lord",
        "hon",
        "cllr",
        "councillor",
        "alhaji",
        "alhaja",
        "haji",
        "hajji",
        "hajja",
        "hadji",
        "pastor",
        "fr",
    ]
)
_SUFFIXES = frozenset(
    ["jr", "jnr", "junior", "sr", "snr", "senior", "ii", "iii", "iv", "esq", "mbe", "obe", "cbe", "phd"]
)
# Words that are written now with the next word, now apart from it.
_PARTICLES = frozenset(
    [
        "abd",
        "abdi",
        "abdul",
        "abdel",
        "abdal",
        "abdur",
        "abu",
        "al",
        "el",
        "ul",
        "ur",
        "ud",
        "us",
        "as",
        "ad",
        "bin",
        "ibn",
        "ben",
        "bint",
        "mac",
        "mc",
        "o",
        "d",
        "de",
        "da",
        "di",
        "del",
        "della",
        "dos",
        "du",
        "la",
        "le",
        "st",
        "saint",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "nic",
        "ni",
        "fitz",
        "ap",
        "oluwa",
        "ade",
        "chukwu",
        "nana",
    ]
)
# Words that the word before takes with it: Habib Ullah, Fakhr Uddin.
_ENDINGS = frozenset(["ullah", "allah", "ulla", "uddin", "ud", "deen", "din", "eddin", "ur", "rahman"])


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name someone has or had: given names (all of them) and family name, either may be empty."""

    given: str
    family: str


@dataclass(frozen=True, slots=True)
class NameTokens:
    """A name in tokens. `joined` are the forms that its neighbouring words give when written together."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    joined: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.given, *self.family, *self.joined)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case without accents or apostrophes; one kind of hyphen; letters of other scripts stay as they are."""
    if text.isascii():
        return _HYPHENS.sub("-", _APOSTROPHES.sub("", text.lower()))
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return _HYPHENS.sub("-", _APOSTROPHES.sub("", bare)).translate(_LETTERS)


def _without_titles(words: list[str]) -> list[str]:
    """A title leads and a suffix trails; but the last word left is always the name (Sarah Lord, King)."""
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words = words[:-1]
    return words


def _words(text: str) -> list[str]:
    return _WORDS.findall(fold(text).replace(".", " "))


def _tokens(words: Sequence[str]) -> tuple[str, ...]:
    if not any("-" in word for word in words):
        return tuple(words[:MAX_TOKENS])
    return tuple(part for word in words for part in word.split("-"))[:MAX_TOKENS]


def _joined(words: Sequence[str]) -> list[str]:
    joined = [word.replace("-", "") for word in words if "-" in word]
    parts = _tokens(words)
    if len(parts) < 2 or (_PARTICLES.isdisjoint(parts) and _ENDINGS.isdisjoint(parts)):
        return joined
    for left, right in pairwise(parts):
        if left in _PARTICLES or right in _ENDINGS:
            joined.append(left + right)
    for left, middle, right in zip(parts, parts[1:], parts[2:], strict=False):
        if left in _PARTICLES and middle in _PARTICLES:
            joined.append(left + middle + right)
    return joined


def tokens_of(name: PersonName) -> NameTokens:
    """The tokens of a recorded name, by part."""
    given = _without_titles(_words(name.given))
    family = _words(name.family)
    if len(family) > 1:
        family = [word for i, word in enumerate(family) if i == 0 or word not in _SUFFIXES]
    joined = dict.fromkeys([*_joined(given), *_joined(family)])
    if given and family and (given[-1] in _PARTICLES or family[0] in _ENDINGS):
        joined[given[-1].replace("-", "") + family[0].replace("-", "")] = None
    return NameTokens(_tokens(given), _tokens(family), tuple(joined))


@dataclass(frozen=True, slots=True)
class TypedName:
    """What someone typed into a search: words in any order, nothing known of which is the family name."""

    tokens: tuple[str, ...]
    joined: tuple[str, ...]
    open_ended: bool
    """The last word may be unfinished: as-you-type searches match names that begin so."""


def typed_name(text: str) -> TypedName:
    """The tokens of a search text; titles and suffixes dropped, doubles dropped, at most MAX_TYPED."""
    words = _without_titles(_words(text))
    tokens = tuple(dict.fromkeys(_tokens(words)))[:MAX_TYPED]
    joined = dict.fromkeys(_joined(words))
    # Two words for one name: "mary ann" for Maryann, "abdi nasir" for Abdinasir. Costs one look-up, so always tried.
    for left, right in pairwise(tokens):
        if len(left) > 1 and len(right) > 1:
            joined[left + right] = None
    return TypedName(tokens, tuple(j for j in joined if j not in tokens), bool(text) and text[-1].isalpha())
