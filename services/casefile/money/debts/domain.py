"""The rules of debts: which come first, how they move through their stages, when one is over. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from kit.errors import Conflict, FieldError, Invalid, invalid
from services.casefile.money.debts.kinds import KINDS
from services.casefile.money.pounds import MOST

State = Literal["owed", "arranged", "settled", "written_off", "in_insolvency", "not_theirs"]
OVER: Final = ("settled", "written_off", "in_insolvency", "not_theirs")
ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "owed": ("arranged", *OVER),
    "arranged": ("owed", *OVER),
    "settled": ("owed",),
    "written_off": (),
    "in_insolvency": ("owed",),
    "not_theirs": ("owed",),
}
"""From each state to those it may lead to. What was settled may turn out not to be; what a creditor gave up is gone."""


@dataclass(frozen=True, slots=True)
class Debt:
    """A debt as the rules see it; amounts in pence."""

    kind: str
    owed_pence: int
    stage: str
    priority: bool
    state: State = "owed"


def debt(kind: str, owed_pence: int, stage: str | None, priority: bool | None, why: str | None) -> Debt:
    """A debt just told of. Its kind says whether it comes first; to say otherwise needs a reason."""
    faults = []
    if kind not in KINDS:
        raise invalid("/kind", f"One of {', '.join(KINDS)}.", "debt-kind")
    known = KINDS[kind]
    if not 0 <= owed_pence <= MOST:
        faults.append(FieldError("/owed_pence", "Whole pence, none below nothing.", "amount"))
    stage = stage or known.stages[0]
    if stage not in known.stages:
        faults.append(FieldError("/stage", f"One of {', '.join(known.stages)}.", "stage-of-its-kind"))
    if priority is not None and priority != known.priority and not (why or "").strip():
        detail = f"By its kind it {'comes first' if known.priority else 'does not come first'}: say why otherwise."
        faults.append(FieldError("/priority_reason", detail, "reason-for-priority"))
    if faults:
        raise Invalid("This debt cannot be recorded so", *faults)
    return Debt(kind, owed_pence, stage, known.priority if priority is None else priority)


def at_stage(before: Debt, stage: str, on: date, last_on: date, today: date) -> Debt:
    """The creditor went further, or back. Any stage of its kind; dated, not before the last one nor to come."""
    check_open(before)
    stages = KINDS[before.kind].stages
    if stage not in stages:
        raise invalid("/stage", f"One of {', '.join(stages)}.", "stage-of-its-kind")
    if not last_on <= on <= today:
        detail = f"Not before {last_on.isoformat()}, when it came to {before.stage}, and not to come."
        raise invalid("/on", detail, "dates-in-order")
    return replace(before, stage=stage)


def owing(before: Debt, owed_pence: int) -> Debt:
    """What is owed now."""
    check_open(before)
    if not 0 <= owed_pence <= MOST:
        raise invalid("/owed_pence", "Whole pence, none below nothing.", "amount")
    return replace(before, owed_pence=owed_pence)


def moved(before: Debt, state: State) -> Debt:
    """To another state, if it may."""
    if state not in ALLOWED[before.state]:
        raise Conflict(
            f"A debt that is {before.state} cannot become {state}",
            state=before.state,
            wanted=state,
            allowed=list(ALLOWED[before.state]),
        )
    return replace(before, state=state, owed_pence=0 if state == "settled" else before.owed_pence)


def ended_by_hand(before: Debt, state: State) -> Debt:
    """As `moved`; but arranged, and no longer arranged, a debt is by its arrangement alone."""
    if state == "arranged" or (before.state == "arranged" and state == "owed"):
        allowed = [each for each in ALLOWED[before.state] if each in OVER]
        detail = "An arrangement is made by an offer that was accepted, and ended there"
        raise Conflict(detail, state=before.state, wanted=state, allowed=allowed)
    return moved(before, state)


def check_open(debt: Debt) -> None:
    """Only what is still owed changes."""
    if debt.state in OVER:
        raise Conflict(f"This debt is {debt.state}", state=debt.state, allowed=list(ALLOWED[debt.state]))


def in_order(debts: Sequence[Debt]) -> list[Debt]:
    """Those that come first, first; the furthest gone before the others; then the larger."""
    return sorted(debts, key=lambda each: (not each.priority, -how_far(each.kind, each.stage), -each.owed_pence))


def how_far(kind: str, stage: str) -> int:
    """How far the creditor went: 0 to 100 of that kind's way."""
    stages = KINDS[kind].stages
    return 100 * stages.index(stage) // max(1, len(stages) - 1)


def qualifies(kind: str) -> bool:
    """May a Breathing Space cover it (SI 2020/1311 reg 5)?"""
    return KINDS[kind].breathing_space


def total(debts: Iterable[Debt]) -> int:
    """What is owed in all, in pence: those that are over are not."""
    return sum(each.owed_pence for each in debts if each.state not in OVER)


