"""The rules of offers to creditors: what can be offered, how it is shared, how an offer moves. Pure; pence a month.

What is left over goes to arrears that come first, as agreed for each; the rest is shared among the others pro rata:
each gets of it what its debt is of all of them. The shares add up to the rest to the penny (largest remainder). With
nothing left a token is offered, so that creditors see that somebody is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal
from uuid import UUID

from kit.errors import Conflict, FieldError, Invalid, invalid
from services.casefile.money.pounds import pounds

Kind = Literal["pro_rata", "token", "priority", "full_and_final", "hold", "write_off"]
State = Literal["drafted", "offered", "accepted", "refused", "withdrawn", "broken", "completed"]
ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "drafted": ("offered", "withdrawn"),
    "offered": ("accepted", "refused", "withdrawn"),
    "accepted": ("broken", "completed", "withdrawn"),
    "refused": (),
    "withdrawn": (),
    "broken": (),
    "completed": (),
}
REGULAR: Final = ("pro_rata", "token", "priority")
"""Kinds that are paid month by month."""
TOKEN_PENCE: Final = 1_00


@dataclass(frozen=True, slots=True)
class Owed:
    """A debt to be offered something for."""

    debt_id: UUID
    owed_pence: int
    priority: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """So much a month for one debt."""

    debt_id: UUID
    kind: Kind
    month_pence: int
    words: str


def plan(
    spare_pence: int, debts: Sequence[Owed], first: Mapping[UUID, int], *, token_pence: int = TOKEN_PENCE
) -> list[Offer]:
    """What to offer each creditor from what is left over. Refused when it cannot be kept, naming where."""
    known = {each.debt_id: each for each in debts}
    faults = [
        FieldError(f"/first/{id_}", "Not one of their debts that come first.", "comes-first")
        for id_ in first
        if id_ not in known or not known[id_].priority
    ]
    missing = [each for each in debts if each.priority and each.owed_pence and each.debt_id not in first]
    faults += [
        FieldError(f"/first/{each.debt_id}", "It comes first: say what it gets, or nothing (0).", "first-things-first")
        for each in missing
    ]
    if faults:
        raise Invalid("What comes first is not settled", *faults)
    promised = sum(first.values())
    if promised > max(0, spare_pence):
        left = pounds(max(0, spare_pence))
        detail = f"{pounds(promised)} a month is more than the {left} that is left over."
        raise invalid("/first", detail, "within-what-is-left")
    offers = [
        Offer(id_, "priority", pence, f"{pounds(pence)} a month, which comes before the others")
        for id_, pence in first.items()
        if pence
    ]
    others = [each for each in debts if not each.priority and each.owed_pence]
    rest = max(0, spare_pence - promised)
    if rest < len(others) * token_pence or not rest:
        return offers + [
            Offer(each.debt_id, "token", min(token_pence, each.owed_pence), "A token: too little is left over to share")
            for each in others
        ]
    shares = pro_rata(rest, [each.owed_pence for each in others])
    whole = sum(each.owed_pence for each in others)
    return offers + [
        Offer(
            each.debt_id,
            "pro_rata",
            share,
            f"{pounds(rest)} left over x {pounds(each.owed_pence)} of {pounds(whole)} owed",
        )
        for each, share in zip(others, shares, strict=True)
    ]


def pro_rata(rest: int, owed: Sequence[int]) -> list[int]:
    """Share `rest` by what is owed; no share is more than its debt, and all of it adds up to the penny."""
    whole = sum(owed)
    if rest >= whole:
        return list(owed)
    exact = [Fraction(rest * each, whole) for each in owed]
    shares = [int(each) for each in exact]
    # The pennies left go to the largest remainders; equal ones to the larger debt, then to the one named first.
    order = sorted(range(len(owed)), key=lambda place: (-(exact[place] - shares[place]), -owed[place], place))
    for place in order[: rest - sum(shares)]:
        shares[place] += 1
    return shares


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an offer, and on which day."""

    to: State
    on: date
    amount_pence: int | None = None
    first_due_on: date | None = None
    reason: str | None = None


def step(kind: Kind, state: State, offered_pence: int, taken: Step, today: date) -> int:
    """Check a step; returns the amount that stands after it (a creditor may agree to another)."""
    if taken.to not in ALLOWED[state]:
        raise Conflict(
            f"An offer that is {state} cannot become {taken.to}",
            state=state,
            wanted=taken.to,
            allowed=list(ALLOWED[state]),
        )
    if taken.on > today:
        raise invalid("/on", "It is recorded once it has happened.", "not-in-the-future")
    if taken.to == "accepted" and kind in REGULAR and taken.first_due_on is None:
        raise invalid("/first_due_on", "When the first payment is due.", "first-payment")
    if taken.to in ("refused", "broken") and not (taken.reason or "").strip():
        raise invalid("/reason", "Say why.", "reason")
    if taken.amount_pence is not None and taken.to != "accepted":
        raise invalid("/amount_pence", "Another amount is agreed when it is accepted.", "amount-on-acceptance")
    return offered_pence if taken.amount_pence is None else taken.amount_pence


def after(kind: Kind, to: State) -> Literal["arranged", "owed", "settled", "written_off"] | None:
    """What its debt becomes: arranged, owed again, settled, written off; None: as it was."""
    if to == "accepted" and kind == "write_off":
        return "written_off"
    if to == "accepted":
        return None if kind == "hold" else "arranged"
    if to == "completed":
        return None if kind == "hold" else "settled"
    # Withdrawn counts only for what had been accepted: the caller knows.
    return "owed" if to in ("broken", "withdrawn") else None
