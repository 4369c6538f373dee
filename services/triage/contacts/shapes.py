"""What goes in and out of the HTTP door of contacts: requests, and contacts as they are shown."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema

from kit.contracts.codes import (
    Channel,
    ContactStatus,
    NeedDomain,
    NeedKind,
    NeedStatus,
    Outcome,
    Stage,
    Urgency,
)
from kit.contracts.envelope import Code, UtcDatetime
from kit.contracts.questions import QUESTIONS
from services.triage.contacts.domain import HomelessnessSign, PrioritySign, Proposal, Tonight
from services.triage.contacts.models import Contact


def _a_question(code: str) -> str:
    if code not in QUESTIONS:
        raise ValueError("not a question code of kit.contracts.questions")
    return code


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
DraftWord = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
QuestionCode = Annotated[str, AfterValidator(_a_question)]
YesNoUnknown = StrictBool | Literal["unknown"]


Questions = Annotated[list[QuestionCode], Field(max_length=100)]


class Body(BaseModel):
    """Requests refuse fields they do not know: a slip in a name must not lose what was typed."""

    model_config = ConfigDict(extra="forbid")


# Said by people, kept here ---------------------------------------------------------------------------------


class InterpreterKind(StrEnum):
    """How an interpreter should come. Never a child, never family where abuse is possible."""

    NOT_NEEDED = "not_needed"
    PHONE = "phone"
    FACE_TO_FACE = "face_to_face"
    BRITISH_SIGN_LANGUAGE = "british_sign_language"


class Interpreter(Body):
    """Whether they need an interpreter, and which."""

    kind: InterpreterKind
    dialect: Line | None = None
    gender: Literal["any", "woman", "man"] = "any"


class Way(StrEnum):
    """A way to reach someone."""

    CALL = "call"
    VOICEMAIL = "voicemail"
    TEXT = "text"
    EMAIL = "email"
    LETTER = "letter"
    VISIT = "visit"
    THROUGH_SOMEONE = "through_someone"


class SafeContact(Body):
    """How and when it is safe to reach them, and what must never be done."""

    ways: list[Way] = []
    never: list[Way] = []
    times: Line | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if both := set(self.ways) & set(self.never):
            raise ValueError(f"a way is safe or it is not: {', '.join(sorted(both))}")
        return self


class SpeaksFor(Body):
    """Someone who speaks for the person: in what capacity, how far it goes, what proof we saw, until when."""

    capacity: Literal["advocate", "appointee", "attorney", "deputy", "councillor", "family", "friend", "other"]
    name: Line | None = None
    scope: Line | None = None
    proof_seen: Line | None = Field(None, description="Left out: none seen yet")
    expires_on: date | None = None


# In -------------------------------------------------------------------------------------------------------


class NewNeed(Body):
    """A need. On a housing need ask where they sleep tonight and whether they may lose their home."""

    domain: NeedDomain
    kind: NeedKind = NeedKind.PRESENTING
    urgency: Urgency = Urgency.ROUTINE
    goal: Words | None = Field(None, description="What they want to come of it, in their words")
    strengths: Words | None = None
    tried: Words | None = Field(None, description="What they tried already")
    where_tonight: Tonight = Field(Tonight.UNKNOWN, description="Where do you sleep tonight?")
    may_lose_home_within_56_days: YesNoUnknown = "unknown"
    homelessness_signs: list[HomelessnessSign] = []
    priority_signs: list[PrioritySign] = Field([], description="What may make a priority need: for tonight's question")


class SentDraft(Body):
    """The draft that became this contact: thrown away in the same transaction."""

    kind: DraftWord
    key: DraftWord


class Told(Body):
    """What a conversation can tell us; all of it may be left out."""

    hub: Code | None = None
    person_id: UUID | None = Field(None, description="From casefile. Help can be given unnamed")
    household_id: UUID | None = None
    language: Language | None = Field(None, description="BCP 47, e.g. bn")
    interpreter: Interpreter | None = None
    safe_contact: SafeContact | None = None
    speaks_for: SpeaksFor | None = None
    what_matters: Words | None = Field(None, description="What matters to them, in their words")
    confirmed: Questions | SkipJsonSchema[None] = Field(
        None, description="Known before and confirmed, not asked: from the services' `known`"
    )
    asked_again: Questions | SkipJsonSchema[None] = Field(
        None, description="Asked although somebody knew: counted as a retelling"
    )

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if both := set(self.confirmed or ()) & set(self.asked_again or ()):
            raise ValueError(f"a question was confirmed or asked again: {', '.join(sorted(both))}")
        return self


class NewContact(Told):
    """A contact. Unnamed help is one request: place, need, outcome."""

    channel: Channel
    occurred_at: UtcDatetime | None = Field(None, description="Left out: now. Never in the future")
    needs: Annotated[list[NewNeed], Field(max_length=50)] = []
    outcome: Literal["resolved", "advice_only", "no_further_action"] | None = Field(
        None, description="Settled there and then: decides every need of this request, finally"
    )
    reason: Words | None = Field(None, description="Why; may be left out only when the help was given unnamed")
    draft: SentDraft | None = None

    def proposal(self) -> Proposal | None:
        """The decision that came with it."""
        return Proposal(Outcome(self.outcome), reason=self.reason or "") if self.outcome else None


class NeedAnswer(Body):
    """What was asked about a need later. Signs are added to those there; "unknown" changes nothing."""

    need_id: UUID
    where_tonight: Tonight = Tonight.UNKNOWN
    may_lose_home_within_56_days: YesNoUnknown = "unknown"
    homelessness_signs: list[HomelessnessSign] = []
    priority_signs: list[PrioritySign] = []


class ContactChanges(Told):
    """What changes; what is left out stays, null takes away."""

    channel: Channel | SkipJsonSchema[None] = None
    occurred_at: UtcDatetime | SkipJsonSchema[None] = None
    answers: Annotated[list[NeedAnswer], Field(max_length=50)] = []

    @model_validator(mode="after")
    def _always_known(self) -> Self:
        for name in ("channel", "occurred_at"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be taken away")
        return self


class NewDecision(Body):
    """A decision about some needs, or about all that are still undecided."""

    outcome: Outcome
    stage: Stage = Stage.FINAL
    reason: Words
    specialism: Code | None = Field(None, description="For targeted")
    statutory_service: Code | None = Field(None, description="For statutory")
    need_ids: Annotated[list[UUID], Field(max_length=50)] = Field([], description="Empty: every undecided need")

    def proposal(self) -> Proposal:
        """As the rules see it."""
        return Proposal(
            outcome=self.outcome,
            stage=self.stage,
            reason=self.reason,
            specialism=self.specialism,
            statutory_service=self.statutory_service,
            need_ids=tuple(self.need_ids),
        )


# Out ------------------------------------------------------------------------------------------------------


class Shown(BaseModel):
    """Read off a row."""

    model_config = ConfigDict(from_attributes=True)


class NeedSummary(Shown):
    """A need in a list: codes only."""

    id: UUID
    domain: NeedDomain
    kind: NeedKind
    urgency: Urgency
    status: NeedStatus
    stage: Stage


class NeedView(NeedSummary):
    """A need, whole."""

    goal: str | None
    strengths: str | None
    tried: str | None
    where_tonight: Tonight
    may_lose_home_within_56_days: YesNoUnknown
    homelessness_signs: list[HomelessnessSign]
    priority_signs: list[PrioritySign]
    may_be_homeless: bool = Field(description="True: the council must look into it; it cannot end at the desk")
    recorded_by: str
    recorded_at: UtcDatetime


class DecisionView(Shown):
    """A decision: who, where to, why."""

    id: UUID
    outcome: Outcome
    stage: Stage
    specialism: str | None
    statutory_service: str | None
    need_ids: list[UUID]
    reason: str
    decided_by: str
    decided_at: UtcDatetime


class ContactSummary(Shown):
    """A contact in a list: codes and ids, nobody's words."""

    id: UUID
    version: int
    person_id: UUID | None
    household_id: UUID | None
    held_by: str = Field(description="Who answers for it: somebody always does")
    channel: Channel
    hub: str | None
    occurred_at: UtcDatetime
    state: ContactStatus
    stage: Stage
    urgency: Urgency
    needs: Sequence[NeedSummary]


class UnfinishedContact(BaseModel):
    """One's own conversation that is begun and not sent."""

    key: str = Field(description="Of the draft, which is of the kind `contact`")
    about: str = Field(description="A glance at it, in one's own words; empty when there are none yet")
    updated_at: UtcDatetime


class ContactView(ContactSummary):
    """A contact, whole. Needs and decisions stand in the order they were recorded: the newest is the last."""

    language: str | None
    interpreter: Interpreter | None
    safe_contact: SafeContact | None
    speaks_for: SpeaksFor | None
    what_matters: str | None
    confirmed: list[str]
    asked_again: list[str]
    held_since: UtcDatetime
    needs: Sequence[NeedView]
    decisions: Sequence[DecisionView]
    recorded_by: str
    recorded_at: UtcDatetime
    changed_at: UtcDatetime

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """The contact as the one who works on it sees it."""
        return cls.model_validate(contact)
