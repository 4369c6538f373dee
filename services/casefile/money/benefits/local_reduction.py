"""A council's own council tax reduction for people of working age, by bands of income, from a table it loads. Pure.

Local Government Finance Act 1992 s13A(2) and Sch 1A: each council makes its own scheme. Without its table nothing can
be estimated, and the answer says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from services.casefile.money.benefits.circumstances import IN_UNIVERSAL_CREDIT, Circumstances
from services.casefile.money.benefits.pension_age import REDUCTION, REDUCTION_TITLE
from services.casefile.money.benefits.steps import Estimate, Working, cannot, status_of
from services.casefile.money.pounds import a_month, pounds, rounded, share

LAW = "the council's own scheme; LGFA 1992 s13A(2)"


@dataclass(frozen=True, slots=True)
class LocalScheme:
    """A council's table: which incomes it counts, its capital limit and its bands."""

    council: str
    since: date
    source: str
    figures: Mapping[str, Any]


def estimate(
    told: Circumstances, scheme: LocalScheme | None, universal_credit_pence: int | None, child_benefit_pence: int | None
) -> Estimate:
    """By the band their income falls in."""
    work = Working()
    due = told.council_tax_year_pence
    assert due is not None
    if scheme is None:
        missing = f"council tax reduction: no table of {told.council or 'their council'} for {told.on.isoformat()}"
        return cannot(REDUCTION, REDUCTION_TITLE, missing)
    limit = scheme.figures["capital_limit_pence"]
    if told.capital_pence > limit:
        work.step(f"Savings are over {pounds(limit)}: nothing", LAW, 0)
        return Estimate(REDUCTION, REDUCTION_TITLE, "not_entitled", 0, 0, work.steps, (), (scheme.source,))
    amounts = {
        "earnings": told.earnings,
        "universal_credit": universal_credit_pence,
        "child_benefit": child_benefit_pence,
        "other": told.month_of(IN_UNIVERSAL_CREDIT),
    }
    month = 0
    for name in scheme.figures["counts"]:
        amount = amounts[name]
        if amount is None:
            return cannot(REDUCTION, REDUCTION_TITLE, f"it counts {name.replace('_', ' ')}, which cannot be estimated")
        month += amount
    week = work.step(
        f"Income the scheme counts ({', '.join(each.replace('_', ' ') for each in scheme.figures['counts'])}), a week",
        LAW,
        rounded(Fraction(month * 12, 52)),
    )
    adults, children = len(told.adults), min(2, len(told.children))
    bands = sorted(
        (each for each in scheme.figures["bands"] if (each["adults"], each["children"]) == (adults, children)),
        key=lambda each: int(each["up_to_week_pence"]),
    )
    percent = next((int(each["percent"]) for each in bands if week <= each["up_to_week_pence"]), 0)
    year = share(due, percent)
    work.step(f"Their band takes {percent}% off council tax of {pounds(due)} a year", LAW, year)
    amount = work.step("In a month: over 12", "arithmetic", a_month(year, "year"))
    status = status_of(amount)
    return Estimate(REDUCTION, REDUCTION_TITLE, status, amount, None, work.steps, (), (scheme.source,))