# Options --------------------------------------------------------------------------------------------------

Fits = Literal["fits", "does_not_fit", "ask"]


@dataclass(frozen=True, slots=True)
class Option:
    """One way out: does it fit on what is known, why, and the law. A list to talk through, never advice by itself."""

    code: str
    title: str
    fits: Fits
    because: str
    law: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What insolvency takes, from a day on; pence. England and Wales."""

    since: date
    relief_order_most_owed: int
    relief_order_most_assets: int
    relief_order_most_spare: int
    bankruptcy_fee: int
    source: str


TERMS: Final = (
    Terms(
        date(2024, 6, 28),
        50_000_00,
        2_000_00,
        75_00,
        680_00,
        "Insolvency Proceedings (Monetary Limits) Order as amended from 28 June 2024; gov.uk, Debt Relief Orders",
    ),
)
"""Newest last."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the options look at; None where nobody has asked."""

    owed_pence: int
    spare_pence: int | None
    assets_pence: int | None = None
    owns_home: bool | None = None
    relief_order_in_six_years: bool | None = None
    breathing_space_in_a_year: bool = False


def options(known: Circumstances, on: date) -> list[Option]:
    """Every way that may be talked through, with why it fits or does not; no figures before there were terms."""
    terms = next((each for each in reversed(TERMS) if each.since <= on), None)
    spare = known.spare_pence
    return [
        Option(
            "more_income",
            "More money coming in",
            "fits",
            "A benefit check comes first: what is missed each month makes debts.",
        ),
        Option(
            "breathing_space",
            "Breathing Space",
            "does_not_fit" if known.breathing_space_in_a_year else "fits",
            "They had one in the last 12 months."
            if known.breathing_space_in_a_year
            else "60 days in which creditors wait, to find a way out.",
            "Debt Respite Scheme Regulations 2020 (SI 2020/1311) regs 24 to 26",
        ),
        _from_spare("arrangements", "Arrangements with each creditor", spare),
        _from_spare("debt_management_plan", "A debt management plan", spare),
        Option(
            "token_payments",
            "Token payments",
            "ask" if spare is None else ("fits" if spare <= 0 else "does_not_fit"),
            "For a time when nothing is left over.",
        ),
        Option(
            "write_off",
            "Asking creditors to write off",
            "ask",
            "Where nothing will change, for instance through illness.",
        ),
        _relief_order(known, terms),
        Option(
            "individual_voluntary_arrangement",
            "An individual voluntary arrangement",
            "ask" if spare is None else ("fits" if spare > 0 else "does_not_fit"),
            "A fixed share each month, mostly for five or six years; an insolvency practitioner sets it up.",
            "Insolvency Act 1986 Part 8",
        ),
        Option(
            "bankruptcy",
            "Bankruptcy",
            "ask",
            "What they own may be sold, a home too."
            + (
                f" It costs {terms.bankruptcy_fee // 100} pounds."
                if terms
                else " Its fee is not in a table for this day."
            ),
            "Insolvency Act 1986 Part 9",
        ),
    ]


def _from_spare(code: str, title: str, spare: int | None) -> Option:
    if spare is None:
        return Option(code, title, "ask", "A statement of income and spending comes first.")
    fits: Fits = "fits" if spare > 0 else "does_not_fit"
    because = "There is money left over to offer." if spare > 0 else "Nothing is left over to offer."
    return Option(code, title, fits, because)


def _relief_order(known: Circumstances, terms: Terms | None) -> Option:
    law = "Insolvency Act 1986 Part 7A and Sch 4ZA"
    title = "A Debt Relief Order"

    def found(fits: Fits, because: str) -> Option:
        return Option("debt_relief_order", title, fits, because, law)

    if terms is None:
        return found("ask", "Its limits are not in a table for this day.")
    if known.owed_pence > terms.relief_order_most_owed:
        return found("does_not_fit", f"More than {terms.relief_order_most_owed // 100:,} pounds is owed.")
    if known.owns_home:
        return found("does_not_fit", "They own their home.")
    if known.relief_order_in_six_years:
        return found("does_not_fit", "They had one in the last six years.")
    if known.spare_pence is not None and known.spare_pence > terms.relief_order_most_spare:
        return found("does_not_fit", f"More than {terms.relief_order_most_spare // 100} pounds a month is left over.")
    if known.assets_pence is not None and known.assets_pence > terms.relief_order_most_assets:
        return found("does_not_fit", f"They own more than {terms.relief_order_most_assets // 100:,} pounds' worth.")
    open_questions = (known.spare_pence, known.assets_pence, known.owns_home, known.relief_order_in_six_years)
    if None in open_questions:
        return found("ask", "It may fit: what they own, what is left over and earlier orders are not all known.")
    return found("fits", "All its limits are kept on what is known.")
