"""What is said of schemes, and what is answered. Amounts are whole pence; percentages are text with their places."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime
from services.housing.homes.domain import Access, HomeKind
from services.housing.homes.shapes import Line, Postcode, Uprn, Ward
from services.housing.schemes.appraisal import Assumptions, Unit
from services.housing.schemes.domain import Advice, Milestone, MixLine, Phase, State, Tenure

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
SchemeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Pence = Annotated[int, Field(ge=0, le=100_000_000_000, strict=True)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]
Growth = Annotated[Decimal, Field(ge=-10, le=20, decimal_places=3)]
Day = Annotated[date, Field(ge=date(1950, 1, 1), le=date(2150, 1, 1))]
JobKind = Literal["job", "apprenticeship", "training_place", "affordable_space_m2"]


class Strict(BaseModel):
    """Nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class Land(Strict):
    """Whose the site is, and what is meant for it."""

    ownership: Literal["council", "partner", "private_to_buy", "compulsory_purchase"]
    intention: Literal["redevelop", "infill", "convert", "sell", "hold"]
    site_m2: int = Field(0, ge=0, le=10_000_000)
    words: Words | None = None


class PhasePlan(Strict):
    """One phase: when it is built, and how many homes go first."""

    number: int = Field(ge=1, le=20)
    starts_on: Day
    completes_on: Day
    demolished: int = Field(0, ge=0, le=5000)

    def as_phase(self) -> Phase:
        """As the rules read it."""
        return Phase(self.number, self.starts_on, self.completes_on, self.demolished)


class MixPlan(Strict):
    """So many homes of one size and tenure in one phase, with their figures."""

    phase: int = Field(ge=1, le=20)
    bedrooms: int = Field(ge=0, le=8)
    tenure: Tenure
    homes: int = Field(ge=1, le=5000)
    area_m2: int = Field(ge=10, le=1000, description="Of one home")
    rent_week_pence: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0
    value_pence: Pence = 0
    grant_pence: Pence = Field(0, description="For each home")

    def as_unit(self) -> Unit:
        """As the rules read it."""
        line = MixLine(self.phase, self.bedrooms, self.tenure, self.homes)
        return Unit(line, self.area_m2, self.rent_week_pence, self.value_pence, self.grant_pence)


class Assumed(Strict):
    """What the appraisal assumes; what is left out is the programme's own usual figure, which is ours."""

    land_pence: Pence = 0
    demolition_pence: Pence = Field(0, description="And moving everybody out: all phases together")
    build_m2_pence: Annotated[int, Field(ge=0, le=10_000_000, strict=True)] = 0
    fees_percent: Percent = Decimal(10)
    contingency_percent: Percent = Decimal(5)
    sales_costs_percent: Percent = Decimal(3)
    first_share_percent: Percent = Decimal(25)
    share_rent_percent: Percent = Decimal("2.75")
    management_home_year_pence: Pence = 0
    maintenance_home_year_pence: Pence = 0
    voids_percent: Percent = Decimal(2)
    rent_growth_percent: Growth = Decimal(3)
    cost_growth_percent: Growth = Decimal(2)
    price_growth_percent: Growth = Decimal(2)
    discount_percent: Growth = Decimal("3.5")
    interest_percent: Growth = Decimal("4.75")
    years: int = Field(40, ge=1, le=60)

    def as_assumptions(self) -> Assumptions:
        """As the rules read it."""
        return Assumptions(**self.model_dump())


class Promise(Strict):
    """So many of one kind, by a day."""

    kind: JobKind
    promised: int = Field(ge=0, le=100_000)
    due_on: date | None = None


class Passed(Strict):
    """A gateway passed before the scheme was recorded here."""

    milestone: Milestone
    phase: int = Field(0, ge=0, le=20)
    reached_on: date


class NewScheme(Strict):
    """A scheme: site, phases, mix, assumptions."""

    code: SchemeCode
    name: Title
    ward: Ward | None = None
    land: Land
    phases: list[PhasePlan] = Field(min_length=1, max_length=20)
    mix: list[MixPlan] = Field(min_length=1, max_length=200)
    assumptions: Assumed = Assumed()
    jobs: list[Promise] = Field(default_factory=list, max_length=10)
    passed: list[Passed] = Field(default_factory=list, max_length=80)


class Programme(Strict):
    """Many schemes at once, as another system holds them; one whose code stands is left as it is."""

    schemes: list[NewScheme] = Field(min_length=1, max_length=100)


class ProgrammeLoaded(BaseModel):
    """What became of each: by code, its id; and those that stood already."""

    made: dict[str, UUID]
    stood: dict[str, UUID]


class SchemeChange(Strict):
    """What changes of the plan; what is left out stays. A phase that is on site keeps its mix."""

    name: Title | None = None
    land: Land | None = None
    phases: Annotated[list[PhasePlan], Field(min_length=1, max_length=20)] | None = None
    mix: Annotated[list[MixPlan], Field(min_length=1, max_length=200)] | None = None
    assumptions: Assumed | None = None
    words: Words = Field(description="Why")


class Gateway(Strict):
    """A gateway: the panel's advice where it is asked for, and the decision of a named officer."""

    milestone: Milestone
    phase: int = Field(0, ge=0, le=20, description="0: the whole scheme")
    reached_on: date
    advice: Advice | None = None
    advice_words: Words | None = None
    decision: Advice = "proceed"
    words: Words | None = None


