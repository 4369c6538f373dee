"""The 360Giving Data Standard 1.4 as our own types, for what a council gives. Pure but for reading who publishes.

Names and titles are the standard's; fields that we never fill are left out. Source: the published schema (1.4.3),
github ThreeSixtyGiving/standard, CC BY 4.0. Amounts are pounds, as the standard wants them.
"""

import tomllib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

VERSION: Final = "1.4"

Text = Annotated[str, StringConstraints(min_length=1)]
Pounds = Annotated[float, Field(description="In pounds")]


def _moment(day: date) -> str:
    """A day as a full date-time: the schema's `oneOf` refuses a bare date wherever formats are not looked at."""
    return f"{day.isoformat()}T00:00:00Z"


def _day(value: object) -> object:
    return value[:10] if isinstance(value, str) else value


_AS_MOMENT = WithJsonSchema({"type": "string", "format": "date-time"})
OnDay = Annotated[date, BeforeValidator(_day), PlainSerializer(_moment, return_type=str), _AS_MOMENT]
AtMoment = Annotated[AwareDatetime, PlainSerializer(datetime.isoformat, return_type=str)]


class _Part(BaseModel):
    """Named as the standard names it; what is not known is left out."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid")


class Location(_Part):
    """Where those who benefit are."""

    name: Text | None = Field(None, title="Name")
    country_code: Literal["GB"] = Field("GB", title="Country Code")
    geo_code: Text | None = Field(None, title="Geographic Code")
    geo_code_type: Literal["WD", "LONB"] | None = Field(None, title="Geographic Code Type")


class Organisation(_Part):
    """A funder or a recipient, by org-id."""

    id: Text = Field(title="Identifier")
    name: Text = Field(title="Name")
    department: Text | None = Field(None, title="Department")
    charity_number: Text | None = Field(None, title="Charity Number")
    company_number: Text | None = Field(None, title="Company Number")
    date_modified: AtMoment | None = Field(None, title="Last Modified")


class Period(_Part):
    """When the work takes place."""

    start_date: OnDay = Field(title="Start Date")
    end_date: OnDay | None = Field(None, title="End Date")
    duration: int | None = Field(None, title="Duration (months)", ge=0)


class Programme(_Part):
    """The round that the grant was given in."""

    code: Text = Field(title="Code")
    title: Text = Field(title="Title")


class Transaction(_Part):
    """An instalment that was paid."""

    id: Text = Field(title="Identifier")
    transaction_date: OnDay = Field(title="Transaction Date")
    currency: Literal["GBP"] = Field("GBP", title="Currency")
    value: Pounds = Field(title="Value")
    description: Text | None = Field(None, title="Description")


# In a spreadsheet a part that stands once for a grant stands in the grant's own row, as in the standard's template.
_ROLLED_ORG: Final[JsonDict] = {"rollUp": ["id", "name", "charityNumber", "companyNumber", "department"]}
_ROLLED_DATES: Final[JsonDict] = {"rollUp": ["startDate", "endDate", "duration"]}
_ROLLED_PLACE: Final[JsonDict] = {"rollUp": ["name", "countryCode", "geoCode", "geoCodeType"]}
_ROLLED_PROGRAMME: Final[JsonDict] = {"rollUp": ["code", "title"]}


class Grant(_Part):
    """One grant. The ten that the standard requires come first."""

    id: Text = Field(title="Identifier")
    title: Text = Field(title="Title")
    description: Text = Field(title="Description")
    currency: Literal["GBP"] = Field("GBP", title="Currency")
    amount_awarded: Pounds = Field(title="Amount Awarded")
    award_date: OnDay = Field(title="Award Date")
    recipient_organization: list[Organisation] = Field(
        title="Recipient Org", min_length=1, max_length=1, json_schema_extra=_ROLLED_ORG
    )
    funding_organization: list[Organisation] = Field(
        title="Funding Org", min_length=1, max_length=1, json_schema_extra=_ROLLED_ORG
    )
    amount_applied_for: Pounds | None = Field(None, title="Amount Applied For")
    amount_disbursed: Pounds | None = Field(None, title="Amount Disbursed")
    planned_dates: list[Period] = Field([], title="Planned Dates", json_schema_extra=_ROLLED_DATES)
    actual_dates: list[Period] = Field([], title="Actual Dates", json_schema_extra=_ROLLED_DATES)
    beneficiary_location: list[Location] = Field([], title="Beneficiary Location", json_schema_extra=_ROLLED_PLACE)
    grant_programme: list[Programme] = Field(title="Grant Programme", json_schema_extra=_ROLLED_PROGRAMME)
    from_open_call: Literal["Yes", "No"] = Field("Yes", title="From An Open Call?")
    disbursement_transaction: list[Transaction] = Field([], title="Disbursement Transaction")
    date_modified: AtMoment = Field(title="Last Modified")
    data_source: Text = Field(title="Data Source")
    regrant_type: Literal["FRG030"] | None = Field(None, title="For Regrant Type", description="Match funding")
    location_scope: Literal["Local authority", "Local area"] = Field("Local authority", title="Location Scope")


class Publisher(_Part):
    """Who publishes."""

    name: Text
    website: Text
    identifier: Text


class Package(_Part):
    """A file of grants. Empty only when nothing was awarded yet: the standard wants one grant at least."""

    version: Literal["1.4"] = VERSION
    title: Text
    description: Text
    identifier: Text
    issued: OnDay
    modified: AtMoment
    publisher: Publisher
    licence: Text = Field(alias="license")
    download_url: Text = Field(alias="downloadURL")
    grants: list[Grant]


class Council(BaseModel):
    """Who gives the grants and publishes them (`publisher.toml`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prefix: Annotated[str, StringConstraints(pattern=r"^360G-[A-Za-z0-9]+$")]
    org_id: Annotated[str, StringConstraints(pattern=r"^GB-[A-Z]+-[A-Z0-9]+$")]
    name: Text
    department: Text
    website: Text
    authority_code: Text
    authority_name: Text
    licence: Text


@lru_cache
def council() -> Council:
    """Read once."""
    return Council.model_validate(tomllib.loads(Path(__file__).with_name("publisher.toml").read_text("utf-8")))


def as_json(package: Package) -> dict[str, Any]:
    """As it is published."""
    whole = package.model_dump(mode="json", by_alias=True, exclude_none=True)
    # A list of nothing says nothing; the standard leaves it out.
    return {
        **whole,
        "grants": [{name: each for name, each in grant.items() if each != []} for grant in whole["grants"]],
    }


def schema() -> dict[str, Any]:
    """The JSON schema of one grant, with the standard's titles: what spreadsheets are made by."""
    return Grant.model_json_schema(by_alias=True)
