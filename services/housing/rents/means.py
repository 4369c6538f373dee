"""What a household has to live on, as its papers show it. Pure; pence a month.

Only what is evidenced counts towards a rent: payslips that cover three months and are not old, letters of award, a
year's accounts of the self-employed. What was only said is `declared`: it may be tried with, and sets no rent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, Literal

from kit.errors import FieldError, Invalid
from services.housing.figures.pounds import A_YEAR, in_a_month, pounds, rounded, share
from services.housing.figures.tables import Tables
from services.housing.figures.working import Working

Kind = Literal["payslip", "accounts", "award_letter", "pension_letter", "declared"]
Income = Literal["earnings", "benefit", "housing_benefit", "disability_benefit", "other"]
PAID: Final = frozenset({"payslip", "accounts"})
EVERY: Final = frozenset(A_YEAR)
CAPPED: Final = frozenset({"benefit"})
"""Income that counts towards the benefit cap; disability benefits and housing help itself stand apart."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: a payslip, an award letter. Amounts are of its period (`every`); net None: it shows gross only."""

    kind: Kind
    income: Income
    adult: int
    every: str
    gross_pence: int
    net_pence: int | None
    dated: date
    job: int = 0


@dataclass(frozen=True, slots=True)
class Means:
    """A household's income a month. `evidenced` says whether a rent may be set by it; `faults` why not."""

    gross_month: int
    net_month: int
    earnings_net_month: int
    housing_help_month: int
    benefits_capped_month: int
    excepted_from_cap: bool
    evidenced: bool
    faults: tuple[str, ...]

    @property
    def gross_year(self) -> int:
        """Before tax, a year."""
        return self.gross_month * 12

    @property
    def of_their_own_month(self) -> int:
        """Net income without help with rent: what a rent is measured against."""
        return self.net_month - self.housing_help_month


def check(papers: Sequence[Paper], on: date) -> None:
    """All faults of what was typed at once."""
    faults = []
    for place, paper in enumerate(papers):
        at = f"/evidence/{place}"
        if paper.every not in EVERY:
            faults.append(FieldError(f"{at}/every", f"One of {', '.join(sorted(EVERY))}.", "period"))
        if paper.dated > on:
            faults.append(FieldError(f"{at}/dated", "It is dated after today.", "not-in-the-future"))
        if paper.net_pence is not None and paper.net_pence > paper.gross_pence:
            faults.append(FieldError(f"{at}/net_pence", "Net is never more than gross.", "net-within-gross"))
        if paper.kind != "declared" and (paper.income == "earnings") != (paper.kind in PAID):
            faults.append(FieldError(f"{at}/kind", "Payslips and accounts show earnings, letters the rest.", "paper"))
    if faults:
        raise Invalid("This evidence is not sound", *faults)


