"""Names by community, with weights: from the faker package's lists, and names.toml for what it lacks in Latin letters.

Every name is a number in one list, so that people are arrays of numbers until they are written down.
"""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.borough.place import GROUPS

Names = NDArray[np.int32]


@dataclass(frozen=True)
class Community:
    """Whose names: the census group it is part of, its share of that group, and the codes that systems use for it.

    Shares are rough, from memory of the 2021 detailed tables; only the five groups are tested against the census.
    """

    name: str
    group: str
    share: float
    school: str
    nhs: str
    given: str
    family: str


COMMUNITIES: tuple[Community, ...] = (
    Community("british", "white", 0.690, "WBRI", "A", "en_GB", "en_GB"),
    Community("irish", "white", 0.020, "WIRI", "B", "en_IE", "en_IE"),
    Community("romanian", "white", 0.120, "WOTH", "C", "ro_RO", "ro_RO"),
    Community("polish", "white", 0.060, "WOTH", "C", "pl_PL", "pl_PL"),
    Community("lithuanian", "white", 0.040, "WOTH", "C", "lt_LT", "lt_LT"),
    Community("portuguese", "white", 0.040, "WOTH", "C", "pt_PT", "pt_PT"),
    Community("italian", "white", 0.030, "WOTH", "C", "it_IT", "it_IT"),
    Community("bangladeshi", "asian", 0.400, "ABAN", "K", "muslim", "bangladeshi"),
    Community("pakistani", "asian", 0.280, "APKN", "J", "muslim", "pakistani"),
    Community("indian", "asian", 0.320, "AIND", "H", "en_IN", "en_IN"),
    Community("yoruba", "black", 0.400, "BAFR", "N", "yo_NG", "yo_NG"),
    Community("igbo", "black", 0.130, "BAFR", "N", "en_NG", "ig_NG"),
    Community("ghanaian", "black", 0.150, "BAFR", "N", "tw_GH", "tw_GH"),
    Community("somali", "black", 0.100, "BAFR", "N", "muslim", "somali"),
    Community("caribbean", "black", 0.220, "BCRB", "M", "en_US", "en_GB"),
    Community("mixed", "mixed", 1.000, "MWBC", "D", "en_US", "en_GB"),
    Community("arab", "other", 0.600, "OOTH", "S", "muslim", "arabic"),
    Community("turkish", "other", 0.400, "OOTH", "S", "tr_TR", "tr_TR"),
)
BRITISH = 0
CAST = ("Kelly", "Pike")
"""Words that chance may never draw, and somebody bears all the same (`cast`)."""


@dataclass(frozen=True)
class Pool:
    """Names to draw from: numbers in the list of all names, and the running sum of their weights."""

    names: Names
    edges: NDArray[np.float64]


@dataclass(frozen=True)
class NameBook:
    """All names and what may be written in their place."""

    words: NDArray[np.str_]
    given: tuple[tuple[Pool, Pool], ...]
    family: tuple[Pool, ...]
    women_keep: Names
    short: dict[str, tuple[str, ...]]
    other_given: dict[str, tuple[str, ...]]
    other_family: dict[str, tuple[str, ...]]


def plain(word: str) -> str:
    """The word as a system without accents keeps it."""
    stroked = word.translate(str.maketrans("łŁıđĐø", "lLidDo"))
    return "".join(each for each in unicodedata.normalize("NFKD", stroked) if not unicodedata.combining(each))


@cache
def _toml() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))


def _weighted(names: Any) -> dict[str, float]:
    """Names with the package's own weights, or by rank (Zipf) where it gives none; a name listed twice counts twice."""
    if hasattr(names, "items"):
        return {str(name): float(weight) for name, weight in names.items() if name.isprintable()}
    weights: dict[str, float] = {}
    for place, name in enumerate(names):
        weights[name] = weights.get(name, 0.0) + 1 / (place + 12)
    return weights


def _lists(source: str) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Women's, men's and family names of one locale of the package or of one of our own lists."""
    own = _toml()["muslim"]
    if source == "muslim":
        return _weighted(own["female"].split()), _weighted(own["male"].split()), {}
    if source in own:
        return {}, {}, _weighted(own[source].split())
    provider = import_module(f"faker.providers.person.{source}").Provider
    women = getattr(provider, "first_names_female", None) or provider.first_names
    men = getattr(provider, "first_names_male", None) or provider.first_names
    if source == "lt_LT":  # one list, men first: Lithuanian women's names end in a vowel
        women, men = ([n for n in women if n[-1] in "aė"], [n for n in men if n[-1] == "s"])
    if source == "en_NG":  # the everyday Igbo register mixes English and Igbo given names
        more = import_module("faker.providers.person.ig_NG").Provider
        women, men = [*more.first_names_female, *women], [*more.first_names_male, *men]
    family = (
        [*provider.male_last_names, *provider.unisex_last_names[:600]] if source == "pl_PL" else provider.last_names
    )
    return _weighted(women), _weighted(men), _weighted(family)


def _groups(rows: list[str]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(each for each in row.split() if each != word) for row in rows for word in row.split()}


@cache
def names() -> NameBook:
    """The book, made once: some 8,000 words."""
    numbers: dict[str, int] = {}

    def pool(weights: dict[str, float]) -> Pool:
        clean = {name.strip(): weight for name, weight in weights.items() if name.strip().replace("-", "").isalpha()}
        chosen = [numbers.setdefault(name, len(numbers)) for name in clean]
        return Pool(np.array(chosen, np.int32), np.cumsum(list(clean.values())))

    given, family = [], []
    for each in COMMUNITIES:
        women, men, _ = _lists(each.given)
        given.append((pool(women), pool(men)))
        family.append(pool(_lists(each.family)[2]))
    keep = [numbers.setdefault(word, len(numbers)) for word in _toml()["muslim"]["women_keep"].split()]
    for word in CAST:
        numbers.setdefault(word, len(numbers))
    return NameBook(
        words=np.array(list(numbers), np.str_),
        given=tuple(given),
        family=tuple(family),
        women_keep=np.array(keep, np.int32),
        short={name: tuple(forms.split()) for name, forms in _toml()["nicknames"].items()},
        other_given=_groups(_toml()["transliterations"]["given"]),
        other_family=_groups(_toml()["transliterations"]["family"]),
    )


def shares_of_groups() -> NDArray[np.float64]:
    """Communities in rows, the census's five groups in columns: the chance of the community within the group."""
    shares = np.zeros((len(COMMUNITIES), len(GROUPS)))
    for place, each in enumerate(COMMUNITIES):
        shares[place, GROUPS.index(each.group)] = each.share
    return np.asarray(shares / shares.sum(axis=0))
