"""Members, packages and the tables of all of them together, as JSON."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.risk.observatory.federation.packages import Area, Month

Title = Annotated[str, StringConstraints(min_length=2, max_length=120, pattern=r"^[^\x00-\x1f]+$")]


class Member(BaseModel):
    """An observatory that may send packages here."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    key: dict[str, Any] = Field(description="Its public Ed25519 key (JWK, RFC 8037)")
    suspended: bool = False


class NewMember(Member):
    """One that is let in."""

    area: Area = Field(description="GSS code of the borough or region it speaks for")


class MemberView(BaseModel):
    """A member, how far its packages have come, and which are missing."""

    area: str
    version: int
    title: str
    above: str
    key: dict[str, Any]
    suspended: bool
    have: int = Field(description="The last package up to which none is missing")
    missing: list[int]
    changed_at: datetime


class TableName(BaseModel):
    """What of a month goes into a package."""

    model_config = ConfigDict(extra="forbid")

    count: Annotated[str, StringConstraints(pattern=r"^(households|residents)$")] = "households"
    by: tuple[str, ...] = Field((), max_length=3)


class NewPackage(BaseModel):
    """A package to be signed: of which month, and which tables."""

    model_config = ConfigDict(extra="forbid")

    month: Month
    tables: tuple[TableName, ...] = Field(min_length=1, max_length=60)
    of_members: bool = Field(False, description="The sums of our members' packages, in place of our own borough")


class PackageView(BaseModel):
    """A package as it was signed."""

    area: str
    sequence: int
    direction: str
    month: date
    digest: str
    signed: str
    settled_at: datetime | None
    made_at: datetime


class RefusalView(BaseModel):
    """A package that was not taken."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    area: str | None
    rule: str
    detail: str
    digest: str
    times: int
    refused_at: datetime


class RegionRow(BaseModel):
    """One place of a table of all members."""

    at: dict[str, str]
    count: int | None
    members: dict[str, int | None] = Field(description="What each member shows")


class RegionTable(BaseModel):
    """A table of all members together."""

    name: str
    month: str
    members: list[str]
    missing: list[str] = Field(description="Members without this table: nothing is added up until it is here")
    rows: list[RegionRow]
    threshold: int
