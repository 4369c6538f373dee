"""What a cohort is: conditions written as data, what a contact list may keep of them, and how a publication goes. Pure.

A condition reads as JSON: {"all": [...]}, {"any": [...]}, {"not": ...}, {"factor": "rising_debt"}, {"wards": [...]} or
a household's composition, {"children_at_least": 1}.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kit.contracts.envelope import Code
from kit.contracts.risk import WardCode
from kit.errors import Conflict, DomainError, FieldError, Forbidden, Invalid, invalid

MOST_DEEP: Final = 6
MOST_LEAVES: Final = 40
KNOWN_MONTHS: Final = 24
KNOWN_BY: Final = (
    "adult_care.discharge",
    "adult_care.package",
    "early_help.closed",
    "early_help.opened",
    "homelessness.approach",
    "homelessness.duty",
    "homelessness.ended",
    "hub.contact",
    "social_care.child_in_need",
    "social_care.child_looked_after",
    "social_care.child_protection",
    "social_care.referral",
)
"""Facts by which services know a household: somebody met them. Council tax, benefits, rent, school, police are not."""
LASTING: Final = (
    "adult_care.package",
    "social_care.child_in_need",
    "social_care.child_looked_after",
    "social_care.child_protection",
)
"""Of these, what goes on until it ends: a package of care begun long ago still means that somebody visits."""

Few = Annotated[int, Field(ge=0, le=30)]
Months = Annotated[int, Field(ge=1, le=120)]


class Condition(BaseModel):
    """One condition on a household: exactly one of its forms."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    every: tuple[Condition, ...] | None = Field(None, alias="all", min_length=1, max_length=20)
    some: tuple[Condition, ...] | None = Field(None, alias="any", min_length=1, max_length=20)
    no: Condition | None = Field(None, alias="not")
    factor: Code | None = Field(None, description="A factor that stands for the household and is not disputed")
    amount_at_least: Decimal | None = Field(None, ge=0, le=10_000_000, description="Pounds or percent, of the factor")
    held_months: Months | None = Field(None, description="The factor has stood for so long")
    within_months: Months | None = Field(None, description="The newest fact it rests on is no older")
    wards: tuple[WardCode, ...] | None = Field(None, min_length=1, max_length=60)
    adults_at_least: Few | None = None
    adults_at_most: Few | None = None
    children_at_least: Few | None = None
    children_at_most: Few | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        forms = [self.every, self.some, self.no, self.factor, self.wards, self.composition or None]
        if sum(form is not None for form in forms) != 1:
            raise ValueError("a condition is exactly one of all, any, not, factor, wards, or adults and children")
        if self.factor is None and (self.amount_at_least, self.held_months, self.within_months) != (None, None, None):
            raise ValueError("amount_at_least, held_months and within_months go with a factor")
        return self

    @property
    def composition(self) -> dict[str, int]:
        """What it asks of who lives there, by name."""
        names = ("adults_at_least", "adults_at_most", "children_at_least", "children_at_most")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    @property
    def parts(self) -> tuple[tuple[str, Condition], ...]:
        """The conditions inside, each with its step of a JSON pointer."""
        if self.no is not None:
            return (("/not", self.no),)
        word, inner = ("all", self.every) if self.every is not None else ("any", self.some)
        return tuple((f"/{word}/{place}", part) for place, part in enumerate(inner or ()))

    def leaves(self, pointer: str = "") -> Iterator[tuple[str, Condition]]:
        """Every condition that holds no other, with its JSON pointer."""
        if not self.parts:
            yield pointer, self
        for step, part in self.parts:
            yield from part.leaves(pointer + step)

    def deep(self) -> int:
        """How many conditions stand inside each other at most."""
        return 1 + max((part.deep() for _, part in self.parts), default=0)

    @property
    def factors(self) -> frozenset[str]:
        """Every factor it names."""
        return frozenset(leaf.factor for _, leaf in self.leaves() if leaf.factor is not None)

    def as_data(self) -> dict[str, Any]:
        """As it is stored and shown."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def digest(*said: Any) -> str:
    """A short name for a question: the same words in another order of keys are the same question."""
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_definition(condition: Condition, known: Collection[str], pointer: str = "/definition") -> Condition:
    """The condition, if it is not too large and names only factors that there are. Raises `Invalid` naming fields."""
    leaves = list(condition.leaves(pointer))
    if condition.deep() > MOST_DEEP:
        raise invalid(pointer, f"Conditions stand at most {MOST_DEEP} inside each other", "depth")
    if len(leaves) > MOST_LEAVES:
        raise invalid(pointer, f"A definition has at most {MOST_LEAVES} conditions", "size")
    unknown = [(at, leaf.factor) for at, leaf in leaves if leaf.factor is not None and leaf.factor not in known]
    if unknown:
        errors = [FieldError(f"{at}/factor", f"There is no factor {code}", "known-factor") for at, code in unknown]
        raise Invalid("; ".join(each.detail for each in errors[:3]), *errors)
    return condition


# Contact lists ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ForContact:
    """What is left of a definition when it chooses whom to contact, and the factors that were left out."""

    condition: Condition | None
    left_out: tuple[str, ...]


def for_contact(condition: Condition, may_use: Callable[[str], bool]) -> ForContact:
    """The definition without the factors that may not choose whom to contact (spec risk 8).

    Whatever is left out makes the list longer, never shorter: in a group of alternatives the whole group goes, and so
    does a negation. Who stands on the list then says nothing of what was left out.
    """
    left_out = sorted(factor for factor in condition.factors if not may_use(factor))
    return ForContact(_without(condition, frozenset(left_out)), tuple(left_out))


def _without(condition: Condition, forbidden: frozenset[str]) -> Condition | None:
    if condition.every is not None:
        kept = tuple(part for each in condition.every if (part := _without(each, forbidden)) is not None)
        return condition.model_copy(update={"every": kept}) if kept else None
    if condition.factors & forbidden and (condition.no is not None or condition.factor is not None):
        return None
    if condition.some is not None:
        parts = [_without(each, forbidden) for each in condition.some]
        if any(part is None for part in parts):
            return None
        return condition.model_copy(update={"some": tuple(parts)})
    return condition


# A publication ----------------------------------------------------------------------------------------------------


class Standing(StrEnum):
    """Where a publication stands. Asked for by an analyst, approved or refused by a manager, then worked through."""

    ASKED = "asked"
    REFUSED = "refused"
    APPROVED = "approved"
    PUBLISHED = "published"


class Paused(DomainError):
    """The residents' data panel, or someone for it, has paused the cohort."""

    slug = "cohort-paused"
    title = "This cohort is paused"
    status = 409


class NotHeard(DomainError):
    """The residents' data panel hears a contact cohort before it is used."""

    slug = "panel-not-heard"
    title = "The residents' data panel has not heard this cohort"
    status = 409


def check_use(*, paused: bool, pause_reason: str | None, panel_reference: str | None) -> None:
    """Raises unless the cohort may be used to contact people today."""
    if paused:
        raise Paused(f"The cohort is paused: {pause_reason or 'no reason given'}")
    if not panel_reference:
        raise NotHeard("Record the reference of the panel's hearing on the cohort first (panel_reference)")


def decide(standing: Standing, *, approve: bool, asked_by: str, decided_by: str) -> Standing:
    """The publication's next standing. `Forbidden` for whoever asked: a list of homes to contact takes two people."""
    if standing is not Standing.ASKED:
        raise Conflict("This publication is decided already", state=standing.value, allowed=[])
    if asked_by == decided_by:
        raise Forbidden("Another person than the one who asked for the list must decide on it")
    return Standing.APPROVED if approve else Standing.REFUSED
