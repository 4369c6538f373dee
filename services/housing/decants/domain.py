"""Decants and the right to return. Pure.

Every household that has to leave a home for a scheme stands in one state of its right until it has returned, waived it
in writing, or it lapsed with evidence that two officers looked at. No state is a way out of the books: the ledger
counts what came in and what stands, by two ways that must agree.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, Forbidden, invalid

COOLING_OFF_DAYS: Final = 14
"""A waiver may be taken back so long without a reason (ours)."""
LEAST_ATTEMPTS: Final = 3
"""A right lapses only after so many attempts to reach them, on different days (ours)."""


class Move(StrEnum):
    """Out for a while, out for good, or straight into the new home."""

    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    SINGLE = "single"


class Tenure(StrEnum):
    """How they held the home they leave."""

    SECURE = "secure"
    ASSURED = "assured"
    LEASEHOLDER = "leaseholder"
    FREEHOLDER = "freeholder"
    LICENCE = "licence"


TENANTS: Final = frozenset({Tenure.SECURE, Tenure.ASSURED})
OWNERS: Final = frozenset({Tenure.LEASEHOLDER, Tenure.FREEHOLDER})


class Right(StrEnum):
    """Where the right to return stands."""

    NONE = "none"
    WAITING = "waiting"
    OFFERED = "offered"
    RETURNED = "returned"
    WAIVED = "waived"
    LAPSED = "lapsed"


NEXT: Final[Mapping[Right, tuple[Right, ...]]] = {
    Right.NONE: (),
    Right.WAITING: (Right.OFFERED, Right.RETURNED, Right.WAIVED, Right.LAPSED),
    Right.OFFERED: (Right.WAITING, Right.RETURNED, Right.WAIVED, Right.LAPSED),
    # The letting did not come about after all.
    Right.RETURNED: (Right.WAITING,),
    Right.WAIVED: (Right.WAITING,),
    Right.LAPSED: (Right.WAITING,),
}
"""What a state may become. Whatever ended can be put right: nobody is out for ever."""
LIVE: Final = frozenset({Right.WAITING, Right.OFFERED})


def has_right(tenure: Tenure) -> bool:
    """Tenants and resident owners have a right to return (LBBD Cabinet, 18 June 2019); a licence gives none."""
    return tenure is not Tenure.LICENCE


def check_step(now: Right, to: Right) -> None:
    """`Conflict` with the states allowed from here."""
    if to not in NEXT[now]:
        raise Conflict(
            f"A right that is {now} does not become {to}", state=now.value, allowed=[each.value for each in NEXT[now]]
        )


def check_waiver(told_on: date, signed_on: date, today: date) -> None:
    """Told in writing what they give up, then signed: in this order, and not in the future."""
    if signed_on > today:
        raise invalid("/signed_on", "This day has not come yet.", "not-in-future")
    if signed_on < told_on:
        raise invalid("/signed_on", "They are told in writing what they give up, then they sign.", "order-of-days")


def check_waiver_withdrawn(signed_on: date | None, today: date, words: str | None) -> None:
    """In the first fortnight a waiver is simply taken back; later an officer says why."""
    last = (signed_on or today) + timedelta(days=COOLING_OFF_DAYS)
    if today > last and not words:
        raise invalid("/words", f"After {last.isoformat()} say why the right is restored.", "cooling-off")


def check_lapse_asked(deadline: date | None, attempts: Sequence[date], today: date) -> None:
    """A right can lapse when its deadline is past and they were not reached on three different days."""
    if deadline is None or today <= deadline:
        ends = f"its deadline of {deadline.isoformat()} is past" if deadline else "a deadline was set and is past"
        raise Conflict(f"A right lapses only when {ends}", rule="right-to-return-deadline", allowed=["contacted"])
    if len(set(attempts)) < LEAST_ATTEMPTS:
        raise Conflict(
            f"They were tried on {len(set(attempts))} days: {LEAST_ATTEMPTS} are asked for before a right may lapse",
            rule="attempts-to-reach",
            allowed=["contacted"],
        )


def check_another(first: str | None, by: str) -> None:
    """A second officer, not the one who asked. `Conflict` when nobody asked."""
    if first is None:
        raise Conflict("Nobody has asked for this right to lapse", allowed=["lapse_asked"])
    if first == by:
        raise Forbidden("Another officer confirms this than the one who asked")


@dataclass(frozen=True, slots=True)
class Standing:
    """One household in the ledger: its right, and the size it needs."""

    right: Right
    bedrooms: int
    wheelchair: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everybody of a scheme accounted for. `balanced` compares the steps that were written with what stands."""

    recorded: int
    without_right: int
    standing: Mapping[Right, int]
    from_steps: Mapping[Right, int]
    balanced: bool
    differences: tuple[str, ...]


