"""Housing Benefit (SI 2006/214), council tax reduction (SI 2012/2885 Sch 1) of people over pension age. Pure; pence."""

from fractions import Fraction

from services.casefile.money.benefits.circumstances import Circumstances
from services.casefile.money.benefits.housing import LocalRates, eligible_rent, week_of_month
from services.casefile.money.benefits.pension_credit import PensionCredit, income_of
from services.casefile.money.benefits.steps import Estimate, Working, cannot, status_of
from services.casefile.money.benefits.tables import NotInATable, Table, table
from services.casefile.money.pounds import a_month, pounds, rounded, share

HOUSING, HOUSING_TITLE = "housing_benefit", "Housing Benefit"
REDUCTION, REDUCTION_TITLE = "council_tax_reduction", "Council tax reduction"


def housing_benefit(told: Circumstances, pension: PensionCredit, rates: LocalRates | None) -> Estimate:
    """Help with rent. Others than people over pension age have it only in temporary or supported housing."""
    work = Working()
    if told.home.tenure in ("temporary", "supported"):
        detail = "Housing Benefit for temporary or supported housing: the council's benefit office works it out"
        return cannot(HOUSING, HOUSING_TITLE, detail)
    if not told.all_pension_age or not told.home.rented:
        why = "No rent" if told.all_pension_age else "Under pension age: Universal Credit helps with rent"
        work.step(why, "SI 2014/1230 reg 6A", 0)
        return Estimate(HOUSING, HOUSING_TITLE, "not_entitled", 0, 0, work.steps)
    try:
        rows = table("pension_age_housing", told.on)
        rent = week_of_month(eligible_rent(told, rates, work))
        work.step("The rent that counts, a week", "SI 2006/214 reg 12B", rent)
        most = max(0, rent - _others(told, rows, work))
        week = _after_income(told, pension, rows, work, most, rows.percent("housing_taper_percent"), "reg 51")
    except NotInATable as missing:
        return cannot(HOUSING, HOUSING_TITLE, str(missing), work.steps)
    return _found(HOUSING, HOUSING_TITLE, week, work, rows)


def council_tax_reduction(told: Circumstances, pension: PensionCredit) -> Estimate:
    """By the scheme that the law prescribes for people over pension age: up to all of it."""
    work = Working()
    assert told.council_tax_year_pence is not None
    try:
        rows = table("pension_age_housing", told.on)
        due = told.council_tax_year_pence
        week = work.step(
            f"Council tax of {pounds(due)} a year, after discounts, a week: times 7 over 365",
            "SI 2012/2885 Sch 1 para 7",
            rounded(Fraction(due * 7, 365)),
        )
        if any(not each.exempt for each in told.non_dependants):
            raise NotInATable("council tax reduction: no figures for what other adults are taken to pay")
        taper = rows.percent("council_tax_taper_percent")
        week = _after_income(told, pension, rows, work, week, taper, "SI 2012/2885 Sch 1 paras 2 to 4 and 10")
    except NotInATable as missing:
        return cannot(REDUCTION, REDUCTION_TITLE, str(missing), work.steps)
    return _found(REDUCTION, REDUCTION_TITLE, week, work, rows)


def _found(code: str, title: str, week: int, work: Working, rows: Table) -> Estimate:
    month = work.step("In a month: times 52 over 12", "arithmetic", a_month(week, "week"))
    return Estimate(code, title, status_of(week), month, week, work.steps, (), (rows.source,))


def _others(told: Circumstances, rows: Table, work: Working) -> int:
    counted = [each for each in told.non_dependants if not each.exempt]
    if not counted or any(each.disability_benefit for each in told.adults):
        return 0
    ladder = rows.ladder("non_dependants")
    total = 0
    for each in counted:
        gross = each.gross_week_pence if each.in_work else 0
        pence = next(amount for start, amount in reversed(ladder) if gross >= start)
        total += work.step("Another adult is taken to pay towards the rent", "SI 2006/214 reg 55", pence)
    return total


def _after_income(
    told: Circumstances, pension: PensionCredit, rows: Table, work: Working, most: int, percent: int, rule: str
) -> int:
    if pension.estimate.status == "cannot_be_estimated":
        raise NotInATable(*pension.estimate.missing)
    if pension.guarantee_week_pence:
        return work.step("They have the guarantee credit: all of it", rule, most)
    upper = rows.pence("capital_upper")
    if told.capital_pence > upper:
        return work.step(f"Savings are over {pounds(upper)}: nothing", "SI 2006/214 reg 43; SI 2012/2885 reg 11", 0)
    needs = _applicable(told, rows, work)
    income = income_of(told, rows, work) + pension.savings_week_pence
    if pension.savings_week_pence:
        work.step("Savings credit counts as income", "SI 2006/214 reg 27", pension.savings_week_pence)
    over = max(0, income - needs)
    words = f"Income of {pounds(income)} is {pounds(over)} above that: {percent}% of it is taken"
    less = work.step(words, rule, share(over, percent))
    return work.step("What is left, a week", rule, max(0, most - less))


def _applicable(told: Circumstances, rows: Table, work: Working) -> int:
    before = any(each.pension_age_before_2021 for each in told.adults)
    name = ("couple" if told.couple else "single") + ("_before_2021" if before else "")
    total = rows.pence(name)
    for _ in told.children:
        total += rows.pence("child")
    for child in told.children:
        if child.disability:
            total += rows.pence("disabled_child")
    for each in told.adults:
        if each.carer:
            total += rows.pence("carer")
    if not told.non_dependants and all(each.disability_benefit for each in told.adults):
        total += len(told.adults) * rows.pence("severe_disability")
    return work.step(
        "The law's amount for a household like theirs, a week", "SI 2006/214 Sch 3; SI 2012/2885 Sch 2", total
    )
