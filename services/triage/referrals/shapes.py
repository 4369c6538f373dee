"""What goes in and out of the HTTP door of referrals."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema

from kit.contracts.codes import NeedDomain, ReferralStatus, Urgency
from kit.contracts.envelope import Code, UtcDatetime
from kit.contracts.lawful_basis import LawfulBasis
from services.triage.referrals import domain
from services.triage.referrals.domain import Answer, Party, SamePartner
from services.triage.referrals.models import Referral

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Mailbox = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,180}\.[A-Za-z]{2,24}$")]
Way = Literal["phone", "email", "in_person", "letter"]


class Body(BaseModel):
    """Requests refuse fields they do not know: a slip in a name must not lose what was typed."""

    model_config = ConfigDict(extra="forbid")


class SharedData(Body):
    """What the partner is told of the person: these fields and no others. There is none for immigration status."""

    name: Line | None = None
    born_on: date | None = Field(None, description="Only where the partner's help turns on age")
    phone: Line | None = None
    email: Line | None = None
    address: Line | None = None
    through_us: bool = Field(False, description="The partner reaches them through us, and gets no way of their own")
    safe_contact: Words | None = Field(None, description="How and when it is safe to reach them, and what never to do")
    language: Line | None = None
    interpreter: Line | None = None
    access_needs: Line | None = Field(None, description="E.g. a lift, large print")
    helper: Line | None = Field(None, description="Who speaks for them, if somebody does")


class NewReferral(Body):
    """Help asked of a partner. Sent at once unless `draft`."""

    organisation_id: UUID
    service_id: UUID | None = Field(None, description="Of the directory")
    contact_id: UUID | None = None
    need_id: UUID | None = None
    person_id: UUID
    household_id: UUID | None = Field(None, description="Left out: where we know them to live")
    domain: NeedDomain
    urgency: Urgency = Urgency.ROUTINE
    request: Words = Field(description="What is asked, in words the person would agree with")
    share: SharedData = SharedData()
    basis: LawfulBasis | None = Field(None, description="Needed to send")
    sharing_for: Line | None = Field(None, description="What the partner may use it for. Needed to send")
    send_to: Mailbox | None = Field(None, description="Another mailbox than the organisation's own")
    draft: bool = False
    instead_of: UUID | None = Field(None, description="The refused or failed referral that this one follows")
    asked_again_because: Words | None = Field(None, description="What has changed since this partner said no")
    tell_person: bool = Field(True, description="A message by their safe way; off where they know or it is not safe")


class ReferralChanges(Body):
    """What changes; what is left out stays. Of a referral that was sent, say why: the partner is told anew."""

    request: Words | SkipJsonSchema[None] = None
    share: SharedData | SkipJsonSchema[None] = None
    urgency: Urgency | SkipJsonSchema[None] = None
    service_id: UUID | None = None
    basis: LawfulBasis | SkipJsonSchema[None] = None
    sharing_for: Line | SkipJsonSchema[None] = None
    send_to: Mailbox | None = None
    why: Words | None = Field(None, description="Needed once it was sent")
    followed_up: Words | None = Field(None, description="What was done about a refusal or failure")

    @model_validator(mode="after")
    def _something_stays(self) -> Self:
        for name in ("request", "share", "urgency", "basis", "sharing_for"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be taken away")
        return self

    def told(self) -> set[str]:
        """The fields of the referral itself that are to change."""
        return self.model_fields_set - {"why", "followed_up"}


class NewTransition(Body):
    """One move of a referral. A partner answers with it; those who asked send, withdraw, or write down an answer."""

    to: ReferralStatus
    reason: Code | None = Field(None, description="For rejected, on_hold, failed, completed and cancelled")
    until: date | None = Field(None, description="On hold until; or when a partner who has no room may be asked again")
    note: Words | None = Field(None, description="What was said")
    heard_by: Way | None = Field(None, description="By which way the partner told you, when you write it down")

    def answer(self) -> Answer:
        """As the rules see it."""
        return Answer(self.to, self.reason, self.until, self.heard_by)


# Out ------------------------------------------------------------------------------------------------------


class Shown(BaseModel):
    """Read off a row."""

    model_config = ConfigDict(from_attributes=True)


class ReferralSummary(Shown):
    """A referral in a list: codes and ids, nobody's words. A partner is not told whom our ids mean."""

    id: UUID
    version: int
    reference: str
    organisation_id: UUID
    service_id: UUID | None
    contact_id: UUID | None
    need_id: UUID | None
    person_id: UUID | None
    household_id: UUID | None
    domain: NeedDomain
    urgency: Urgency
    state: ReferralStatus
    reason: str | None
    until: date | None
    next_step: str | None
    turn: Party | None = Field(description="Who has the ball; null when the story is over")
    chases: int
    escalate_at: UtcDatetime | None = Field(description="No answer by then goes to a named manager")
    escalated_at: UtcDatetime | None
    escalated_to: str | None
    sent_by: str
    created_at: UtcDatetime
    requested_at: UtcDatetime | None
    changed_at: UtcDatetime

    @classmethod
    def of(cls, row: Referral, party: Party = Party.SENDER) -> Self:
        """The referral as that party may list it."""
        shown = cls.model_validate(_read(row))
        return shown if party is Party.SENDER else shown.model_copy(update=_OURS)


