"""What is said of rents, and what is answered. Amounts are pence; a rent is by the week."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime
from services.housing.figures.pounds import MOST_PENCE, month_of_week
from services.housing.rents.affordability import HelpWithRent, Household, Verdict
from services.housing.rents.means import Income, Kind, Paper
from services.housing.rents.products import HomeFacts, Product
from services.housing.rents.reviews import Tenancy

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Pence = Annotated[int, Field(ge=0, le=MOST_PENCE * 100, strict=True)]
WeekPence = Annotated[int, Field(ge=0, le=MOST_PENCE, strict=True)]
Near = Annotated[date, Field(ge=date(2000, 4, 1), le=date(2100, 1, 1))]
Every = Literal["week", "fortnight", "four_weeks", "month", "year"]


class Strict(BaseModel):
    """Nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class Evidence(Strict):
    """One paper an officer has seen: a payslip, a letter. `declared` is only told: it may be tried with, no more."""

    kind: Kind
    income: Income
    adult: int = Field(0, ge=0, le=9, description="Which adult of the household: 0 is the first")
    job: int = Field(0, ge=0, le=9, description="Which of their jobs")
    every: Every
    gross_pence: Pence
    net_pence: Pence | None = Field(None, description="Left out: it shows gross only, and 70% of it counts")
    dated: date

    def as_paper(self) -> Paper:
        """As the rules read it."""
        return Paper(
            self.kind, self.income, self.adult, self.every, self.gross_pence, self.net_pence, self.dated, self.job
        )


class HouseholdFacts(Strict):
    """What the sums ask of a household; nothing else."""

    lha_size: Literal["shared", "1", "2", "3", "4"] = "1"
    lha_area: Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")] | None = None
    family: bool = Field(False, description="A couple, or somebody with children: the higher benefit cap")
    help_with_rent: HelpWithRent = "none"
    in_london: bool = True

    def as_household(self) -> Household:
        """As the rules read it."""
        return Household(self.lha_size, self.lha_area, self.family, self.help_with_rent, self.in_london)


class HomeAsked(Strict):
    """A home that is not in our list, to try with."""

    bedrooms: int = Field(ge=0, le=20)
    market_rent_week_pence: WeekPence | None = None
    service_charge_week_pence: WeekPence = 0
    value_1999_pence: Pence | None = None
    county: Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z_]+$")] = "greater_london"
    ward: Annotated[str, StringConstraints(pattern=r"^E05[0-9]{6}$")] | None = None
    social_landlord: bool = True

    def as_facts(self) -> HomeFacts:
        """As the rules read it."""
        return HomeFacts(
            self.bedrooms,
            self.market_rent_week_pence,
            self.service_charge_week_pence,
            self.value_1999_pence,
            self.county,
            self.ward,
        )


class PriceAsked(Strict):
    """Which home: one of ours, or its facts."""

    home_id: UUID | None = None
    home: HomeAsked | None = None
    on: Near | None = Field(None, description="Left out: today")


class PurchaseAsked(Strict):
    """A shared ownership purchase as it is thought of."""

    value_pence: Annotated[int, Field(gt=0, le=1_000_000_000, strict=True)]
    share_percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)]
    deposit_pence: Pence
    mortgage_percent: Annotated[Decimal, Field(ge=0, le=20, decimal_places=3)]
    mortgage_years: int = Field(ge=1, le=40)
    rent_percent: Annotated[Decimal, Field(ge=0, le=10, decimal_places=3)] | None = None
    service_charge_week_pence: WeekPence = 0
    evidence: list[Evidence] = Field(default_factory=list, max_length=60)


class AffordabilityAsked(Strict):
    """A household and its income; for homes of ours, one that is not, or all that can be let now."""

    person_id: UUID | None = Field(None, description="Whose file this is tried for; it goes on record")
    household: HouseholdFacts
    evidence: list[Evidence] = Field(max_length=60)
    home_ids: list[UUID] = Field(default_factory=list, max_length=50)
    home: HomeAsked | None = None
    bedrooms: int | None = Field(None, ge=0, le=20, description="Of the homes that can be let now: this size only")


class StepView(BaseModel):
    """One step of a sum."""

    model_config = ConfigDict(from_attributes=True)

    words: str
    rule: str
    pence: int | None


class VerdictView(BaseModel):
    """One way to let one home: what it costs them, and whether they can afford it."""

    product: Product
    answer: Literal["affordable", "not_affordable", "cannot_say"]
    reasons: list[str]
    rent_week_pence: int | None
    service_week_pence: int | None
    month_pence: int | None
    help_month_pence: int
    left_to_pay_month_pence: int | None
    left_to_live_month_pence: int | None
    share_of_net_percent: int | None
    steps: list[StepView]
    sources: list[str]
    unsure: list[str] = Field(description="Tables used that nobody has read in their source: check these first")


