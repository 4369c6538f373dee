"""State Pension Credit (SPC Act 2002; SI 2002/1792), a week. Pure; pence."""

from dataclasses import dataclass

from services.casefile.money.benefits.circumstances import IN_PENSION_CREDIT, IN_SAVINGS_CREDIT, Circumstances
from services.casefile.money.benefits.steps import Estimate, Working, cannot, status_of
from services.casefile.money.benefits.tables import NotInATable, Table, table
from services.casefile.money.benefits.universal_credit import CHANGE_OF_CHILDREN
from services.casefile.money.pounds import a_month, a_week, pounds, share

CODE, TITLE = "pension_credit", "Pension Credit"
EARNINGS_KEPT = {False: 5_00, True: 10_00}
"""One person, a couple; 20 pounds for carers and disabled people (SI 2002/1792 Sch 6)."""
EARNINGS_KEPT_CARER = 20_00


@dataclass(frozen=True, slots=True)
class PensionCredit:
    """The estimate, and whether the guarantee credit is in it: that opens other doors."""

    estimate: Estimate
    guarantee_week_pence: int = 0
    savings_week_pence: int = 0


def estimate(told: Circumstances) -> PensionCredit:
    """Guarantee and savings credit, with every step."""
    work = Working()
    if not told.all_pension_age:
        why = "One of them is under State Pension age" if told.couple else "Under State Pension age"
        work.step(f"{why}: Universal Credit instead", "SPC Act 2002 s1; Welfare Reform Act 2012 Sch 2 para 64", 0)
        return PensionCredit(Estimate(CODE, TITLE, "not_entitled", 0, 0, work.steps))
    try:
        rows = table("pension_credit", told.on)
        least = _least(told, rows, work)
        income = income_of(told, rows, work)
        guarantee = work.step("Guarantee credit: what income lacks of it", "SPC Act 2002 s2(2)", max(0, least - income))
        savings = _savings(told, rows, work, least)
    except NotInATable as missing:
        return PensionCredit(cannot(CODE, TITLE, str(missing), work.steps))
    week = guarantee + savings
    month = work.step("In a month: times 52 over 12", "arithmetic", a_month(week, "week"))
    status = status_of(week)
    return PensionCredit(Estimate(CODE, TITLE, status, month, week, work.steps, (), (rows.source,)), guarantee, savings)


def _least(told: Circumstances, rows: Table, work: Working) -> int:
    name = "couple" if told.couple else "single"
    total = work.step(f"Standard minimum guarantee, {name}, a week", "SI 2002/1792 reg 6(1)", rows.pence(name))
    for each in told.adults:
        if each.carer:
            total += work.step("Addition for a carer", "reg 6(6)(a) and Sch 1 para 4", rows.pence("carer"))
    alone = not told.non_dependants
    if alone and all(each.disability_benefit for each in told.adults):
        count = len(told.adults)
        words = "Addition for severe disability, if nobody is paid for caring for them"
        total += work.step(words, "reg 6(4) and Sch 1 para 1", count * rows.pence("severe_disability"))
    for place, child in enumerate(sorted(told.children, key=lambda each: each.born)):
        first = place == 0 and child.born < CHANGE_OF_CHILDREN
        pence = rows.pence("first_child_before_2017" if first else "child")
        total += work.step("Addition for a child", "Sch IIA para 9", pence)
        if child.disability:
            pence = rows.pence(f"disabled_child_{child.disability}")
            total += work.step("Addition for a disabled child", "Sch IIA para 9", pence)
    return work.step("Appropriate minimum guarantee", "SPC Act 2002 s2(3)", total)


def income_of(told: Circumstances, rows: Table, work: Working) -> int:
    """Income that counts for people over pension age, a week: pensions, pay, and savings above the lower limit."""
    total = told.week_of(IN_PENSION_CREDIT)
    if total:
        work.step("Pensions and other income that counts, a week", "SPC Act 2002 ss15 and 16", total)
    if told.earnings:
        special = any(each.carer or each.disability_benefit for each in told.adults)
        kept = EARNINGS_KEPT_CARER if special else EARNINGS_KEPT[told.couple]
        words = f"Pay after tax, a week, less {pounds(kept)} that is kept"
        total += work.step(words, "reg 17(9) and Sch 6", max(0, a_week(told.earnings, "month") - kept))
    lower = rows.pence("capital_lower")
    if told.capital_pence > lower:
        steps = -(-(told.capital_pence - lower) // rows.pence("tariff_step"))
        words = f"Savings of {pounds(told.capital_pence)}: £1 for every £500 or part of it above {pounds(lower)}"
        total += work.step(words, "reg 15(6)", steps * rows.pence("tariff_income"))
    return total


def _savings(told: Circumstances, rows: Table, work: Working, least: int) -> int:
    if not any(each.pension_age_before_2016 for each in told.adults):
        work.step("Savings credit: only who reached pension age before 6 April 2016", "SPC Act 2002 s3(1)", 0)
        return 0
    name = "couple" if told.couple else "single"
    threshold = rows.pence(f"savings_threshold_{name}")
    most = share(rows.pence(name) - threshold, 60)
    quiet = Working()
    all_income = income_of(told, rows, quiet)
    qualifying = all_income - told.week_of(IN_PENSION_CREDIT - IN_SAVINGS_CREDIT)
    if qualifying <= threshold:
        work.step(f"Savings credit: income is not above {pounds(threshold)}", "SPC Act 2002 s3(2)", 0)
        return 0
    gained = min(most, share(qualifying - threshold, 60))
    lost = share(max(0, all_income - least), 40)
    return work.step(
        f"Savings credit: 60% of income above {pounds(threshold)}, {pounds(most)} at most; less 40% of income above"
        f" {pounds(least)}",
        "SPC Act 2002 s3(3); SI 2002/1792 reg 7",
        max(0, gained - lost),
    )
