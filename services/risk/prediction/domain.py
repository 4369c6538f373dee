"""What a model is: its definition as data, what it may never foresee, and what it needs before it is used. Pure.

Three outcomes are ready (`definitions/*.toml`); another is another file. A target is chosen from a closed list of
outcomes by kind of fact, so that no wording brings a forbidden one in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import Code
from kit.contracts.purposes import PURPOSES
from kit.contracts.roles import ROLES
from kit.errors import Conflict, DomainError, FieldError, Forbidden, Invalid
from services.risk.sources.kinds import KINDS, Sensitivity

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Months = Annotated[int, Field(ge=1, le=60)]


class Happens(StrEnum):
    """How an outcome shows in facts: one is dated in the window, or a sum owed grew by so much over it."""

    COMES = "comes"
    RISES = "rises"


TARGETS: Final[Mapping[str, Happens]] = {
    "debt.total": Happens.RISES,
    "council_tax.arrears": Happens.RISES,
    "rent.arrears": Happens.RISES,
    "council_tax.missed": Happens.COMES,
    "council_tax.summons": Happens.COMES,
    "rent.notice": Happens.COMES,
    "benefit.council_tax_support": Happens.COMES,
    "benefit.housing_benefit": Happens.COMES,
    "homelessness.approach": Happens.COMES,
    "homelessness.duty": Happens.COMES,
    "adult_care.discharge": Happens.COMES,
    "adult_care.package": Happens.COMES,
}
"""Every kind of fact that may be foreseen, and how. What is not here is refused, whatever a model is called."""

_ABOUT_CHILDREN: Final = ("social_care.", "early_help.", "school.")
_NAMES_A_CHILD: Final = re.compile(
    r"\bchild(?:ren)?(?:'s|s')?\b[^.]{0,40}\b(?:abuse|harm|neglect|risk|danger|exploit|care|protect|safeguard)"
    r"|\b(?:abuse|harm|neglect|exploitation|removal)\b[^.]{0,40}\bchild"
    r"|\b(?:taken|come|coming|go|going) into care\b|\b(?:cse|cce|looked[ _-]after|child[ _-]protection)\b",
    re.IGNORECASE,
)

WHY_NOT_CHILDREN: Final = (
    "This platform does not foresee harm to a particular child. Where councils tried, models missed about four of five"
    " of the children at risk, none reached the precision that was set for it beforehand, and tools were given up:"
    " Hackney's, and Bristol's after families had been flagged wrongly. Whoever worries about a child tells"
    " safeguarding; what makes life harder for many households is a question for cohorts and associations"
)


class ForbiddenTarget(DomainError):
    """A target that no model here may have."""

    slug = "forbidden-target"
    title = "No model may foresee this"
    status = 422


class NotReady(DomainError):
    """A model without its figures, owner, review or hearing."""

    slug = "model-not-ready"
    title = "The model can't be published yet"
    status = 409


class Paused(DomainError):
    """The residents' data panel, or someone for it, has paused the model."""

    slug = "model-paused"
    title = "This model is paused"
    status = 409