def means_of(papers: Sequence[Paper], on: date, tables: Tables, work: Working) -> Means:
    """What the papers come to a month. Raises NotInATable; `Invalid` for what cannot be."""
    check(papers, on)
    net_of_gross = work.use(tables.find("affordability", on)).exact("net_of_gross_percent")
    faults: list[str] = []
    gross = net = earnings = help_ = capped = Fraction(0)
    for adult, job in sorted({(paper.adult, paper.job) for paper in papers if paper.kind == "payslip"}):
        slips = [each for each in papers if each.kind == "payslip" and (each.adult, each.job) == (adult, job)]
        faults += _slip_faults(slips, adult, on, tables, work)
        earned, kept = _average(slips, net_of_gross)
        gross, net, earnings = gross + earned, net + kept, earnings + kept
        work.step(
            f"Adult {adult + 1}: {len(slips)} payslips come to {pounds(rounded(earned))} a month before tax", "average",
            rounded(kept),
        )  # fmt: skip
    for paper in papers:
        if paper.kind == "payslip":
            continue
        before = in_a_month(paper.gross_pence, paper.every)
        taxed = paper.income == "earnings"
        after = in_a_month(paper.net_pence, paper.every) if paper.net_pence is not None else before
        if taxed and paper.net_pence is None:
            after = before * net_of_gross / 100
        gross, net = gross + before, net + after
        earnings += after if taxed else 0
        help_ += after if paper.income == "housing_benefit" else 0
        capped += after if paper.income in CAPPED else 0
        work.step(
            f"{paper.income.replace('_', ' ').capitalize()}, a month", paper.kind.replace("_", " "), rounded(after)
        )
        faults += _paper_faults(paper, on, tables, work)
    if not papers:
        faults.append("no evidence of income at all")
    work.step("Net income a month", "added up", rounded(net))
    return Means(
        gross_month=rounded(gross),
        net_month=rounded(net),
        earnings_net_month=rounded(earnings),
        housing_help_month=rounded(help_),
        benefits_capped_month=rounded(capped),
        excepted_from_cap=_excepted(papers, rounded(earnings), on, tables, work),
        evidenced=not faults,
        faults=tuple(dict.fromkeys(faults)),
    )


def _average(slips: Iterable[Paper], net_of_gross: Fraction) -> tuple[Fraction, Fraction]:
    """Gross and net a month, over all the slips of one job."""
    counted = list(slips)
    gross = sum((in_a_month(each.gross_pence, each.every) for each in counted), Fraction(0)) / len(counted)
    nets = [
        in_a_month(each.net_pence, each.every)
        if each.net_pence is not None
        else in_a_month(each.gross_pence, each.every) * net_of_gross / 100
        for each in counted
    ]
    return gross, sum(nets, Fraction(0)) / len(counted)


def _slip_faults(slips: Sequence[Paper], adult: int, on: date, tables: Tables, work: Working) -> Iterable[str]:
    rules = work.use(tables.find("evidence", on))
    wanted, newest = rules.number("payslip_months"), int(rules.number("newest_payslip_days"))
    covered = sum((Fraction(12, A_YEAR[each.every]) for each in slips), Fraction(0))
    if covered < Fraction(wanted) * Fraction(12, 13):
        # Three slips of four weeks are what somebody paid every four weeks has for three months.
        yield f"adult {adult + 1}: payslips of {wanted} months are asked for"
    if max(each.dated for each in slips) < on - timedelta(days=newest):
        yield f"adult {adult + 1}: the newest payslip is older than {newest} days"
    if len({each.dated for each in slips}) < len(slips):
        yield f"adult {adult + 1}: two payslips have the same date"


def _paper_faults(paper: Paper, on: date, tables: Tables, work: Working) -> Iterable[str]:
    if paper.kind == "declared":
        yield f"adult {paper.adult + 1}: {paper.income.replace('_', ' ')} was told and not shown"
        return
    days = int(work.use(tables.find("evidence", on)).number("award_letter_days"))
    if paper.dated < on - timedelta(days=days):
        yield f"adult {paper.adult + 1}: a letter or account is older than {days} days"


def _excepted(papers: Sequence[Paper], earnings: int, on: date, tables: Tables, work: Working) -> bool:
    """Whether the benefit cap leaves them alone: a disability benefit, or earnings above sixteen hours' wage."""
    if any(paper.income == "disability_benefit" for paper in papers):
        return True
    if not any(paper.income in CAPPED for paper in papers):
        return True
    return earnings >= work.use(tables.find("earnings_free_of_cap", on)).pence("month")


def affordable_month(means: Means, on: date, tables: Tables, work: Working) -> int:
    """The most that housing may cost them a month by the share of net income. Raises NotInATable."""
    rule = work.use(tables.find("affordability", on)).number("net_share_percent")
    return work.step(
        f"{rule}% of their own net income of {pounds(means.of_their_own_month)} a month",
        "affordability",
        share(means.of_their_own_month, rule),
    )
