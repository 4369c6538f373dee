"""What is asked of a draw: who volunteered, how many of which group, how many in all. Pure."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kit.errors import FieldError, Invalid

MOST_PEOPLE: Final = 20_000
_SPACES: Final = re.compile(r"\s+")
_DIGITS: Final = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Volunteer:
    """Somebody who may be drawn: a token, what they said of themselves, and the UPRN of their home when it is known."""

    token: str
    features: Mapping[str, str]
    home: str | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of one group a panel holds, `least` to `most`."""

    category: str
    feature: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Question:
    """The whole question. `apart`: never two from one home."""

    volunteers: Sequence[Volunteer]
    quotas: Sequence[Quota]
    size: int
    apart: bool = True

    @property
    def categories(self) -> list[str]:
        """What quotas are about, in the order they were given."""
        return list(dict.fromkeys(quota.category for quota in self.quotas))


def uprn(text: str | None) -> str | None:
    """A UPRN as it is compared: digits alone, without leading zeros. None when unknown: blank is not a home.

    Raises `ValueError` for what is no UPRN.
    """
    if text is None:
        return None
    found = _SPACES.sub("", unicodedata.normalize("NFKC", text)).lstrip("0")
    if not found:
        return None
    if not found.isascii() or not _DIGITS.fullmatch(found):
        raise ValueError("A UPRN is a number of at most twelve digits.")
    return found


def homes(volunteers: Iterable[Volunteer]) -> list[list[Volunteer]]:
    """Those of one known home together, everyone else alone, in the order of their first token."""
    known: defaultdict[str, list[Volunteer]] = defaultdict(list)
    alone: list[list[Volunteer]] = []
    for each in sorted(volunteers, key=lambda one: one.token):
        if each.home is None:
            alone.append([each])
        else:
            known[each.home].append(each)
    return sorted([*alone, *known.values()], key=lambda members: members[0].token)


def check(question: Question) -> None:
    """Whether it can be asked at all.

    Raises `Invalid` naming every fault; whether it can be met is `relax`'s question.
    """
    faults: list[FieldError] = []
    groups = {(quota.category, quota.feature) for quota in question.quotas}
    if len(groups) != len(question.quotas):
        faults.append(FieldError("/quotas", "A group stands twice in the quotas.", "quota-once"))
    for place, quota in enumerate(question.quotas):
        if not 0 <= quota.least <= quota.most:
            faults.append(
                FieldError(f"/quotas/{place}", "The most is at least the least, and neither below 0.", "bounds")
            )
    tokens = Counter(each.token for each in question.volunteers)
    if max(tokens.values(), default=0) > 1:
        faults.append(FieldError("/pool", "A token stands twice in the pool.", "token-once"))
    if not question.size <= len(question.volunteers) <= MOST_PEOPLE or question.size < 1:
        faults.append(
            FieldError("/size", f"A pool of at least the panel's size and at most {MOST_PEOPLE:,} people.", "pool-size")
        )
    for category in question.categories:
        answers = {each.features.get(category) for each in question.volunteers}
        unknown = sorted(str(answer) for answer in answers if (category, answer) not in groups)
        if unknown:
            faults.append(
                FieldError("/quotas", f"{category}: no quota for {', '.join(unknown)}.", "group-without-quota")
            )
    if faults:
        raise Invalid("The draw cannot be asked for like this.", *faults)


def breaches(question: Question, panel: Collection[str]) -> list[str]:
    """What is wrong with a panel, counted person by person: sentences, none when all is met."""
    return checker(question)(panel)


def checker(question: Question) -> Callable[[Collection[str]], list[str]]:
    """What says what is wrong with a panel, for many of them: it counts, and knows nothing of how they were chosen."""
    by_token = {each.token: each for each in question.volunteers}
    categories = question.categories

    def faults(panel: Collection[str]) -> list[str]:
        if len(set(panel)) != len(panel) or not set(panel) <= by_token.keys():
            return ["It names somebody twice, or somebody who is not in the pool."]
        found = [] if len(panel) == question.size else [f"It has {len(panel)} members, not {question.size}."]
        chosen = [by_token[token] for token in panel]
        counts = Counter((category, each.features[category]) for each in chosen for category in categories)
        for quota in question.quotas:
            number = counts[quota.category, quota.feature]
            if not quota.least <= number <= quota.most:
                found.append(f"{quota.category}, {quota.feature}: {number}, not {quota.least} to {quota.most}.")
        if question.apart:
            shared = Counter(each.home for each in chosen if each.home is not None)
            if max(shared.values(), default=0) > 1:
                found.append("Two of one home.")
        return found

    return faults
