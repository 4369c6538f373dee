"""A whole benefit check, and better off in work: every benefit for one household on one day. Pure; pence a month."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.casefile.money.benefits import cap, child_benefit, local_reduction, pension_age, pension_credit
from services.casefile.money.benefits import universal_credit as credit
from services.casefile.money.benefits.circumstances import Circumstances, check
from services.casefile.money.benefits.housing import LocalRates
from services.casefile.money.benefits.local_reduction import LocalScheme
from services.casefile.money.benefits.pay import after_tax
from services.casefile.money.benefits.steps import LABEL, Estimate, Step, Working, cannot, status_of
from services.casefile.money.benefits.tables import NotInATable
from services.casefile.money.pounds import a_month, pounds

HOUSING_PAYMENT = "housing_payment"
HOUSING_PAYMENT_TITLE = "Housing Payment (Crisis and Resilience Fund)"


@dataclass(frozen=True, slots=True)
class Local:
    """The tables that were loaded for this place and day; None where there is none."""

    lha: LocalRates | None = None
    scheme: LocalScheme | None = None


@dataclass(frozen=True, slots=True)
class Gain:
    """What they get of a benefit now, and what they would get."""

    benefit: str
    gets_pence: int
    would_get_pence: int

    @property
    def more_pence(self) -> int:
        """A month more (or less) than now."""
        return self.would_get_pence - self.gets_pence


@dataclass(frozen=True, slots=True)
class Result:
    """All of it. The total is of what could be estimated; `complete` says whether that is all."""

    estimates: Sequence[Estimate]
    gains: Sequence[Gain]
    month_pence: int
    complete: bool
    missing: Sequence[str]
    label: str = LABEL


def run(told: Circumstances, local: Local) -> Result:
    """Every benefit, in the order in which one decides the next."""
    check(told)
    pension = pension_credit.estimate(told)
    found = credit.estimate(told, local.lha)
    family = child_benefit.estimate(told)
    universal = _capped(told, found, family)
    rent = pension_age.housing_benefit(told, pension, local.lha)
    estimates = [universal, pension.estimate, family, rent]
    if told.council_tax_year_pence is not None:
        estimates.append(_council_tax(told, pension, local.scheme, universal, family))
    estimates.append(_housing_payment(told, found, universal, rent))
    counted = [each for each in estimates if each.status == "estimated" and each.benefit != HOUSING_PAYMENT]
    missing = tuple(dict.fromkeys(text for each in estimates for text in each.missing))
    known = {each.benefit: each for each in estimates}
    gains = [
        Gain(code, told.gets.get(code, 0), known[code].month_pence)
        for code in known
        if code != HOUSING_PAYMENT
        and known[code].status != "cannot_be_estimated"
        and (known[code].month_pence or told.gets.get(code))
    ]
    return Result(estimates, gains, sum(each.month_pence for each in counted), not missing, missing)


def _capped(told: Circumstances, found: credit.UniversalCredit, family: Estimate) -> Estimate:
    estimate = found.estimate
    if estimate.status != "estimated":
        return estimate
    if family.status == "cannot_be_estimated":
        return cannot(credit.CODE, credit.TITLE, family.missing[0], estimate.steps)
    work = Working(list(estimate.steps))
    try:
        less = cap.reduction(told, found, family.month_pence, work)
    except NotInATable as missing:
        return cannot(credit.CODE, credit.TITLE, str(missing), work.steps)
    if less:
        work.step("Universal Credit after the cap", "reg 81", estimate.month_pence - less)
    return replace(estimate, month_pence=estimate.month_pence - less, steps=work.steps)


def _council_tax(
    told: Circumstances,
    pension: pension_credit.PensionCredit,
    scheme: LocalScheme | None,
    universal: Estimate,
    family: Estimate,
) -> Estimate:
    if told.all_pension_age:
        return pension_age.council_tax_reduction(told, pension)
    amounts = [None if each.status == "cannot_be_estimated" else each.month_pence for each in (universal, family)]
    return local_reduction.estimate(told, scheme, amounts[0], amounts[1])


def _housing_payment(
    told: Circumstances, found: credit.UniversalCredit, universal: Estimate, rent: Estimate
) -> Estimate:
    """Who has help with rent and still a shortfall may ask; how much is for the council to decide: none is promised."""
    work = Working()
    law = "Crisis and Resilience Fund guidance (1 April 2026 to 31 March 2029)"

    def answer(words: str, short: int = 0) -> Estimate:
        work.step(words, law, short or None)
        return Estimate(HOUSING_PAYMENT, HOUSING_PAYMENT_TITLE, status_of(short), short, None, work.steps)

    if "cannot_be_estimated" in (universal.status, rent.status):
        reasons = [*universal.missing, *rent.missing]
        return cannot(HOUSING_PAYMENT, HOUSING_PAYMENT_TITLE, reasons[0])
    has_help = (universal.month_pence and found.housing_pence) or rent.month_pence
    if not told.home.rented or not has_help:
        return answer("It is for people whose Universal Credit or Housing Benefit helps with rent")
    paid = a_month(told.home.rent_pence, told.home.every)
    if rent.month_pence:
        short = paid - rent.month_pence
    else:
        capped = max(0, found.estimate.month_pence - universal.month_pence)
        short = paid - found.housing_pence + capped
    if short <= 0:
        return answer("Nothing of the rent is left without help")
    return answer(
        f"{pounds(short)} a month of the rent is without help: they may ask for a Housing Payment; the council decides"
        " whether and how much, so it is in no total",
        short,
    )


@dataclass(frozen=True, slots=True)
class Work:
    """The work somebody thinks of: what it pays before tax, and what it costs them a month."""

    gross_month_pence: int
    costs_pence: int = 0
    childcare_pence: int | None = None
    childcare_children: int | None = None
    adult: int = 0


@dataclass(frozen=True, slots=True)
class BetterOff:
    """In work and as now, a month: pay, benefits, costs; and what is between them."""

    now: Result
    then: Result
    pay_pence: int
    now_total_pence: int
    then_total_pence: int
    steps: Sequence[Step]
    missing: Sequence[str]
    label: str = LABEL

    @property
    def better_pence(self) -> int:
        """A month better off (below nothing: worse)."""
        return self.then_total_pence - self.now_total_pence


def better_off(told: Circumstances, job: Work, local: Local) -> BetterOff:
    """What is left in the hand with the job, against now. Childcare costs and those of work are taken off."""
    now = run(told, local)
    work = Working()
    missing: list[str] = []
    try:
        pay = after_tax(job.gross_month_pence, told.on, work)
    except NotInATable as absent:
        pay = job.gross_month_pence
        missing.append(str(absent))
    adults = list(told.adults)
    adults[job.adult] = replace(adults[job.adult], earnings_pence=pay)
    changed = replace(
        told,
        adults=tuple(adults),
        childcare_pence=told.childcare_pence if job.childcare_pence is None else job.childcare_pence,
        childcare_children=told.childcare_children if job.childcare_children is None else job.childcare_children,
    )
    then = run(changed, local)
    now_total = work.step(
        "As now: pay, benefits and other income, less childcare",
        "arithmetic",
        told.earnings + now.month_pence - told.childcare_pence,
    )
    then_total = work.step(
        "With the job: pay and benefits, less childcare and what work costs",
        "arithmetic",
        changed.earnings + then.month_pence - changed.childcare_pence - job.costs_pence,
    )
    work.step("Better off a month (below nothing: worse)", "arithmetic", then_total - now_total)
    missing += [each for each in (*now.missing, *then.missing) if each not in missing]
    return BetterOff(now, then, pay, now_total, then_total, work.steps, missing)
