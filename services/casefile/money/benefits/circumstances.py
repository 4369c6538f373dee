"""What a benefit check is told: amounts, ages and days; never a name. Pure; pence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from kit.errors import FieldError, Invalid
from services.casefile.money.pounds import a_month, a_week

Sex = Literal["f", "m"]
Tenure = Literal["private_rent", "social_rent", "owner", "temporary", "supported", "no_housing_costs"]
Disability = Literal["lower", "higher"]
Health = Literal["new", "protected"]
IncomeKind = Literal[
    "state_pension",
    "private_pension",
    "carers_allowance",
    "new_style_benefit",
    "maternity_allowance",
    "maintenance_for_adult",
    "maintenance_for_child",
    "disability_benefit",
    "other_counted",
]
IN_UNIVERSAL_CREDIT: Final = frozenset(
    {
        "state_pension",
        "private_pension",
        "carers_allowance",
        "new_style_benefit",
        "maternity_allowance",
        "maintenance_for_adult",
        "other_counted",
    }
)
"""SI 2013/376 reg 66: unearned income that counts. Maintenance for a child and disability benefits do not."""
IN_PENSION_CREDIT: Final = IN_UNIVERSAL_CREDIT
"""SPC Act 2002 s16 and SI 2002/1792 reg 15."""
IN_SAVINGS_CREDIT: Final = IN_PENSION_CREDIT - {"new_style_benefit", "maternity_allowance", "maintenance_for_adult"}
"""SI 2002/1792 reg 9 leaves these out of qualifying income."""


@dataclass(frozen=True, slots=True)
class Adult:
    """The person, or their partner. Earnings are after tax, insurance and pension, a month."""

    age: int
    pension_age: bool = False
    pension_age_before_2016: bool = False
    pension_age_before_2021: bool = False
    earnings_pence: int = 0
    carer: bool = False
    health: Health | None = None
    disability_benefit: bool = False


@dataclass(frozen=True, slots=True)
class Child:
    """A child they are responsible for; the sex only to count rooms."""

    born: date
    sex: Sex | None = None
    disability: Disability | None = None

    def age(self, on: date) -> int:
        """In whole years."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass(frozen=True, slots=True)
class NonDependant:
    """Another adult of the home, who is neither partner, lodger nor carer."""

    in_work: bool = False
    gross_week_pence: int = 0
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """Where they live and what it costs; services that count are part of the rent."""

    tenure: Tenure
    rent_pence: int = 0
    every: str = "month"
    bedrooms: int | None = None
    lha_area: str | None = None
    shared_rate_exempt: bool = False
    london: bool = True

    @property
    def rented(self) -> bool:
        """Rent that Universal Credit or Housing Benefit may help with."""
        return self.tenure in ("private_rent", "social_rent")


@dataclass(frozen=True, slots=True)
class Income:
    """Money that is not earned."""

    kind: IncomeKind
    amount_pence: int
    every: str = "month"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """A household on a day, as far as a check needs it."""

    on: date
    adults: tuple[Adult, ...]
    home: Home
    children: tuple[Child, ...] = ()
    non_dependants: tuple[NonDependant, ...] = ()
    incomes: tuple[Income, ...] = ()
    capital_pence: int = 0
    childcare_pence: int = 0
    childcare_children: int = 0
    council_tax_year_pence: int | None = None
    council: str | None = None
    cap_grace_period: bool = False
    gets: Mapping[str, int] = field(default_factory=dict)

    @property
    def couple(self) -> bool:
        """Two adults who are a couple."""
        return len(self.adults) == 2

    @property
    def all_pension_age(self) -> bool:
        """Both of a couple: one alone of pension age makes them a Universal Credit couple (since 15 May 2019)."""
        return all(each.pension_age for each in self.adults)

    @property
    def earnings(self) -> int:
        """Of both, a month."""
        return sum(each.earnings_pence for each in self.adults)

    def month_of(self, kinds: frozenset[str]) -> int:
        """Unearned income of these kinds, a month."""
        return sum(a_month(each.amount_pence, each.every) for each in self.incomes if each.kind in kinds)

    def week_of(self, kinds: frozenset[str]) -> int:
        """Unearned income of these kinds, a week."""
        return sum(a_week(each.amount_pence, each.every) for each in self.incomes if each.kind in kinds)


def check(told: Circumstances) -> None:
    """Sound circumstances, all faults at once."""
    faults = []
    if not 1 <= len(told.adults) <= 2:
        faults.append(FieldError("/adults", "One adult, or two who are a couple.", "adults"))
    for place, adult in enumerate(told.adults):
        if not 16 <= adult.age <= 120:
            faults.append(FieldError(f"/adults/{place}/age", "From 16 to 120.", "age"))
        if adult.pension_age and adult.age < 66:
            faults.append(FieldError(f"/adults/{place}/pension_age", "State Pension age is 66 or more.", "pension-age"))
    faults += [
        FieldError(f"/children/{place}/born", "Under 20, and born.", "child")
        for place, child in enumerate(told.children)
        if child.born > told.on or child.age(told.on) >= 20
    ]
    if told.childcare_children > len(told.children):
        faults.append(FieldError("/childcare_children", "No more than there are children.", "childcare"))
    if told.childcare_pence and not told.childcare_children:
        faults.append(FieldError("/childcare_children", "For how many children it is paid.", "childcare"))
    if faults:
        raise Invalid("These circumstances are not complete", *faults)