class Form(BaseModel):
    """Refuses what it does not know: a slip in a definition must not pass for a rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(Form):
    """The outcome: which facts, in how many months after the day that is looked from."""

    kinds: tuple[str, ...] = Field(min_length=1, max_length=6)
    values: tuple[str, ...] = ()
    measure: Happens
    months: Annotated[int, Field(ge=1, le=12)]
    amount: Annotated[float, Field(gt=0, le=1_000_000)] | None = Field(None, description="Pounds, of a rise")
    words: Line
    stands_for: Line | None = Field(None, description="What it is meant to tell of, where no record holds that itself")


class Measure(StrEnum):
    """How a feature is read from the facts before the day."""

    LATEST = "latest"  # the newest month's total of a monthly amount, 0 when nothing was owed
    CHANGE = "change"  # that, less the total so many months before
    SUM = "sum"  # of amounts in so many months
    COUNT = "count"  # of facts in so many months
    STANDING = "standing"  # 1 while a lasting fact stands, else 0
    SINCE = "since"  # days since the newest one, empty when there was none in so many months
    ADULTS = "adults"  # of the household, by linkage
    CHILDREN = "children"


class Direction(StrEnum):
    """What more of it may do to the risk. `free`: either; the other two are kept to by the training."""

    RAISES = "raises"
    LOWERS = "lowers"
    FREE = "free"


class Feature(Form):
    """One thing a model looks at."""

    code: Code
    title: Line
    measure: Measure
    kinds: tuple[str, ...] = Field((), max_length=6)
    values: tuple[str, ...] = ()
    months: Months | None = None
    direction: Direction = Direction.FREE
    unit: Literal["GBP", "days", "facts", "people", "yes"] = "facts"
    known_by: tuple[str, ...] = Field((), description="Without any of these facts nobody knows: the value is missing")

    @model_validator(mode="after")
    def _coherent(self) -> Feature:
        of_home = self.measure in (Measure.ADULTS, Measure.CHILDREN)
        if of_home == bool(self.kinds):
            raise ValueError(f"{self.code}: say which kinds of facts, unless it counts who lives there")
        if self.measure in (Measure.CHANGE, Measure.SUM, Measure.COUNT, Measure.SINCE) and self.months is None:
            raise ValueError(f"{self.code}: say how many months it looks back")
        if unknown := [each for each in (*self.kinds, *self.known_by) if each not in KINDS]:
            raise ValueError(f"{self.code}: unknown kinds of facts {', '.join(unknown)}")
        return self


class Population(Form):
    """Whose risk is told: households month by month, or each thing of a kind that happened (a discharge)."""

    each: str | None = Field(None, description="A kind of fact; none: every household, each month")
    having: tuple[str, ...] = Field((), description="Only who has one of these lasting facts")
    without: tuple[str, ...] = Field((), description="Nobody who has one of these within `without_months`")
    without_months: Months = 6


class Use(Form):
    """For which purpose, by whom, what for."""

    purpose: Code
    roles: tuple[Code, ...] = Field((), description="Only these; none: whoever may claim the purpose")
    words: Line

    @model_validator(mode="after")
    def _known(self) -> Use:
        if self.purpose not in PURPOSES:
            raise ValueError(f"unknown purpose {self.purpose}")
        if unknown := [each for each in self.roles if each not in ROLES]:
            raise ValueError(f"unknown roles {', '.join(unknown)}")
        return self


class Training(Form):
    """How it is trained; the defaults are sane."""

    algorithms: tuple[Literal["logistic", "boosting"], ...] = ("logistic", "boosting")
    step_months: Annotated[int, Field(ge=1, le=12)] = 3
    history_months: Annotated[int, Field(ge=6, le=84)] = 36
    capacity: Annotated[float, Field(gt=0, lt=1)] = Field(0.05, description="The share that help can be offered to")
    most_rows: Annotated[int, Field(ge=1_000, le=2_000_000)] = 120_000
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 20_260
    bags: Annotated[int, Field(ge=2, le=32)] = 8
    interactions: Annotated[int, Field(ge=0, le=40)] = 0
    missing_at_most: Annotated[float, Field(ge=0, le=1)] = Field(0.5, description="Share of features not known")


class Definition(Form):
    """One version of a model's definition."""

    code: Code
    title: Line
    purpose: Words = Field(description="What it is for, in plain words")
    target: Target
    population: Population = Population()
    features: tuple[Feature, ...] = Field(min_length=1, max_length=60)
    excluded: tuple[Line, ...] = Field((), description="What was left out on purpose, and why")
    uses: tuple[Use, ...] = Field(min_length=1, max_length=8)
    not_for: tuple[Line, ...] = ()
    keep_months: Annotated[int, Field(ge=1, le=24)] = Field(6, description="How long a score is kept")
    training: Training = Training()

    @model_validator(mode="after")
    def _once_each(self) -> Definition:
        codes = [each.code for each in self.features]
        if len(set(codes)) != len(codes):
            raise ValueError("a feature stands twice")
        return self

    @property
    def reads(self) -> frozenset[str]:
        """The kinds of facts it looks at, to tell a risk."""
        found = {kind for each in self.features for kind in (*each.kinds, *each.known_by)}
        population = {*self.population.having, *self.population.without}
        return frozenset(found | population | ({self.population.each} if self.population.each else set()))

    @property
    def delicate(self) -> bool:
        """Whether any fact it looks at or foresees is of abuse, social care, health or police."""
        return any(KINDS[kind].sensitivity is not Sensitivity.ORDINARY for kind in self.reads | {*self.target.kinds})

    @property
    def of_person(self) -> bool:
        """Whether its scores are a person's; else a household's."""
        return self.population.each is not None

    def as_data(self) -> dict[str, Any]:
        """As it is stored and shown."""
        return self.model_dump(mode="json", exclude_none=True)

    @property
    def digest(self) -> str:
        """The same words give the same digest."""
        return digest(self.as_data())


