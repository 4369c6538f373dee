"""What a benefit check is asked with: ages, days and amounts in pence; never a name."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from kit import clock
from services.casefile.money.benefits import circumstances as facts
from services.casefile.money.pounds import MOST, Every

Pence = Annotated[int, Field(ge=0, le=MOST, strict=True)]
Area = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]+$", max_length=64)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class AdultBody(Body):
    """The person, or their partner."""

    age: Annotated[int, Field(ge=16, le=120)]
    pension_age: StrictBool = Field(False, description="Over State Pension age")
    pension_age_before_2016: StrictBool = Field(False, description="Reached it before 6 April 2016")
    pension_age_before_2021: StrictBool = Field(False, description="Reached it before 1 April 2021")
    earnings_pence: Pence = Field(0, description="A month, after tax, insurance and pension")
    carer: StrictBool = Field(False, description="35 hours a week for somebody with a disability benefit")
    health: facts.Health | None = Field(None, description="Limited capability for work and work-related activity")
    disability_benefit: StrictBool = Field(False, description="PIP daily living, DLA care or Attendance Allowance")


class ChildBody(Body):
    born: date
    sex: facts.Sex | None = Field(None, description="Only to count rooms")
    disability: facts.Disability | None = None


class NonDependantBody(Body):
    """Another adult of the home."""

    in_work: StrictBool = False
    gross_week_pence: Pence = 0
    exempt: StrictBool = Field(False, description="No deduction is made for them")


class HomeBody(Body):
    tenure: facts.Tenure
    rent_pence: Pence = 0
    every: Every = "month"
    bedrooms: Annotated[int, Field(ge=0, le=20)] | None = None
    lha_area: Area | None = Field(None, description="The broad rental market area, as its table is loaded")
    shared_rate_exempt: StrictBool = False
    london: StrictBool = True


class IncomeBody(Body):
    kind: facts.IncomeKind
    amount_pence: Pence
    every: Every = "month"


class CircumstancesBody(Body):
    """A household on a day, as far as a check needs it."""

    on: date | None = Field(None, description="Left out: today. Whose tables count")
    adults: list[AdultBody] = Field(min_length=1, max_length=2)
    home: HomeBody
    children: list[ChildBody] = Field([], max_length=20)
    non_dependants: list[NonDependantBody] = Field([], max_length=10)
    incomes: list[IncomeBody] = Field([], max_length=30)
    capital_pence: Pence = 0
    childcare_pence: Pence = 0
    childcare_children: Annotated[int, Field(ge=0, le=20)] = 0
    council_tax_year_pence: Pence | None = Field(None, description="For the year, after discounts")
    council: Area | None = Field(None, description="Whose scheme of council tax reduction, e.g. E09000002")
    cap_grace_period: StrictBool = False
    gets: dict[Area, Pence] = Field({}, max_length=30, description="What they get now, by benefit, a month")

    def told(self) -> facts.Circumstances:
        """As the rules read it."""
        return facts.Circumstances(
            on=self.on or clock.today(),
            adults=tuple(facts.Adult(**each.model_dump()) for each in self.adults),
            home=facts.Home(**self.home.model_dump()),
            children=tuple(facts.Child(**each.model_dump()) for each in self.children),
            non_dependants=tuple(facts.NonDependant(**each.model_dump()) for each in self.non_dependants),
            incomes=tuple(facts.Income(**each.model_dump()) for each in self.incomes),
            capital_pence=self.capital_pence,
            childcare_pence=self.childcare_pence,
            childcare_children=self.childcare_children,
            council_tax_year_pence=self.council_tax_year_pence,
            council=self.council,
            cap_grace_period=self.cap_grace_period,
            gets=dict(self.gets),
        )
