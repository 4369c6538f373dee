"""The kinds of rent there are beside the social one, and shared ownership. Pure; pence.

Percentages of market rent include the service charge (so the rent is what is left of it); London Affordable Rent and
social rent do not.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kit.errors import invalid
from services.housing.figures.pounds import month_of_week, pounds, rounded, share, week_of_month
from services.housing.figures.tables import NotInATable, Tables
from services.housing.figures.working import Working
from services.housing.rents.formula import Valued, social_rent


class Product(StrEnum):
    """What a home is let as. The percentages are of market rent, and which one a household pays goes by its income."""

    SOCIAL = "social"
    LONDON_AFFORDABLE = "london_affordable"
    MARKET_50 = "market_50"
    MARKET_60 = "market_60"
    MARKET_80 = "market_80"
    LONDON_LIVING = "london_living"
    SHARED_OWNERSHIP = "shared_ownership"


PERCENT: Final = {Product.MARKET_50: 50, Product.MARKET_60: 60, Product.MARKET_80: 80}
INCOME_LINKED: Final = tuple(sorted(PERCENT, key=lambda each: PERCENT[each], reverse=True))
"""Products whose rent goes by the renter's income, the dearest first."""
NAMED: Final = {
    Product.SOCIAL: "council-equivalent (formula) rent",
    Product.LONDON_AFFORDABLE: "London Affordable Rent",
    Product.MARKET_50: "50% of market rent",
    Product.MARKET_60: "60% of market rent",
    Product.MARKET_80: "80% of market rent",
    Product.LONDON_LIVING: "London Living Rent",
    Product.SHARED_OWNERSHIP: "shared ownership",
}


@dataclass(frozen=True, slots=True)
class Charged:
    """A rent by the week, and the service charge that comes with it."""

    rent_pence: int
    service_pence: int

    @property
    def week_pence(self) -> int:
        """Both, a week."""
        return self.rent_pence + self.service_pence

    @property
    def month_pence(self) -> int:
        """Both, a calendar month."""
        return month_of_week(self.week_pence)


def of_market(percent: int, market_week: int, service_week: int, on: date, tables: Tables, work: Working) -> Charged:
    """So many per cent of market rent, with the service charge inside. Raises NotInATable; `Invalid` above 80%."""
    most = work.use(tables.find("market_rule", on)).number("most_percent")
    if percent > most:
        raise invalid("/percent", f"At most {most}% of market rent, service charge included.", "affordable-rent")
    words = f"{percent}% of a market rent of {pounds(market_week)} a week"
    whole = work.step(words, "Policy statement on rents, chapter 3", share(market_week, percent))
    if service_week > whole:
        raise invalid("/service_week_pence", "The service charge alone is above this share of market rent.", "inside")
    rent = work.step(
        f"less the service charge of {pounds(service_week)}", "service charge included", whole - service_week
    )
    return Charged(rent, service_week)


def london_affordable(bedrooms: int, service_week: int, on: date, tables: Tables, work: Working) -> Charged:
    """The benchmark of its size and year; the service charge comes on top. Raises NotInATable."""
    rent = work.use(tables.find("london_affordable_rent", on, "greater_london")).of_size(bedrooms)
    work.step(f"London Affordable Rent benchmark for {bedrooms} bedrooms, a week, without service charge", "GLA", rent)
    return Charged(rent, service_week)


def london_living(
    bedrooms: int, ward: str, market_week: int | None, service_week: int, on: date, tables: Tables, work: Working
) -> Charged:
    """A third of the ward's household income, by size, and never above 80% of market. Raises NotInATable.

    The ward's table holds its two-bedroom rent a month, service charge included.
    """
    rule = work.use(tables.find("london_living_rule", on, "greater_london"))
    two = work.use(tables.find("london_living_rent", on, ward)).pence("2")
    month = work.step(f"London Living Rent of two bedrooms in {ward}, a month", "GLA, by ward", two)
    if bedrooms <= 1:
        month = share(two, rule.number("one_bedroom_percent"))
    elif bedrooms >= 3:
        month = share(two, rule.number("three_bedroom_percent"))
    if month != two:
        work.step(f"for {bedrooms} bedrooms", "10% less or more", month)
    week = week_of_month(month)
    if market_week is not None:
        week = min(week, share(market_week, work.use(tables.find("market_rule", on)).number("most_percent")))
    if service_week > week:
        raise invalid("/service_week_pence", "The service charge alone is above this rent.", "inside")
    work.step("a week, with the service charge inside", "GLA", week)
    return Charged(week - service_week, service_week)


def third_of_income(median_year_pence: int, on: date, tables: Tables, work: Working) -> int:
    """What a two-bedroom London Living Rent is a month, from the local median household income. Raises NotInATable."""
    rule = work.use(tables.find("london_living_rule", on, "greater_london"))
    exact = Fraction(median_year_pence, 12) / rule.exact("share_of_income_divisor")
    return work.step("a third of the median household income, a month", "GLA", rounded(exact))