def digest(said: Any) -> str:
    """SHA-256 of JSON in one order."""
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


_GENERAL_ROLES: Final = frozenset({"triage_officer", "universal_worker", "hub_host", "volunteer_welcome"})


def check_definition(definition: Definition) -> Definition:
    """The definition, if a model of it may be. Raises `ForbiddenTarget`, or `Invalid` naming fields."""
    check_target(definition)
    errors = list(_errors(definition))
    if errors:
        raise Invalid("; ".join(each.detail for each in errors[:3]), *errors)
    return definition


def check_target(definition: Definition) -> None:
    """Raises unless every kind of the target is on the closed list, measured as it says, and no child is meant.

    The kinds decide, not the name: a forbidden outcome under another name is the same outcome. Words that announce harm
    to a child are refused as well, so that no permitted figure is read as if it told of one.
    """
    children = [kind for kind in definition.target.kinds if kind.startswith(_ABOUT_CHILDREN)]
    said = " . ".join([definition.code.replace("_", " "), definition.title, definition.purpose])
    said = " . ".join([said, definition.target.words, *(each.words for each in definition.uses)])
    if children or _NAMES_A_CHILD.search(said):
        raise ForbiddenTarget(
            WHY_NOT_CHILDREN, FieldError("/definition/target", "Harm to a particular child", "no-child-harm")
        )
    for place, kind in enumerate(definition.target.kinds):
        pointer = f"/definition/target/kinds/{place}"
        if kind not in TARGETS:
            listed = ", ".join(sorted(TARGETS))
            said = f"{kind} is not an outcome that may be foreseen; those are: {listed}"
            raise ForbiddenTarget(said, FieldError(pointer, said, "closed-list"))
        if TARGETS[kind] is not definition.target.measure:
            raise Invalid(
                f"{kind} is foreseen as one that {TARGETS[kind].value}",
                FieldError("/definition/target/measure", f"Must be {TARGETS[kind].value}", "measure-of-the-kind"),
            )


