"""Universal Credit (Welfare Reform Act 2012 Part 1; SI 2013/376), an assessment period of a month. Pure; pence."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from services.casefile.money.benefits.circumstances import IN_UNIVERSAL_CREDIT, Circumstances
from services.casefile.money.benefits.housing import LocalRates, eligible_rent
from services.casefile.money.benefits.steps import Estimate, Working, cannot, status_of
from services.casefile.money.benefits.tables import NotInATable, Table, table
from services.casefile.money.pounds import pounds, share

CODE, TITLE = "universal_credit", "Universal Credit"
CHANGE_OF_CHILDREN: Final = date(2017, 4, 6)


@dataclass(frozen=True, slots=True)
class UniversalCredit:
    """The estimate before any cap, and the parts that others need."""

    estimate: Estimate
    childcare_pence: int = 0
    housing_pence: int = 0
    rent_pence: int = 0
    maximum_pence: int = 0


def estimate(told: Circumstances, rates: LocalRates | None) -> UniversalCredit:
    """What Universal Credit would be, with every step."""
    work = Working()
    try:
        return _estimate(told, rates, work)
    except NotInATable as missing:
        return UniversalCredit(cannot(CODE, TITLE, str(missing), work.steps))


def _estimate(told: Circumstances, rates: LocalRates | None, work: Working) -> UniversalCredit:
    if told.all_pension_age:
        work.step("Everyone is over State Pension age: Pension Credit instead", "Welfare Reform Act 2012 s4(1)(b)")
        return UniversalCredit(_none(work))
    rows = table("universal_credit", told.on)
    upper = rows.pence("capital_upper")
    if told.capital_pence > upper:
        work.step(f"Savings of {pounds(told.capital_pence)} are over {pounds(upper)}: nothing is paid", "reg 18", 0)
        return UniversalCredit(_none(work, rows))
    maximum = _standard(told, rows, work) + _children(told, rows, work) + _health_and_care(told, rows, work)
    childcare = _childcare(told, rows, work)
    housing, rent = _housing(told, rates, rows, work)
    maximum = work.step(
        "The most it can be: all of these together", "Welfare Reform Act 2012 s8(2)", maximum + childcare + housing
    )
    less = _earnings(told, rows, work, housing) + _unearned(told, work) + _tariff(told, rows, work)
    amount = work.step(
        "What is left of the most, after income", "Welfare Reform Act 2012 s8(1)", max(0, maximum - less)
    )
    status = status_of(amount)
    found = Estimate(CODE, TITLE, status, amount, None, work.steps, (), _sources(rows, rates if housing else None))
    return UniversalCredit(found, childcare, housing, rent, maximum)


def _none(work: Working, rows: Table | None = None) -> Estimate:
    return Estimate(CODE, TITLE, "not_entitled", 0, None, work.steps, (), _sources(rows, None))


def _sources(rows: Table | None, rates: LocalRates | None) -> tuple[str, ...]:
    found = [rows.source] if rows else []
    return (*found, rates.source) if rates else tuple(found)


def _standard(told: Circumstances, rows: Table, work: Working) -> int:
    older = any(each.age >= 25 for each in told.adults)
    name = f"{'couple' if told.couple else 'single'}_{'25' if older else 'under_25'}"
    who = ("a couple, " if told.couple else "one person, ") + (
        ("one or both 25 or over" if told.couple else "25 or over") if older else "under 25"
    )
    return work.step(f"Standard allowance for {who}", "reg 36", rows.pence(name))


def _children(told: Circumstances, rows: Table, work: Working) -> int:
    total = 0
    limit = rows.percent("child_limit")
    for place, child in enumerate(sorted(told.children, key=lambda each: each.born)):
        if limit and place >= limit and child.born >= CHANGE_OF_CHILDREN:
            work.step("A further child born on or after 6 April 2017: nothing, unless an exception holds", "reg 24A", 0)
        elif place == 0 and child.born < CHANGE_OF_CHILDREN:
            pence = rows.pence("first_child_before_2017")
            total += work.step("The eldest child, born before 6 April 2017", "regs 24 and 36; SI 2017/725", pence)
        else:
            total += work.step("A child", "regs 24 and 36", rows.pence("child"))
        if child.disability:
            total += work.step(
                f"Addition for a disabled child, {child.disability} rate",
                "regs 24(2) and 36",
                rows.pence(f"disabled_child_{child.disability}"),
            )
    return total


def _health_and_care(told: Circumstances, rows: Table, work: Working) -> int:
    total = 0
    health = [each.health for each in told.adults if each.health]
    if health:
        # One amount an award; the protected one where either of them has it.
        kind = "protected" if "protected" in health else "new"
        since = "a claim before 6 April 2026, or severe or final illness" if kind == "protected" else "a new claim"
        pence = rows.pence(f"lcwra_{kind}")
        total += work.step(f"Limited capability for work and work-related activity ({since})", "regs 27 and 36", pence)
    for each in told.adults:
        if each.carer and not each.health:
            total += work.step(
                "Carer of somebody severely disabled, 35 hours a week", "regs 29 and 36", rows.pence("carer")
            )
        elif each.carer:
            work.step("A carer who has the health amount has no carer amount as well", "reg 29(4)", 0)
    return total


def _childcare(told: Circumstances, rows: Table, work: Working) -> int:
    if not told.childcare_pence:
        return 0
    working = [each for each in told.adults if each.earnings_pence]
    excused = [each for each in told.adults if not each.earnings_pence and (each.health or each.carer)]
    if not working or len(working) + len(excused) < len(told.adults):
        work.step("Childcare: every adult must work, or be unable to", "reg 32", 0)
        return 0
    percent = rows.percent("childcare_percent")
    most = rows.pence("childcare_one" if told.childcare_children == 1 else "childcare_more")
    return work.step(
        f"{percent}% of childcare of {pounds(told.childcare_pence)}, up to {pounds(most)}",
        "regs 31 to 34 and 36",
        min(most, share(told.childcare_pence, percent)),
    )


def _housing(told: Circumstances, rates: LocalRates | None, rows: Table, work: Working) -> tuple[int, int]:
    if told.home.tenure in ("temporary", "supported"):
        work.step(
            "Rent of temporary or supported housing is helped with by Housing Benefit, which the council works out",
            "Sch 1 paras 3A to 3B",
            0,
        )
        return 0, 0
    if not told.home.rented:
        return 0, 0
    rent = eligible_rent(told, rates, work)
    counted = [each for each in told.non_dependants if not each.exempt]
    if counted and not any(each.disability_benefit for each in told.adults):
        less = work.step(
            f"{len(counted)} other adult{'s' if len(counted) > 1 else ''}, each pays towards the rent",
            "Sch 4 paras 13 to 16",
            len(counted) * rows.pence("non_dependant"),
        )
        rent = max(0, rent - less)
    return work.step("Help with the rent", "regs 25 and 26, Sch 4", rent), rent


def _earnings(told: Circumstances, rows: Table, work: Working, housing: int) -> int:
    earned = told.earnings
    if not earned:
        return 0
    allowance = 0
    if told.children or any(each.health for each in told.adults):
        name = f"work_allowance_{'with' if housing else 'without'}_housing"
        allowance = work.step(
            f"Work allowance {'with' if housing else 'without'} help for rent: kept whole",
            "reg 22(2)",
            rows.pence(name),
        )
    percent = rows.percent("taper_percent")
    over = max(0, earned - allowance)
    return work.step(
        f"Of pay after tax of {pounds(earned)}, {pounds(over)} is above what is kept whole: {percent}% of it is taken",
        "reg 22(1)(b)",
        share(over, percent),
    )


def _unearned(told: Circumstances, work: Working) -> int:
    other = told.month_of(IN_UNIVERSAL_CREDIT)
    return work.step("Other income that counts is taken in full", "regs 22(1)(a) and 66", other) if other else 0


def _tariff(told: Circumstances, rows: Table, work: Working) -> int:
    lower = rows.pence("capital_lower")
    if told.capital_pence <= lower:
        return 0
    steps = -(-(told.capital_pence - lower) // rows.pence("tariff_step"))
    each = rows.pence("tariff_income")
    return work.step(
        f"Savings of {pounds(told.capital_pence)} count as {pounds(each)} for every {pounds(rows.pence('tariff_step'))}"
        f" or part of it above {pounds(lower)}",
        "reg 72",
        steps * each,
    )
