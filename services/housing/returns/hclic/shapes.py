"""How the homelessness return is shown."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime, WorkerId
from services.housing.returns.hclic.checks import Finding

QuarterCode = Annotated[
    str, StringConstraints(pattern=r"^20\d\d-Q[1-4]$"), Field(description="2026-Q4: October to December 2026")
]


class FindingView(BaseModel):
    """What is wrong with a case, and what to do."""

    model_config = ConfigDict(from_attributes=True)

    rule: str
    severity: Literal["error", "warning"] = Field(description="An error keeps the quarter's file back")
    section: str
    field: str = Field(description="The element of the return")
    words: str
    published: bool = Field(description="A rule that published notes name; the others follow from the sections")


class CaseChecks(BaseModel):
    """A case as the return sees it today: what is wrong, and whether it would be in this quarter's return."""

    case_id: UUID
    quarter: str
    included: bool
    reasons: list[str]
    findings: list[FindingView]


class CaseInReturn(BaseModel):
    """A case of a quarter: in or out, why, and what is wrong with it."""

    case_id: UUID
    made_on: date
    position: str
    closed_on: date | None
    included: bool
    reasons: list[str] = Field(description="Why it is in, or why it is out")
    sections: list[str] = Field(description="Those that it has")
    errors: int
    warnings: int
    findings: list[FindingView]


class Row(BaseModel):
    """One category of a table."""

    code: str
    title: str
    cases: int


class Table(BaseModel):
    """A published table, out of the very cases that are in."""

    table: str
    title: str
    rows: list[Row]


class Reason(BaseModel):
    """Why cases are out."""

    reason: str
    cases: int


class FieldFindings(BaseModel):
    """How often a rule is broken."""

    rule: str
    severity: Literal["error", "warning"]
    section: str
    cases: int


class Summary(BaseModel):
    """A quarter's return before it is handed over."""

    quarter: str
    title: str
    since: date
    until: date
    data_requirement: str
    source: str
    validity: str
    included: int
    excluded: int
    excluded_because: list[Reason]
    stays_without_case: int = Field(description="They are in no return until they belong to a case")
    errors: int
    warnings: int
    cases_with_errors: int
    broken: list[FieldFindings]
    tables: list[Table]


class Handover(BaseModel):
    """The return of a quarter goes to the ministry."""

    model_config = ConfigDict(extra="forbid")

    quarter: QuarterCode


class HandoverView(BaseModel):
    """A return that was handed over. The file itself is not kept: the digest says whether another is the same."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    quarter: str
    codes: str
    cases: int
    errors: int
    warnings: int
    sha256: str
    made_by: WorkerId
    made_at: UtcDatetime


class ValueView(BaseModel):
    """One category of a list."""

    code: str
    title: str
    ours: list[str]


class ListView(BaseModel):
    """One list of the return."""

    field: str
    title: str
    name_is_published: bool
    values: list[ValueView]


class CodesView(BaseModel):
    """Every list of one version."""

    version: str
    since: date
    source: str
    lists: list[ListView]


def view_of(finding: Finding) -> FindingView:
    """A finding as it is shown."""
    return FindingView.model_validate(finding, from_attributes=True)