def verdict_view(found: Verdict) -> VerdictView:
    """As it is shown."""
    charged = found.charged
    return VerdictView(
        product=found.product,
        answer=found.answer,
        reasons=list(found.reasons),
        rent_week_pence=charged.rent_pence if charged else None,
        service_week_pence=charged.service_pence if charged else None,
        month_pence=charged.month_pence if charged else None,
        help_month_pence=found.help_month,
        left_to_pay_month_pence=found.left_to_pay_month,
        left_to_live_month_pence=found.left_to_live_month,
        share_of_net_percent=found.share_percent,
        steps=[StepView.model_validate(each) for each in found.steps],
        sources=list(found.sources),
        unsure=list(found.unsure),
    )


class PriceView(BaseModel):
    """One way to let a home, and what it costs; or why that cannot be said."""

    product: Product
    rent_week_pence: int | None
    service_week_pence: int | None
    month_pence: int | None
    missing: str | None
    steps: list[StepView]
    sources: list[str]
    unsure: list[str]


class MeansView(BaseModel):
    """Income as the papers show it, a month."""

    gross_month_pence: int
    net_month_pence: int
    housing_help_month_pence: int
    evidenced: bool
    faults: list[str]
    steps: list[StepView]


class HomeAffordability(BaseModel):
    """One home: every way it is let, for this household."""

    home_id: UUID | None
    bedrooms: int
    ward: str | None
    proposed: Product | None
    words: str
    verdicts: list[VerdictView]


class AffordabilityView(BaseModel):
    """Which homes this household can afford, and why."""

    means: MeansView
    homes: list[HomeAffordability]


class PurchaseView(BaseModel):
    """What part-buying costs a month."""

    share_pence: int
    loan_pence: int
    mortgage_month_pence: int
    rent_month_pence: int
    service_month_pence: int
    month_pence: int
    affordable: bool | None = Field(description="Within the share of net income; null: no income was told")
    steps: list[StepView]
    sources: list[str]
    unsure: list[str]


class NewRent(Strict):
    """A household, its income and a home of ours: what follows is a proposal, and sets nothing."""

    home_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    letting_id: UUID | None = None
    tenancy: Tenancy
    household: HouseholdFacts
    evidence: list[Evidence] = Field(max_length=60)


class Setting(Strict):
    """A named officer sets the rent: as proposed, or lower with the reason."""

    effective_from: Near
    product: Product | None = Field(None, description="Left out: as proposed")
    words: Words | None = Field(None, description="Asked for when it is not as proposed")


class NewReview(Strict):
    """Income looked at again: a lower rent takes effect at once, from `effective_from`; a higher one needs notice."""

    household: HouseholdFacts
    evidence: list[Evidence] = Field(max_length=60)
    effective_from: Near | None = Field(None, description="Of a lower rent; left out: today")
    words: Words


class NewRise(Strict):
    """The rise that the last review allows: notice was given on a day, and the rent is due from another."""

    notice_on: Near
    effective_from: Near
    words: Words


class YearlyRise(NewRise):
    """The yearly rise of a social rent, within the year's limit."""

    rent_week_pence: WeekPence


class End(Strict):
    """The last day of the tenancy."""

    on: date


class RentView(BaseModel):
    """A rent: proposed, set or ended."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    home_id: UUID
    letting_id: UUID | None
    person_id: UUID
    household_id: UUID | None
    tenancy: Tenancy
    state: Literal["proposed", "set", "ended"]
    assessed_on: date
    evidenced: bool
    gross_month_pence: int
    net_month_pence: int
    proposed: Product | None
    proposal: str
    unsure: list[str]
    product: Product | None
    rent_week_pence: int | None
    service_week_pence: int | None
    effective_from: date | None
    review_on: date | None
    set_by: str | None
    set_words: str | None
    ended_on: date | None
    changed_at: UtcDatetime

    @property
    def month_pence(self) -> int | None:
        """With its service charge, a month."""
        if self.rent_week_pence is None:
            return None
        return month_of_week(self.rent_week_pence + (self.service_week_pence or 0))


class RentInFull(RentView):
    """A rent with its papers and every product that was tried."""

    household: dict[str, Any]
    evidence: list[Any]
    verdicts: list[VerdictView]


class ReviewView(BaseModel):
    """What a review came to: lowered at once, the same, or a rise that may be made from a day on, or may not."""

    outcome: Literal["lowered", "same", "may_rise", "stays"]
    words: str
    earliest_rise_on: date | None = Field(description="If notice were given today")
    rule: str | None
    rent: RentView


class PeriodView(BaseModel):
    """One rent from one day on."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    effective_from: date
    change: Literal["set", "lowered", "raised", "yearly"]
    product: Product
    rent_week_pence: int
    service_week_pence: int
    notice_on: date | None
    rule: str | None
    words: str
    set_by: str
    set_at: UtcDatetime