_OURS: dict[str, Any] = dict.fromkeys(
    ("contact_id", "need_id", "person_id", "household_id", "next_step", "escalate_at", "escalated_at", "escalated_to")
)


class StepView(Shown):
    """One thing that happened."""

    kind: Literal["moved", "changed", "chased", "escalated", "followed_up"]
    state: ReferralStatus
    reason: str | None
    until: date | None
    note: str | None
    heard_by: str | None
    by: str
    at: UtcDatetime


class DisclosureView(Shown):
    """Exactly what was told, to whom, on which basis, for what."""

    number: int
    organisation_id: UUID
    request: str
    shared: SharedData
    basis: LawfulBasis
    sharing_for: str
    purpose: str
    why: str | None
    by: str
    at: UtcDatetime


class ReferralView(ReferralSummary):
    """A referral, whole, for those who asked."""

    allowed: list[str] = Field(description="The states it may take from here by your hand")
    next_words: str | None = Field(description="What the refusal or failure asks for next, in words")
    followed_up: str | None
    followed_by: UUID | None
    asked_again_because: str | None
    request: str
    shared: SharedData
    basis: LawfulBasis | None
    sharing_for: str | None
    send_to: str | None
    steps: Sequence[StepView]
    disclosures: Sequence[DisclosureView]


class PartnerReferral(BaseModel):
    """A referral as the partner sees it: what was disclosed to them, and how they may answer."""

    id: UUID
    version: int
    reference: str
    domain: NeedDomain
    urgency: Urgency
    state: ReferralStatus
    reason: str | None
    until: date | None
    allowed: list[str] = Field(description="How you may answer from here")
    request: str | None = Field(description="Null once it has ended")
    shared: SharedData | None = Field(description="What you may know of them; null once it has ended")
    sharing_for: str | None = Field(description="All that you may use it for")
    requested_at: UtcDatetime
    changed_at: UtcDatetime


class Moved(BaseModel):
    """What a move brought about. A partner who accepts is told here whom to help."""

    id: UUID
    version: int
    reference: str
    state: ReferralStatus
    allowed: list[str] = Field(description="The states it may take from here by your hand")
    next_step: str | None
    next_words: str | None
    request: str | None = Field(description="To a partner who takes it on")
    shared: SharedData | None = Field(description="To a partner who takes it on")


class Excluded(BaseModel):
    """A partner not to be offered again for this person and this kind of need."""

    organisation_id: UUID
    reason: str | None
    ask_again_on: date | None = Field(description="Null: not again on this ground")


class NextOffers(BaseModel):
    """What a refusal asks for next."""

    step: str | None
    words: str | None
    same_partner: SamePartner | None
    excluded: list[Excluded]
    capacity: list["RoomAt"] = Field(description="Partners who lately said, without a name, that they have room")


class RoomAt(BaseModel):
    """What a partner said of its room for this kind of need."""

    organisation_id: UUID
    answer: str
    places: int | None
    wait_days: int | None
    answered_at: UtcDatetime


def reference_of(referral_id: UUID) -> str:
    """Eight letters and digits to say on the phone: nothing about anybody."""
    return referral_id.hex[-8:].upper()


def _read(row: Referral) -> dict[str, Any]:
    state = ReferralStatus(row.state)
    following = domain.next_of(state, row.reason)
    columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    return {
        **columns,
        "reference": reference_of(row.id),
        "turn": domain.whose_turn(state, row.next_step, followed_up=row.seen_to),
        "allowed": domain.allowed_for(state, Party.SENDER),
        "next_words": following.words if following else None,
    }


def whole(row: Referral) -> ReferralView:
    """The referral as those who asked see it."""
    return ReferralView.model_validate({**_read(row), "steps": row.steps, "disclosures": row.disclosures})


def for_partner(row: Referral) -> PartnerReferral:
    """The referral as the partner sees it: only what was disclosed, and only while it runs."""
    state = ReferralStatus(row.state)
    told = row.disclosures[-1] if state in domain.SHOWS_DATA and row.disclosures else None
    return PartnerReferral.model_validate(
        {
            **_read(row),
            "allowed": domain.allowed_for(state, Party.RECEIVER),
            "request": told.request if told else None,
            "shared": told.shared if told else None,
            "sharing_for": told.sharing_for if told else None,
        }
    )
