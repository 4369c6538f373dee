"""A round's rules, as officers write them and as anyone may read them."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import Code
from services.grants.applications.identifiers import GroupKind
from services.grants.funds.domain import MOST_PENCE

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Pence = Annotated[int, Field(ge=1, le=MOST_PENCE, strict=True)]
Ward = Annotated[str, StringConstraints(pattern=r"^E05\d{6}$")]
DELEGATED: int = 200_000_00
"""Pence a round that an officer may approve: Cabinet, 16 October 2018 (NCIL grants programme)."""


class Criterion(BaseModel):
    """One thing that assessors score, from nothing to `most`."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    title: Line
    weight: int = Field(1, ge=1, le=100)
    most: int = Field(5, ge=1, le=100)


class Band(BaseModel):
    """What is checked before an award, for sums up to this one: the larger the sum, the more."""

    model_config = ConfigDict(extra="forbid")

    up_to_pence: Pence
    checks: list[Code] = Field(max_length=20)


class RoundRules(BaseModel):
    """Everything a round is decided by. Frozen with a hash when it opens."""

    model_config = ConfigDict(extra="forbid")

    priorities: list[Line] = Field(default=[], max_length=20)
    criteria: list[Criterion] = Field(min_length=1, max_length=20)
    kinds: list[GroupKind] = Field(default=list(GroupKind), min_length=1, description="Groups that may apply")
    must_be_constituted: bool = True
    two_unrelated_signatories: bool = True
    one_application_a_group: bool = True
    no_overdue_reports: bool = True
    least_pence: Pence = 1
    most_pence: Pence = 10_000_00
    light_form_up_to_pence: int = Field(500_00, ge=0, le=MOST_PENCE, description="Fewer documents, one report")
    wards: list[Ward] = Field(default=[], max_length=100, description="None named: the whole borough")
    documents: list[Code] = Field(default=["constitution"], max_length=20, description="Of everyone")
    documents_above_light: list[Code] = Field(
        default=["accounts", "safeguarding_policy", "insurance"], max_length=20, description="Above the light form"
    )
    due_diligence: list[Band] = Field(default=[], max_length=10, description="By sum, the smallest first")
    assessors: Literal[2] = 2
    moderation_gap: int = Field(2, ge=1, le=100, description="This far apart on a criterion: moderation")
    decided_by: Literal["ballot", "panel", "assessment"] = "ballot"
    reports_after_months: list[Annotated[int, Field(ge=1, le=60)]] = Field(default=[6, 12], min_length=1, max_length=10)
    light_reports_after_months: list[Annotated[int, Field(ge=1, le=60)]] = Field(
        default=[12], min_length=1, max_length=10
    )
    delegated_most_pence: Pence = DELEGATED

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.most_pence < self.least_pence:
            raise ValueError("the most a group may get is not below the least")
        if len({each.code for each in self.criteria}) != len(self.criteria):
            raise ValueError("each criterion stands once")
        bands = [each.up_to_pence for each in self.due_diligence]
        if bands != sorted(set(bands)):
            raise ValueError("due diligence goes by sum, the smallest first, each once")
        for months in (self.reports_after_months, self.light_reports_after_months):
            if months != sorted(set(months)):
                raise ValueError("reports are due one after the other")
        return self
