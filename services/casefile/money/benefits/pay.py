"""Pay after tax and National Insurance, for an employee in England on one job. Pure; pence.

Income Tax Act 2007 ss10 and 35; Social Security Contributions and Benefits Act 1992 s8. By the year, so without the
small differences of a payroll's months; no student loan, no pension unless it is told as a cost.
"""

from datetime import date
from fractions import Fraction

from services.casefile.money.benefits.steps import Working
from services.casefile.money.benefits.tables import table
from services.casefile.money.pounds import pounds, rounded


def after_tax(gross_month_pence: int, on: date, work: Working) -> int:
    """What is paid out a month of a gross month's pay. Raises NotInATable."""
    rows = table("pay", on)
    year = gross_month_pence * 12
    allowance = rows.pence("personal_allowance")
    over = year - rows.pence("allowance_falls_from")
    if over > 0:
        allowance = max(0, allowance - over // 2)
    taxable = max(0, year - allowance)
    basic = rows.pence("basic_band")
    # The higher band ends where the additional rate begins, counted in taxable pay.
    top = rows.pence("higher_band_to")
    tax = Fraction(0)
    for low, high, name in ((0, basic, "basic"), (basic, top, "higher"), (top, None, "additional")):
        part = max(0, (taxable if high is None else min(taxable, high)) - low)
        tax += Fraction(part * rows.percent(f"{name}_percent"), 100)
    start, end = rows.pence("insurance_from"), rows.pence("insurance_to")
    insurance = Fraction(max(0, min(year, end) - start) * rows.percent("insurance_percent"), 100)
    insurance += Fraction(max(0, year - end) * rows.percent("insurance_above_percent"), 100)
    taken = work.step(
        f"Income tax a month on {pounds(gross_month_pence)}: {pounds(allowance)} a year is free of it",
        "Income Tax Act 2007 ss10 and 35",
        rounded(tax / 12),
    )
    insured = work.step(
        f"National Insurance a month: {rows.percent('insurance_percent')}% above {pounds(start)} a year",
        "SSCBA 1992 s8",
        rounded(insurance / 12),
    )
    return work.step("Pay after both, a month", "arithmetic", gross_month_pence - taken - insured)