def _errors(definition: Definition) -> list[FieldError]:
    found = []
    target = definition.target
    if target.measure is Happens.RISES and target.amount is None:
        found.append(FieldError("/definition/target/amount", "Say by how many pounds it must rise", "amount"))
    population = definition.population
    for name, kinds in (("having", population.having), ("without", population.without)):
        unknown = [kind for kind in kinds if kind not in KINDS]
        if unknown:
            found.append(FieldError(f"/definition/population/{name}", f"Unknown kinds: {', '.join(unknown)}", "kind"))
    if population.each is not None and population.each not in KINDS:
        found.append(FieldError("/definition/population/each", f"Unknown kind: {population.each}", "kind"))
    if found:
        return found
    barred = sorted(k for k in definition.reads if KINDS[k].sensitivity in (Sensitivity.ABUSE, Sensitivity.POLICE))
    if barred:
        said = f"Facts of abuse or crime are in no model: {', '.join(barred)}"
        found.append(FieldError("/definition/features", said, "no-abuse-no-police"))
    for place, use in enumerate(definition.uses):
        general = not use.roles or _GENERAL_ROLES & set(use.roles)
        if definition.delicate and general:
            said = "Facts of health or social care never feed a generalist's list: name the specialist roles"
            found.append(FieldError(f"/definition/uses/{place}/roles", said, "specialists-only"))
        if not all(use.purpose in KINDS[kind].serves for kind in definition.reads):
            missing = sorted(kind for kind in definition.reads if use.purpose not in KINDS[kind].serves)
            said = f"{', '.join(missing)} may not serve {use.purpose}"
            found.append(FieldError(f"/definition/uses/{place}/purpose", said, "kinds-serve-the-use"))
    return found


# Publishing -------------------------------------------------------------------------------------------------------

LONGEST_REVIEW: Final = timedelta(days=366)
LEAST_POSITIVES: Final = 20
"""Later months with fewer outcomes than this say too little to judge by."""


def missing(figures: Mapping[str, Any] | None, *, owner: str | None, review_on: date | None, today: date,
            panel_reference: str | None, panel_told_on: date | None) -> list[FieldError]:  # fmt: skip
    """What a trained model still lacks before it may be published; empty: nothing."""
    found = []
    figures = figures or {}
    later = figures.get("later_months") or {}
    if not later.get("rows") or not figures.get("trained_to") or not later.get("from"):
        found.append(FieldError("/figures/later_months", "There are no figures on later months", "later-months"))
    elif str(later["from"]) <= str(figures["trained_to"]):
        found.append(FieldError("/figures/later_months", "The months it was judged on are not later", "later-months"))
    elif int(later.get("positives") or 0) < LEAST_POSITIVES:
        said = f"Fewer than {LEAST_POSITIVES} outcomes in later months: too few to judge by"
        found.append(FieldError("/figures/later_months", said, "enough-outcomes"))
    if later.get("auc") is None or later.get("at_capacity") is None:
        found.append(FieldError("/figures/later_months/auc", "How well it tells apart is not measured", "measured"))
    elif (later.get("auc_interval") or [0])[0] <= 0.5:
        said = "On later months it may tell no better than a coin: its interval reaches down to 0.5"
        found.append(FieldError("/figures/later_months/auc", said, "better-than-a-coin"))
    if not figures.get("calibration"):
        found.append(FieldError("/figures/calibration", "Its calibration on later months is missing", "calibration"))
    if not figures.get("groups"):
        found.append(FieldError("/figures/groups", "Its error by group is missing", "fairness-by-group"))
    if not owner:
        found.append(FieldError("/owner", "Nobody by name answers for it", "named-owner"))
    if review_on is None:
        found.append(FieldError("/review_on", "No day is set on which it is looked at again", "review-date"))
    elif not today < review_on <= today + LONGEST_REVIEW:
        found.append(FieldError("/review_on", "The review is within a year from now", "review-date"))
    if not panel_reference or panel_told_on is None or panel_told_on > today:
        said = "The residents' data panel has not been told: say where and when"
        found.append(FieldError("/panel_reference", said, "panel-told"))
    return found


def check_publish(lacks: list[FieldError], *, trained_by: str, published_by: str) -> None:
    """Raises `NotReady` naming everything that is missing, and `Forbidden` for whoever trained it."""
    if lacks:
        raise NotReady("; ".join(each.detail for each in lacks), *lacks)
    if trained_by == published_by:
        raise Forbidden("Another person than the one who trained the model must publish it")


class State(StrEnum):
    """Where a training stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


def check_cancel(state: State) -> None:
    """Only what goes on can be stopped."""
    if state is not State.RUNNING:
        raise Conflict(f"This ended already: it {state.value}", state=state.value, allowed=[])
