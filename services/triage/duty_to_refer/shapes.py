"""What goes in and out of the HTTP door of the duty to refer: one body for the form and for the webhook."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from kit.contracts.envelope import UtcDatetime
from services.triage.contacts.domain import Tonight
from services.triage.duty_to_refer.domain import ListedBody, Reason, Referral

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
AreaCode = Annotated[str, StringConstraints(pattern=r"^E0[6-9]\d{6}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Referrer(_Body):
    """Who refers: to be asked back, and thanked."""

    name: Line
    role: Line | None = None
    phone: Line | None = None
    email: Line | None = None


class Referred(_Body):
    """Who they are, as they told the body. Kept in triage, never sent on."""

    name: Line
    date_of_birth: date | None = None
    phone: Line | None = None
    email: Line | None = None
    address: Words | None = None
    safe_to_contact: Words | None = Field(None, description="How and when it is safe to reach them")

    def ways_to_reach(self) -> int:
        """How many ways there are."""
        return sum(each is not None for each in (self.phone, self.email, self.address))


class Agreement(_Body):
    """The person's own agreement: without it there is no referral (s213B(2))."""

    to_refer: StrictBool
    to_share_contact: StrictBool
    given_on: date
    how: Literal["in_person", "phone", "written", "online", "sign_language"]


class NewDutyToRefer(_Body):
    """A listed body's referral."""

    body: ListedBody
    reference: Line | None = Field(None, description="The body's own")
    referrer: Referrer
    person: Referred
    consent: Agreement
    area_chosen: AreaCode = Field(description="The authority in England that the person chose (ONS code)")
    reason: Reason = Field(description="homeless, or threatened with homelessness within 56 days")
    where_tonight: Tonight = Tonight.UNKNOWN
    homeless_on: date | None = Field(None, description="The day they lose, or lost, their home")
    note: Words | None = None

    @model_validator(mode="after")
    def _homeless_is_not_at_home(self) -> Self:
        if self.reason == "homeless" and self.where_tonight is Tonight.HOME:
            raise ValueError("someone with a home tonight is threatened with homelessness, not homeless")
        return self

    def as_rules_see_it(self) -> Referral:
        """What the law asks of it."""
        return Referral(
            to_refer=self.consent.to_refer,
            to_share_contact=self.consent.to_share_contact,
            given_on=self.consent.given_on,
            area_chosen=self.area_chosen,
            ways_to_reach=self.person.ways_to_reach(),
            reason=self.reason,
            homeless_on=self.homeless_on,
        )


class Receipt(BaseModel):
    """What the body is told: that it came. Nothing that we know, not even whether we know them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    reference: str | None
    received_at: UtcDatetime
    next: str = "We speak to them within one working day; today if they have nowhere to stay."


class DutyToReferSummary(BaseModel):
    """A referral in a list: codes and ids, no names."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    contact_id: UUID
    person_id: UUID | None
    body: ListedBody
    reason: Reason
    where_tonight: Tonight
    homeless_on: date | None
    received_at: UtcDatetime


class DutyToReferView(DutyToReferSummary):
    """A referral, whole, for whoever speaks to them."""

    reference: str | None
    referrer: Referrer
    person: Referred
    consent: Agreement
    note: str | None
    organisation_id: str | None