def ledger(households: Iterable[Right], steps: Iterable[tuple[Right | None, Right]]) -> Ledger:
    """The ledger of a scheme, from the households as they stand and from every step ever written.

    The steps are double entries: each takes one household out of a state (None: from outside) and puts it into another.
    What is left in each state must be what stands there, and no state may ever be overdrawn.
    """
    stands = Counter(households)
    moved: Counter[Right] = Counter()
    differences: list[str] = []
    for was, became in steps:
        if was is not None:
            moved[was] -= 1
            if moved[was] < 0:
                differences.append(f"more left {was} than were there")
        moved[became] += 1
    differences += [
        f"{each}: {stands[each]} stand, {moved[each]} by the steps" for each in Right if stands[each] != moved[each]
    ]
    total = sum(stands.values())
    return Ledger(
        recorded=total,
        without_right=stands[Right.NONE],
        standing={each: stands[each] for each in Right if each is not Right.NONE},
        from_steps={each: moved[each] for each in Right if each is not Right.NONE},
        balanced=not differences,
        differences=tuple(dict.fromkeys(differences)),
    )


@dataclass(frozen=True, slots=True)
class Supply:
    """Demand against supply of one size: rights that live, homes planned for them, and what is missing."""

    bedrooms: int
    rights: int
    homes: int

    @property
    def short(self) -> int:
        """Rights without a home of their size."""
        return max(0, self.rights - self.homes)


def demand(households: Iterable[Standing], homes: Mapping[int, int]) -> list[Supply]:
    """By size: whoever may still return, or has, against the council-equivalent homes of the scheme."""
    wanted = Counter(each.bedrooms for each in households if each.right in LIVE | {Right.RETURNED})
    return [Supply(each, wanted[each], homes.get(each, 0)) for each in sorted({*wanted, *homes})]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A household to be matched back. `id` is the decant's; ordered as given."""

    id: str
    bedrooms: int
    wheelchair: bool = False


@dataclass(frozen=True, slots=True)
class NewHome:
    """A finished home to match them to."""

    id: str
    bedrooms: int
    wheelchair: bool = False


def match(waiting: Sequence[Waiting], homes: Sequence[NewHome]) -> dict[str, str]:
    """As many households as can be, each to a home of its size; whoever stands earlier is never left out for a later.

    Somebody who needs a wheelchair home gets only such a one; others get one only when it is left. Augmenting paths:
    a household once placed stays placed, so the order given is the order of right.
    """
    holders: dict[str, str] = {}
    able = {each.id: _suiting(each, homes) for each in waiting}

    def place(household: str, tried: set[str]) -> bool:
        for home in able[household]:
            if home in tried:
                continue
            tried.add(home)
            if home not in holders or place(holders[home], tried):
                holders[home] = household
                return True
        return False

    for each in waiting:
        place(each.id, set())
    return {household: home for home, household in holders.items()}


def _suiting(household: Waiting, homes: Sequence[NewHome]) -> list[str]:
    same = [each for each in homes if each.bedrooms == household.bedrooms]
    if household.wheelchair:
        same = [each for each in same if each.wheelchair]
    # Homes without wheelchair access first, so that those with it are left for who needs them.
    return [each.id for each in sorted(same, key=lambda each: each.wheelchair)]
