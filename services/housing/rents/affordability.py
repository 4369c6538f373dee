"""Whether a household can afford a home, and why: each answer is a sum that adds up. Pure; pence a month.

Three answers, not two: yes, no, and "cannot say" where a figure is in no table or help with rent was not shown. Nobody
is refused a home by this: it tells an officer and the household what the rent would leave them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.housing.figures.pounds import month_of_week, pounds, share
from services.housing.figures.tables import NotInATable, Tables
from services.housing.figures.working import Step, Working
from services.housing.rents.means import Means, affordable_month
from services.housing.rents.products import NAMED, Charged, HomeFacts, Product, price

Answer = Literal["affordable", "not_affordable", "cannot_say"]
HelpWithRent = Literal["none", "awarded", "full"]
"""No help; help as the award letter says; or all of the rent that counts (living on benefits alone)."""
LHA_SIZES: Final = ("shared", "1", "2", "3", "4")
LIMITS: Final[Mapping[Product, str]] = {
    Product.LONDON_LIVING: "intermediate_rent",
    Product.MARKET_50: "affordable_letting",
    Product.MARKET_60: "affordable_letting",
    Product.MARKET_80: "affordable_letting",
    Product.SHARED_OWNERSHIP: "shared_ownership",
}
"""Which limit of gross income goes with which product; the others have none."""


@dataclass(frozen=True, slots=True)
class Household:
    """What the sums ask of a household: its size for the allowance, where it lives, and what help it has with rent.

    `lha_size` is a key of the allowance's table; `family` is a couple or somebody with children.
    """

    lha_size: str
    lha_area: str | None
    family: bool
    help_with_rent: HelpWithRent = "none"
    in_london: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """One product of one home, for this household."""

    product: Product
    answer: Answer
    reasons: tuple[str, ...]
    charged: Charged | None
    help_month: int
    left_to_pay_month: int | None
    left_to_live_month: int | None
    share_percent: int | None
    steps: Sequence[Step]
    sources: Sequence[str]
    unsure: Sequence[str]


def judge(
    product: Product,
    home: HomeFacts,
    landlord_is_social: bool,
    household: Household,
    means: Means,
    on: date,
    tables: Tables,
) -> Verdict:
    """Whether they can afford this home as this product, with every step."""
    priced = price(product, home, on, tables)
    work = priced.work
    if priced.charged is None:
        return _verdict(product, "cannot_say", (str(priced.missing),), work)
    charged, month = priced.charged, priced.charged.month_pence
    work.step(f"{NAMED[product].capitalize()} with its service charge, a calendar month", "52 weeks over 12", month)
    try:
        over = _over_limit(product, means, on, tables, work)
        most = affordable_month(means, on, tables, work)
        helped = _help(month, landlord_is_social, household, means, on, tables, work)
    except NotInATable as missing:
        return _verdict(product, "cannot_say", (str(missing),), work, charged)
    left = work.step("They pay themselves, a month", "rent less help", month - helped)
    live = work.step("That leaves them to live on, a month", "net income less rent", means.of_their_own_month - left)
    reasons: list[str] = [over] if over else []
    if left > most:
        reasons.append(f"they would pay {pounds(left)} a month, {pounds(left - most)} more than {pounds(most)}")
    elif not over:
        reasons.append(f"they would pay {pounds(left)} a month, within {pounds(most)}")
    _other_test(month, means, on, tables, work)
    answer: Answer = "not_affordable" if over or left > most else "affordable"
    percent = round(100 * left / means.of_their_own_month) if means.of_their_own_month > 0 else None
    return Verdict(
        product, answer, tuple(reasons), charged, helped, left, live, percent, work.steps, work.sources, work.unsure
    )


def _verdict(
    product: Product, answer: Answer, reasons: tuple[str, ...], work: Working, charged: Charged | None = None
) -> Verdict:
    return Verdict(product, answer, reasons, charged, 0, None, None, None, work.steps, work.sources, work.unsure)


def _over_limit(product: Product, means: Means, on: date, tables: Tables, work: Working) -> str | None:
    if product not in LIMITS:
        return None
    limit = work.use(tables.find("income_limit", on, LIMITS[product])).pence("gross_year")
    if means.gross_year <= limit:
        work.step(f"{pounds(means.gross_year)} a year before tax is under the limit of {pounds(limit)}", "income limit")
        return None
    return f"{pounds(means.gross_year)} a year before tax is over the limit of {pounds(limit)} for this kind of home"


def _help(month: int, social: bool, household: Household, means: Means, on: date, tables: Tables, work: Working) -> int:
    """What is paid towards this rent: never more than what counts of it, nor than the benefit cap leaves."""
    if household.help_with_rent == "none":
        return 0
    counts = month
    if social:
        work.step("A social landlord's rent counts in full; spare rooms would take from it", "SI 2013/376 Sch 4", month)
    else:
        counts = min(month, _allowance(household, on, tables, work))
    asked = counts if household.help_with_rent == "full" else min(counts, means.housing_help_month)
    if household.help_with_rent == "awarded":
        work.step("Help with rent as the letter says, at most what counts of this rent", "award letter", asked)
    if means.excepted_from_cap:
        return work.step("Help with this rent; the benefit cap does not apply", "SI 2013/376 regs 82 and 83", asked)
    area = "london" if household.in_london else "elsewhere"
    cap = work.use(tables.find("benefit_cap", on, area)).pence("family" if household.family else "single")
    room = max(0, cap - means.benefits_capped_month)
    return work.step(
        f"Help with this rent: the benefit cap of {pounds(cap)} leaves {pounds(room)} beside"
        f" {pounds(means.benefits_capped_month)} of other benefits",
        "SI 2013/376 reg 79",
        min(asked, room),
    )


def _allowance(household: Household, on: date, tables: Tables, work: Working) -> int:
    if household.lha_area is None:
        raise NotInATable("Local Housing Allowance: which rental market area the home is in was not told")
    week = work.use(tables.find("lha", on, household.lha_area)).pence(household.lha_size)
    return work.step(
        f"A private landlord's rent, and a council company's, counts up to the Local Housing Allowance for"
        f" {household.lha_size} in {household.lha_area.replace('_', ' ')}, a month",
        "SI 2013/376 Sch 4 paras 22 to 25",
        month_of_week(week),
    )


def _other_test(month: int, means: Means, on: date, tables: Tables, work: Working) -> None:
    """Another landlord's measure beside ours; it decides nothing here."""
    try:
        percent = work.use(tables.find("affordability", on, "gross_test")).number("gross_share_percent")
    except NotInATable:
        return
    most = share(means.gross_month, percent)
    words = "under" if month <= most else "over"
    work.step(f"Another landlord's test: {words} {percent}% of gross income, {pounds(most)} a month", "shown only")
