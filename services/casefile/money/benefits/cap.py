"""The benefit cap in Universal Credit (Welfare Reform Act 2012 ss96, 97; SI 2013/376 Part 7). Pure; pence a month."""

from fractions import Fraction

from services.casefile.money.benefits.circumstances import Circumstances
from services.casefile.money.benefits.steps import Working
from services.casefile.money.benefits.tables import table
from services.casefile.money.benefits.universal_credit import UniversalCredit
from services.casefile.money.pounds import pounds

HOURS = 16
COUNTED = frozenset({"new_style_benefit", "maternity_allowance"})


def earnings_threshold(told: Circumstances) -> int:
    """16 hours a week at the National Living Wage, in a month, rounded down to a pound (reg 82). Raises NotInATable."""
    exact = Fraction(table("minimum_wage", told.on).pence("hour") * HOURS * 52, 12)
    return int(exact / 100) * 100


def reduction(told: Circumstances, credit: UniversalCredit, child_benefit_pence: int, work: Working) -> int:
    """How much the cap takes from Universal Credit; nothing where an exception holds. Raises NotInATable."""
    if not credit.estimate.month_pence or (why := _excepted(told)) is not None:
        if credit.estimate.month_pence:
            work.step(f"The benefit cap does not apply: {why}", "regs 82 and 83", 0)
        return 0
    rows = table("benefit_cap", told.on)
    where = "london" if told.home.london else "elsewhere"
    cap = rows.pence(f"{where}_{'family' if told.couple or told.children else 'single'}")
    counted = credit.estimate.month_pence + child_benefit_pence + told.month_of(COUNTED)
    if counted <= cap:
        work.step(f"The benefits that count, {pounds(counted)}, are under the cap of {pounds(cap)}", "reg 79", 0)
        return 0
    # Childcare is paid on top: what it adds is not taken.
    less = max(0, counted - cap - credit.childcare_pence)
    return work.step(
        f"The benefits that count, {pounds(counted)}, are over the cap of {pounds(cap)}"
        + (f"; childcare of {pounds(credit.childcare_pence)} is not taken" if credit.childcare_pence else ""),
        "regs 79 to 81",
        min(less, credit.estimate.month_pence),
    )


def _excepted(told: Circumstances) -> str | None:
    if any(each.health for each in told.adults):
        return "somebody has the health amount"
    if any(each.carer for each in told.adults):
        return "somebody is a carer"
    if any(each.disability_benefit for each in told.adults) or any(each.disability for each in told.children):
        return "somebody has a disability benefit"
    if told.cap_grace_period:
        return "nine months have not passed since they worked"
    if told.earnings >= (enough := earnings_threshold(told)):
        return f"they earn {pounds(enough)} or more"
    return None
