"""Child Benefit (Social Security Contributions and Benefits Act 1992 Part 9; SI 2006/965). Pure; pence."""

from services.casefile.money.benefits.circumstances import Circumstances
from services.casefile.money.benefits.steps import Estimate, Working, cannot
from services.casefile.money.benefits.tables import NotInATable, table
from services.casefile.money.pounds import a_month

CODE, TITLE = "child_benefit", "Child Benefit"


def estimate(told: Circumstances) -> Estimate:
    """For each child; what the tax office may take back from high pay is not counted, and said."""
    work = Working()
    if not told.children:
        work.step("No child", "SSCBA 1992 s141", 0)
        return Estimate(CODE, TITLE, "not_entitled", 0, 0, work.steps)
    try:
        rows = table("child_benefit", told.on)
        week = work.step("The eldest child, a week", "SI 2006/965 reg 2(1)(a)", rows.pence("eldest"))
        if others := len(told.children) - 1:
            pence = others * rows.pence("other")
            week += work.step(f"{others} more, a week", "SI 2006/965 reg 2(1)(b)", pence)
    except NotInATable as missing:
        return cannot(CODE, TITLE, str(missing), work.steps)
    work.step("If one of them earns more than £60,000 a year, some of it is taken back", "ITEPA 2003 s681B")
    month = work.step("In a month: times 52 over 12", "arithmetic", a_month(week, "week"))
    return Estimate(CODE, TITLE, "estimated", month, week, work.steps, (), (rows.source,))
