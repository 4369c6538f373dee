"""The rules of a fund's ledger: double entry in pence, balanced within each fund. Pure.

Amounts are signed: what comes to an account is positive, what leaves it negative, and each entry's lines add up to
nothing within each fund. Money stands in one account at a time, so nothing can be spent twice:

    income -> available -> reserved (for a round, a campaign) -> awarded -> paid -> returned -> available
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from kit.errors import Conflict, Invalid, invalid

MOST_PENCE: Final = 10**12
"""The largest single amount: ten thousand million pounds is a slip of the finger."""


class FundKind(StrEnum):
    """Where a fund's money comes from, and so what it may be for."""

    NCIL = "ncil"
    MATCH = "match"
    ENDOWMENT = "endowment"
    LOTTERY = "lottery"
    HARDSHIP = "hardship"


class AccountKind(StrEnum):
    """Where money of a fund can stand."""

    INCOME = "income"
    AVAILABLE = "available"
    RESERVED = "reserved"
    AWARDED = "awarded"
    PAID = "paid"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    ADMINISTRATION = "administration"
    STRATEGIC = "strategic"


FROM_OUTSIDE: Final = frozenset({AccountKind.INCOME, AccountKind.RETURNED})
"""Accounts that show where money came from: never above nothing. All others but transfers are never below."""


class EntryKind(StrEnum):
    """What an entry in the ledger is."""

    RECEIPT = "receipt"
    REFUND = "refund"
    RESERVATION = "reservation"
    RELEASE = "release"
    AWARD = "award"
    WITHDRAWAL = "withdrawal"
    PAYMENT = "payment"
    RECOVERY = "recovery"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Account:
    """One place where money of a fund stands; `about_id`: for which round, campaign, award or payment."""

    fund_id: UUID
    kind: AccountKind
    about_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """The same for the same place, so that two writers mean one row."""
        return uuid5(self.fund_id, f"{self.kind}/{self.about_id or ''}")


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry."""

    account: Account
    pence: int


Lines = tuple[Line, ...]


def checked(lines: Iterable[Line]) -> Lines:
    """The lines of one entry, or ValueError: two or more, none of nothing, balanced within each fund."""
    found = tuple(each for each in lines if each.pence)
    sums: dict[UUID, int] = defaultdict(int)
    for each in found:
        sums[each.account.fund_id] += each.pence
    if len(found) < 2 or any(sums.values()) or len({each.account for each in found}) != len(found):
        raise ValueError("an entry has two lines or more, one for each account, and adds up to nothing in each fund")
    return found


def amount(pence: int, pointer: str = "/pence") -> int:
    """An amount of money that can move: one penny or more."""
    if not 0 < pence <= MOST_PENCE:
        raise invalid(pointer, "An amount is a whole number of pence, one or more.", "amount")
    return pence


def after(balances: Mapping[Account, int], lines: Lines) -> dict[Account, int]:
    """Where the accounts of `lines` stand afterwards. `Conflict` when one would hold less than nothing."""
    result = {}
    for each in lines:
        before = balances.get(each.account, 0)
        result[each.account] = before + each.pence
        if not _stands(each.account.kind, result[each.account]):
            raise Conflict(
                f"There is not enough money {_WHERE[each.account.kind]}: {pounds(abs(before))} stand there, "
                f"{pounds(abs(each.pence))} were asked for. Nothing was moved.",
                account=each.account.kind,
                there_pence=abs(before),
                asked_pence=abs(each.pence),
            )
    return result


def _stands(kind: AccountKind, pence: int) -> bool:
    if kind is AccountKind.TRANSFERRED:
        return True
    return pence <= 0 if kind in FROM_OUTSIDE else pence >= 0


_WHERE: Final = {
    AccountKind.INCOME: "that came in",
    AccountKind.AVAILABLE: "in the fund",
    AccountKind.RESERVED: "reserved for this",
    AccountKind.AWARDED: "left of this award",
    AccountKind.PAID: "paid out for this",
    AccountKind.RETURNED: "returned",
    AccountKind.TRANSFERRED: "transferred",
    AccountKind.ADMINISTRATION: "kept for administration",
    AccountKind.STRATEGIC: "kept for the whole borough",
}


def pounds(pence: int) -> str:
    """Pence as people read them: £1,234.50."""
    return f"{'-' if pence < 0 else ''}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def _move(
    fund_id: UUID, pence: int, out: tuple[AccountKind, UUID | None], into: tuple[AccountKind, UUID | None]
) -> Lines:
    return checked([Line(Account(fund_id, *out), -amount(pence)), Line(Account(fund_id, *into), pence)])


def receive(fund_id: UUID, pence: int) -> Lines:
    """Money from outside, all of it the fund's own."""
    return _move(fund_id, pence, (AccountKind.INCOME, None), (AccountKind.AVAILABLE, None))


