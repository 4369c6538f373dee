"""When a rent may change: down at once, up only where the tenancy and the law allow. Pure.

A social (formula) rent never goes by income: it moves with the yearly limit alone. A share of market rent may be raised
after a review of income, with the notice the tenancy needs, a year after the last rise, and never above the share's own
sum. What may not be is refused with the rule and, where there is one, the first day on which it may.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit import clock
from kit.errors import Conflict, FieldError, Invalid, invalid
from services.housing.figures.pounds import pounds
from services.housing.figures.tables import Table, Tables
from services.housing.figures.working import Working
from services.housing.rents.formula import yearly_limit
from services.housing.rents.products import INCOME_LINKED, Product


class Tenancy(StrEnum):
    """What kind of tenancy it is, as far as rises of rent go by it."""

    SECURE = "secure"
    ASSURED_LOW_COST = "assured_low_cost"
    ASSURED_MARKET_LINKED = "assured_market_linked"
    FIXED_TERM = "fixed_term"


FARTHEST_DAYS: Final = 366
REVIEW_COUNTS_DAYS: Final = 183
"""So long a review of income may lead to a rise (ours)."""
SOCIAL: Final = frozenset({Product.SOCIAL, Product.LONDON_AFFORDABLE})


@dataclass(frozen=True, slots=True)
class Standing:
    """The rent as it stands: since when, and when it last rose (the start of the tenancy counts as a rise)."""

    product: Product
    rent_pence: int
    service_pence: int
    tenancy: Tenancy
    since: date
    risen_on: date

    @property
    def week_pence(self) -> int:
        """Rent and service charge, a week."""
        return self.rent_pence + self.service_pence


@dataclass(frozen=True, slots=True)
class Rise:
    """A rise that may be: the first day on which the new rent may be due, if notice is given on `notice_on`."""

    notice_on: date
    earliest: date
    rule: str


def is_lower(standing: Standing, week_pence: int) -> bool:
    """Whether the new total is less than what is paid now: then it may take effect at once."""
    return week_pence < standing.week_pence


def check_lowering(standing: Standing, week_pence: int, effective: date) -> None:
    """A lower rent counts from the day it is set, or from any day since this one began; never from before it."""
    if not is_lower(standing, week_pence):
        raise invalid("/rent_week_pence", "This is not lower: it is a rise, and needs notice.", "review-lowers-at-once")
    if effective < standing.since:
        raise invalid("/effective_from", f"This rent began on {standing.since.isoformat()}.", "dates-in-order")


def rise_by_income(standing: Standing, notice_on: date, tables: Tables) -> Rise:
    """How a rise after a review of income may be made. `Conflict` where the product or the tenancy forbids it."""
    if standing.product in SOCIAL or standing.product not in INCOME_LINKED:
        raise Conflict(
            "A review of income never raises this rent: a social rent moves with the yearly limit alone",
            rule="Rent Standard 2026; Policy statement on rents for social housing, chapter 2",
            allowed=["lower"],
        )
    rule = _rule(standing, notice_on, tables)
    if not rule.number("by_income"):
        raise Conflict(
            "This tenancy has no rise by income", rule=rule.source, allowed=["lower", "yearly"],
        )  # fmt: skip
    return _rise(standing, notice_on, rule)


def yearly_rise(standing: Standing, week_pence: int, notice_on: date, tables: Tables, work: Working) -> Rise:
    """The yearly rise of a social rent: at most the year's limit. `Invalid` above it, `Conflict` for other rents."""
    if standing.product not in SOCIAL:
        raise Conflict(
            "Only a social rent has a yearly limit; this one is reviewed by income", allowed=["lower", "rise"]
        )
    rise = _rise(standing, notice_on, _rule(standing, notice_on, tables))
    limit = yearly_limit(rise.earliest, tables, work)
    most = int(standing.rent_pence * (1 + limit))
    if week_pence > most:
        percent = float(limit * 100)
        detail = f"At most {pounds(most)} a week: {percent:.1f}% more than {pounds(standing.rent_pence)}."
        raise invalid("/rent_week_pence", detail, "limit-on-annual-rent-increases")
    return rise


def check_rise(rise: Rise, effective: date) -> None:
    """The new rent is due on or after the first day it may be."""
    if effective < rise.earliest:
        detail = f"Notice of {rise.notice_on.isoformat()} makes it due on {rise.earliest.isoformat()} at the earliest."
        raise Invalid("Too early", FieldError("/effective_from", detail, rise.rule))


def check_near(effective: date, today: date) -> None:
    """A rent counts from a day within a year of today, before or after: anything else is a slip of the finger."""
    if not today - timedelta(days=FARTHEST_DAYS) <= effective <= today + timedelta(days=FARTHEST_DAYS):
        raise invalid("/effective_from", "Within a year of today.", "near")


def check_recent(assessed_on: date, notice_on: date) -> None:
    """A rise stands on a review of the last half year, not on what somebody once earned."""
    if not assessed_on <= notice_on <= assessed_on + timedelta(days=REVIEW_COUNTS_DAYS):
        raise Conflict(
            f"The income was reviewed on {assessed_on.isoformat()}: notice of a rise follows within"
            f" {REVIEW_COUNTS_DAYS} days",
            rule="review-is-recent",
            allowed=["review"],
        )


def _rule(standing: Standing, on: date, tables: Tables) -> Table:
    rule = tables.find("rise", on, standing.tenancy)
    if not rule.number("may_rise"):
        raise Conflict("The rent of this tenancy does not rise", rule=rule.source, allowed=["lower"])
    return rule


def _rise(standing: Standing, notice_on: date, rule: Table) -> Rise:
    after_notice = notice_on
    if "notice_months" in rule.figures:
        after_notice = clock.months_after(notice_on, int(rule.number("notice_months")))
    else:
        after_notice += timedelta(weeks=int(rule.number("notice_weeks")))
    again = standing.risen_on + timedelta(weeks=int(rule.number("weeks_between")))
    return Rise(notice_on, max(after_notice, again), rule.source)
