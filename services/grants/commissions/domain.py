"""The rules of commissions: joint bids, the forum's recommendation, years paid once, load beside money. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from kit.errors import Conflict, invalid

MOST_YEARS: Final = 7
MONTHS_OF_LOAD: Final = 12


class State(StrEnum):
    """Where a commission stands."""

    BID = "bid"
    RECOMMENDED = "recommended"
    AGREED = "agreed"
    DECLINED = "declined"
    ENDED = "ended"


ALLOWED: Final[Mapping[State, tuple[State, ...]]] = {
    State.BID: (State.RECOMMENDED, State.DECLINED),
    State.RECOMMENDED: (State.AGREED, State.DECLINED),
    State.AGREED: (State.ENDED,),
    State.DECLINED: (),
    State.ENDED: (),
}


@dataclass(frozen=True, slots=True)
class Year:
    """What a financial year costs (it begins on 1 April of `year`)."""

    year: int
    pence: int


@dataclass(frozen=True, slots=True)
class Member:
    """One organisation of a bid and its part of each year, in percent."""

    organisation_id: UUID
    percent: int


@dataclass(frozen=True, slots=True)
class Load:
    """What an organisation carried in a year, and what it is paid for it."""

    referrals: int
    refused_full: int
    funded_pence: int

    @property
    def pence_each(self) -> int | None:
        """Money for each referral; None: there were none."""
        return self.funded_pence // self.referrals if self.referrals else None

    @property
    def unfunded(self) -> bool:
        """Referrals and no money for them."""
        return self.referrals > 0 and self.funded_pence == 0


def check_next(state: State, wanted: State) -> None:
    """`Conflict` with the states allowed from here, unless `wanted` is one of them."""
    if wanted not in ALLOWED[state]:
        allowed = [each.value for each in ALLOWED[state]]
        raise Conflict(f"This commission is {state.value}", state=state.value, allowed=allowed)


def check_bid(years: Sequence[Year], members: Sequence[Member]) -> None:
    """Years in a row, and parts that make a whole. The first member answers for the bid."""
    numbers = [each.year for each in years]
    if not years or numbers != list(range(numbers[0], numbers[0] + len(numbers))) or len(years) > MOST_YEARS:
        raise invalid("/years", f"One to {MOST_YEARS} financial years, one after the other.", "years-in-a-row")
    if len({each.organisation_id for each in members}) != len(members):
        raise invalid("/members", "An organisation stands in a bid once.", "member-once")
    if sum(each.percent for each in members) != 100 or any(each.percent < 1 for each in members):
        raise invalid("/members", "The members' parts make 100 percent together.", "parts-make-a-whole")


def part_of(pence: int, members: Sequence[Member]) -> dict[UUID, int]:
    """Each member's part of a sum, to the penny: what division leaves over is the first member's."""
    parts = {each.organisation_id: pence * each.percent // 100 for each in members}
    if members:
        parts[members[0].organisation_id] += pence - sum(parts.values())
    return parts