class JobsPromised(Strict):
    """What is promised now, by kind; a promise is never quietly made smaller."""

    promises: list[Promise] = Field(min_length=1, max_length=10)
    words: Words | None = None


class JobsDelivered(Strict):
    """What came of a promise, on evidence."""

    kind: JobKind
    delivered: int = Field(ge=1, le=100_000)
    on: date
    evidence: Words


class Change(Strict):
    """A scenario: another mix, a later day, other assumptions."""

    mix: Annotated[list[MixPlan], Field(min_length=1, max_length=200)] | None = None
    delay_months: int = Field(0, ge=-60, le=120)
    assumptions: Assumed | None = None


class NewScenario(Strict):
    """A scenario with a name, kept to be compared."""

    name: Title
    change: Change


class FinishedHome(Strict):
    """A finished home. Its size and tenure are of the mix."""

    uprn: Uprn
    address: Line
    postcode: Postcode
    kind: HomeKind = HomeKind.FLAT
    bedrooms: int = Field(ge=0, le=8)
    bed_spaces: int | None = Field(None, ge=1, le=20)
    tenure: Tenure
    floor: int | None = Field(None, ge=-2, le=80)
    lift: bool = False
    access: Access = Access.GENERAL
    energy_rating: Annotated[str, StringConstraints(pattern=r"^[A-G]$")] | None = None
    landlord: Literal["council", "reside"] = "reside"
    market_rent_week_pence: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] | None = None
    service_charge_week_pence: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0
    value_1999_pence: Pence | None = None


class NewHandover(Strict):
    """Finished homes of one phase, for lettings."""

    phase: int = Field(ge=1, le=20)
    handed_over_on: date
    homes: list[FinishedHome] = Field(min_length=1, max_length=500)


class SchemeView(BaseModel):
    """A scheme."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    code: str
    name: str
    ward: str | None
    state: State
    land: dict[str, Any]
    phases: list[Any]
    mix: list[Any]
    assumptions: dict[str, Any]
    milestones: list[Any]
    jobs: list[Any]
    homes_planned: int
    homes_demolished: int
    handed_over: int
    shares: dict[str, int] = Field(default_factory=dict, description="Homes by what they are to people")
    allowed: list[str] = Field(default_factory=list, description="Gateways that may be passed now: name:phase")
    made_at: UtcDatetime
    changed_at: UtcDatetime


class SchemeListed(BaseModel):
    """A scheme in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    code: str
    name: str
    ward: str | None
    state: State
    homes_planned: int
    homes_demolished: int
    handed_over: int
    made_at: UtcDatetime


class SummaryView(BaseModel):
    """What a panel compares."""

    model_config = ConfigDict(from_attributes=True)

    homes: int
    shares: dict[str, int]
    by_size: dict[int, int]
    demolished: int
    more_homes: int
    council_by_size: dict[int, int]
    first_completion: date
    last_completion: date
    rent_year_pence: int
    cost_pence: int
    net_cost_pence: int
    grant_pence: int
    income_year_pence: int
    surplus_year_pence: int = Field(description="Net income less interest on the net cost")
    npv_pence: int
    irr_percent: Decimal | None = Field(description="Null: the flows have no single rate")
    yield_percent: Decimal | None = Field(description="First full year's net income on the net cost")
    payback_on: date | None
    waiting_met: dict[int, int]
    waiting: dict[int, int]


class AppraisalView(BaseModel):
    """The cash flow of a plan."""

    summary: SummaryView
    digest: str = Field(description="SHA-256 of the plan and these figures")
    lines: dict[str, int] = Field(description="Each line added up over all years")
    years: dict[int, dict[str, int]] = Field(description="By calendar year")


class ScenarioView(BaseModel):
    """A scenario beside the scheme as it is planned."""

    id: UUID | None
    name: str
    change: dict[str, Any]
    summary: SummaryView
    difference: dict[str, str] = Field(description="Against the plan: amounts in pence, percentages in points")


class Comparison(BaseModel):
    """The plan and its scenarios, side by side."""

    scheme_id: UUID
    plan: SummaryView
    scenarios: list[ScenarioView]


class GatewayView(BaseModel):
    """One decision."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    milestone: Milestone
    phase: int
    reached_on: date
    advice: str | None
    advice_words: str | None
    decision: str
    words: str | None
    figures: dict[str, Any]
    digest: str
    decided_by: str
    decided_at: UtcDatetime


class HandoverView(BaseModel):
    """Homes handed over together."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    scheme_id: UUID
    phase: int
    handed_over_on: date
    home_ids: list[UUID]
    kinds: list[Any]
    made_at: UtcDatetime


class YearView(BaseModel):
    """Homes of one financial year (from 1 April), as planned and as passed."""

    year: int
    started: int
    completed: int
    completed_by_share: dict[str, int]


class ProgrammeView(BaseModel):
    """The whole programme as it stood on a day."""

    on: date
    schemes: int
    states: dict[State, int]
    homes_planned: int
    demolished: int
    shares: dict[str, int]
    on_site: int = Field(description="Homes of phases on site that day")
    completed: int
    completed_by_share: dict[str, int]
    handed_over: int
    years: list[YearView]
    jobs: dict[str, dict[str, int]]
    income_year_pence: int | None = Field(description="Net income of the first full year of every scheme not stopped")
    surplus_year_pence: int | None = Field(description="That, less interest on the net cost")
    npv_pence: int | None