@dataclass(frozen=True, slots=True)
class Purchase:
    """A shared ownership purchase as it is thought of."""

    value_pence: int
    share_percent: Decimal
    deposit_pence: int
    mortgage_percent: Decimal
    mortgage_years: int
    rent_percent: Decimal | None = None
    service_week_pence: int = 0


@dataclass(frozen=True, slots=True)
class SharedOwnership:
    """What it costs: the share, the mortgage, the rent on the rest and the service charge; amounts a month."""

    share_pence: int
    loan_pence: int
    mortgage_month_pence: int
    rent_month_pence: int
    service_month_pence: int

    @property
    def month_pence(self) -> int:
        """All of it, a month."""
        return self.mortgage_month_pence + self.rent_month_pence + self.service_month_pence


def shared_ownership(bought: Purchase, on: date, tables: Tables, work: Working) -> SharedOwnership:
    """What part-buying costs a month. Raises NotInATable; `Invalid` outside the rules of the lease."""
    rules = work.use(tables.find("shared_ownership", on))
    least, most = rules.number("least_share_percent"), rules.number("most_share_percent")
    if not least <= bought.share_percent <= most:
        raise invalid("/share_percent", f"The first share is {least}% to {most}%.", "first-share")
    asked = bought.rent_percent if bought.rent_percent is not None else rules.number("usual_rent_percent")
    if asked > rules.number("most_rent_percent"):
        detail = f"At most {rules.number('most_rent_percent')}% a year of the part that is not bought."
        raise invalid("/rent_percent", detail, "rent-on-the-rest")
    words = f"{bought.share_percent}% of {pounds(bought.value_pence)}"
    part = work.step(words, "the share", share(bought.value_pence, bought.share_percent))
    if bought.deposit_pence > part:
        raise invalid("/deposit_pence", "The deposit is more than the share costs.", "deposit")
    loan = part - bought.deposit_pence
    mortgage = work.step(
        f"Repaying {pounds(loan)} over {bought.mortgage_years} years at {bought.mortgage_percent}% a year, a month",
        "annuity", repayment(loan, bought.mortgage_percent, bought.mortgage_years),
    )  # fmt: skip
    rest = bought.value_pence - part
    rent = work.step(f"Rent of {asked}% a year on the {pounds(rest)} that is not bought, a month", "lease",
                     rounded(Fraction(rest) * Fraction(asked) / 1200))  # fmt: skip
    service = month_of_week(bought.service_week_pence)
    return SharedOwnership(part, loan, mortgage, rent, service)


def repayment(loan_pence: int, percent: Decimal, years: int) -> int:
    """An annuity's monthly payment, to the penny. At nothing per cent the loan in equal parts."""
    months = years * 12
    if percent == 0:
        return rounded(Fraction(loan_pence, months))
    with localcontext() as exact:
        exact.prec = 40
        rate = percent / 1200
        paid = Decimal(loan_pence) * rate / (1 - (1 + rate) ** -months)
        return rounded(Fraction(paid))


@dataclass(frozen=True, slots=True)
class Priced:
    """One product's price for a home, or why there is none; with all that led there."""

    product: Product
    charged: Charged | None
    work: Working
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What pricing asks of a home. What is not known is None, and the products that need it say so."""

    bedrooms: int
    market_week_pence: int | None = None
    service_week_pence: int = 0
    value_1999_pence: int | None = None
    county: str = "greater_london"
    ward: str | None = None


def price(product: Product, home: HomeFacts, on: date, tables: Tables) -> Priced:
    """What this home costs as this product; never guessed: what is missing is said."""

    work = Working()
    try:
        if product is Product.SOCIAL:
            if home.value_1999_pence is None:
                raise NotInATable("the home's value of January 1999 is not known")
            valued = Valued(home.bedrooms, home.value_1999_pence, home.county)
            charged = Charged(social_rent(valued, on, tables, work).rent_pence, home.service_week_pence)
        elif product is Product.LONDON_AFFORDABLE:
            charged = london_affordable(home.bedrooms, home.service_week_pence, on, tables, work)
        elif product is Product.LONDON_LIVING:
            if home.ward is None:
                raise NotInATable("the home's ward is not known")
            charged = london_living(
                home.bedrooms, home.ward, home.market_week_pence, home.service_week_pence, on, tables, work
            )
        elif product in PERCENT:
            if home.market_week_pence is None:
                raise NotInATable("the home's market rent is not known")
            charged = of_market(PERCENT[product], home.market_week_pence, home.service_week_pence, on, tables, work)
        else:
            raise NotInATable("shared ownership is bought: see its own sum")
    except NotInATable as missing:
        return Priced(product, None, work, str(missing))
    return Priced(product, charged, work)
