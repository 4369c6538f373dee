"""The rules of hardship payments: who may pay what alone, who must approve, how it is paid, refused, checked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON, add_working_days, later
from kit.errors import Conflict, Forbidden, invalid

CHECK_HOUR: Final = time(9)


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    AWAITING = "awaiting_approval"
    PAID = "paid"
    REFUSED = "refused"
    RECONSIDERING = "reconsidering"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


ALLOWED: Final[Mapping[State, tuple[State, ...]]] = {
    State.ASKED: (State.AWAITING, State.PAID, State.REFUSED, State.WITHDRAWN),
    State.AWAITING: (State.PAID, State.REFUSED, State.WITHDRAWN),
    State.PAID: (State.RETURNED,),
    State.REFUSED: (State.RECONSIDERING,),
    State.RECONSIDERING: (State.AWAITING, State.PAID, State.REFUSED, State.WITHDRAWN),
    State.RETURNED: (),
    State.WITHDRAWN: (),
}


class Strand(StrEnum):
    """What the fund pays for (Crisis and Resilience Fund)."""

    CRISIS = "crisis_payment"
    HOUSING = "housing_payment"


class Need(StrEnum):
    """What the money is for."""

    FOOD = "food"
    FUEL = "fuel"
    RENT = "rent"
    DEPOSIT = "deposit"
    MOVING = "moving"
    FURNITURE = "furniture_or_appliance"
    CLOTHING = "clothing"
    TRAVEL = "travel"
    BABY = "baby_things"
    OTHER = "other"


class Shock(StrEnum):
    """What happened."""

    INCOME_LOST = "income_lost"
    BENEFIT_DELAYED = "benefit_delayed"
    UNEXPECTED_BILL = "unexpected_bill"
    ABUSE = "fleeing_abuse"
    BEREAVEMENT = "bereavement"
    FIRE_OR_FLOOD = "fire_or_flood"
    ILLNESS = "illness"
    NEW_HOME = "new_home"
    OTHER = "other"


class Way(StrEnum):
    """How it is paid. Cash first: to the person's own account, or a code they cash themselves."""

    OWN_ACCOUNT = "own_account"
    CASH_CODE = "cash_code"
    JOINT_ACCOUNT = "joint_account"
    SUPPLIER = "supplier"


class AskedBy(StrEnum):
    """Who asked: anyone may, for somebody else too."""

    THEMSELVES = "themselves"
    FRIEND = "friend_or_family"
    ORGANISATION = "organisation"
    WORKER = "worker"


class RefusalReason(StrEnum):
    """Why not."""

    NO_CRISIS = "no_crisis"
    ALREADY_MET = "already_met"
    OTHER_FUND = "other_fund_pays"
    NOT_LOCAL = "not_of_this_council"
    NOT_ENOUGH_KNOWN = "not_enough_known"
    FUND_EMPTY = "fund_empty"


class Finding(StrEnum):
    """What the next day's look at a desk payment found."""

    IN_ORDER = "in_order"
    RECORD_INCOMPLETE = "record_incomplete"
    NOT_IN_ORDER = "not_in_order"


@dataclass(frozen=True, slots=True)
class Payee:
    """To whom, how. `asked_for_joint`: they asked for the joint account themselves, with nobody beside them."""

    way: Way
    sort_code: str | None = None
    account_number: str | None = None
    asked_for_joint: bool = False
    supplier: str | None = None
    why_not_cash: str | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """Whether an officer may pay at the desk, until when."""

    worker: str
    trained_on: date
    until: date

    def holds(self, day: date) -> bool:
        """Does it hold on this day?"""
        return self.trained_on <= day < self.until


def check_next(state: State, wanted: State) -> None:
    """`Conflict` with the states allowed from here, unless `wanted` is one of them."""
    if wanted not in ALLOWED[state]:
        allowed = [each.value for each in ALLOWED[state]]
        raise Conflict(f"This request is {state.value.replace('_', ' ')}", state=state.value, allowed=allowed)


def check_payee(payee: Payee) -> None:
    """Can it be paid like this? A joint account only when they asked for it alone; a supplier only with a reason."""
    account = (payee.sort_code or "", payee.account_number or "")
    if payee.way in (Way.OWN_ACCOUNT, Way.JOINT_ACCOUNT):
        if not (re.fullmatch(r"\d{6}", account[0]) and re.fullmatch(r"\d{8}", account[1])):
            raise invalid("/payee/account_number", "A sort code has six figures, an account number eight.", "account")
    elif any(account):
        raise invalid("/payee/account_number", "Only payments to an account have one.", "account")
    if payee.way is Way.JOINT_ACCOUNT and not payee.asked_for_joint:
        raise invalid(
            "/payee/way", "Not to a joint account, unless they asked for it themselves and alone.", "joint-unasked"
        )
    if payee.way is Way.SUPPLIER and not (payee.supplier and payee.why_not_cash):
        raise invalid("/payee/why_not_cash", "Cash comes first: name the supplier and say why not cash.", "cash-first")


def pays_alone(pence: int, desk_pence: int, most_pence: int) -> bool:
    """May one trained officer pay this alone? `Invalid` above what the scheme pays at all."""
    if pence > most_pence:
        raise invalid("/amount_pence", "This is more than the scheme pays to one household at once.", "most-at-once")
    return pence <= desk_pence


def check_trained(training: Training | None, day: date) -> None:
    """`Forbidden` for an officer whose training is not on record, or has run out."""
    if training is None or not training.holds(day):
        raise Forbidden("Payments at the desk are made by officers whose training for it is on record")


def check_second(actor: str, asked_for_by: str, decided_by: str | None) -> None:
    """The second approver is neither who took the request nor who decided first."""
    if actor in (asked_for_by, decided_by):
        raise Conflict("The second approver is another officer", allowed=["another officer"])


def decide_by(asked_at: datetime, urgent: bool, within_hours: int) -> datetime:
    """Until when it is decided: the same day if it can be (18:00, or tomorrow's), at the latest in the fund's hours."""
    local = asked_at.astimezone(LONDON)
    same_day = datetime.combine(local.date(), time(18), LONDON)
    if local >= same_day - timedelta(hours=1):
        same_day = datetime.combine(add_working_days(local.date(), 1), time(18), LONDON)
    last = later(asked_at, timedelta(hours=within_hours))
    return min(same_day, last) if urgent else same_day


def check_on(paid_at: datetime) -> datetime:
    """When a sampled payment is looked at: the next working day at nine."""
    day = add_working_days(paid_at.astimezone(LONDON).date(), 1)
    return datetime.combine(day, CHECK_HOUR, LONDON)


def check_reconsider(refused_on: date, today: date, within_days: int) -> None:
    """`Conflict` when the days in which a refusal may be questioned are over."""
    if today > refused_on + timedelta(days=within_days):
        raise Conflict("A refusal may be questioned for 28 days; ask anew", allowed=["a new request"])


def sampled(mark: bytes, percent: int) -> bool:
    """Is a payment one of those looked at? `mark` is random, so nobody knows beforehand."""
    return int.from_bytes(mark[:4], "big") % 100 < percent