@dataclass(frozen=True, slots=True)
class Split:
    """A levy receipt in its parts, in pence; they add up to the whole."""

    gross: int
    neighbourhood: int
    administration: int
    strategic: int


def split(gross: int, share_percent: int, administration_percent: int = 0) -> Split:
    """A receipt's parts: each share to the penny, half a penny up; what is left is the whole borough's.

    CIL Regulations 2010: reg 59A (the neighbourhood's 15 %, or 25 % with a plan in force), reg 61 (administration).
    """
    if not 0 <= share_percent <= 100 or not 0 <= administration_percent <= 5:
        raise Invalid("A share is 0 to 100 %, administration at most 5 % (CIL Regulations 2010, regs 59A and 61)")
    share = _percent(gross, share_percent)
    administration = _percent(gross, administration_percent)
    return Split(gross, share, administration, gross - share - administration)


def _percent(pence: int, percent: int) -> int:
    return (pence * percent + 50) // 100


def receive_levy(fund_id: UUID, parts: Split) -> Lines:
    """A levy receipt, whole: the neighbourhood share can be spent here, the rest stands apart."""
    return checked(
        [
            Line(Account(fund_id, AccountKind.INCOME), -parts.gross),
            Line(Account(fund_id, AccountKind.AVAILABLE), parts.neighbourhood),
            Line(Account(fund_id, AccountKind.ADMINISTRATION), parts.administration),
            Line(Account(fund_id, AccountKind.STRATEGIC), parts.strategic),
        ]
    )


def refund(lines: Lines) -> Lines:
    """A receipt undone: what a developer gets back comes out of the same parts."""
    return checked(Line(each.account, -each.pence) for each in lines)


def reserve(fund_id: UUID, about_id: UUID, pence: int) -> Lines:
    """Set money aside for a round or a campaign."""
    return _move(fund_id, pence, (AccountKind.AVAILABLE, None), (AccountKind.RESERVED, about_id))


def release(fund_id: UUID, about_id: UUID, pence: int) -> Lines:
    """Give back what was set aside and not awarded."""
    return _move(fund_id, pence, (AccountKind.RESERVED, about_id), (AccountKind.AVAILABLE, None))


def award(fund_id: UUID, out_of: UUID | None, award_id: UUID, pence: int) -> Lines:
    """Promise money: out of what was reserved for `out_of`, or of the fund itself."""
    out = (AccountKind.RESERVED, out_of) if out_of else (AccountKind.AVAILABLE, None)
    return _move(fund_id, pence, out, (AccountKind.AWARDED, award_id))


def withdraw(fund_id: UUID, award_id: UUID, pence: int) -> Lines:
    """Take back a promise, or the part of it that was not paid."""
    return _move(fund_id, pence, (AccountKind.AWARDED, award_id), (AccountKind.AVAILABLE, None))


def pay(fund_id: UUID, award_id: UUID, pence: int) -> Lines:
    """Pay part of an award; never more than is left of it."""
    return _move(fund_id, pence, (AccountKind.AWARDED, award_id), (AccountKind.PAID, award_id))


def pay_at_once(fund_id: UUID, about_id: UUID, pence: int) -> Lines:
    """Pay out of the fund itself, with no award before: a hardship payment."""
    return _move(fund_id, pence, (AccountKind.AVAILABLE, None), (AccountKind.PAID, about_id))


def recover(fund_id: UUID, about_id: UUID, pence: int) -> Lines:
    """Money that was paid out for `about_id` came back, and can be spent again."""
    return _move(fund_id, pence, (AccountKind.RETURNED, about_id), (AccountKind.AVAILABLE, None))


def check_recoverable(paid: int, returned: int, pence: int) -> None:
    """No more comes back than went out. `paid` and `returned` are balances: returned is never above nothing."""
    if paid + returned < pence:
        raise Conflict(
            f"Only {pounds(paid + returned)} of what was paid for this is still out. Nothing was moved.",
            out_pence=paid + returned,
            asked_pence=pence,
        )


def transfer(from_fund: UUID, to_fund: UUID, pence: int) -> Lines:
    """Money goes from one fund to another; each fund's own lines still balance."""
    if from_fund == to_fund:
        raise invalid("/to_fund_id", "Choose another fund.", "another-fund")
    amount(pence)
    return checked(
        [
            Line(Account(from_fund, AccountKind.AVAILABLE), -pence),
            Line(Account(from_fund, AccountKind.TRANSFERRED), pence),
            Line(Account(to_fund, AccountKind.TRANSFERRED), -pence),
            Line(Account(to_fund, AccountKind.AVAILABLE), pence),
        ]
    )
