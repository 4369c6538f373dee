"""What the HTTP door of safeguarding takes and shows."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.codes import ConcernKind, ConcernLevel, ConcernStatus
from kit.contracts.envelope import UtcDatetime
from services.triage.safeguarding.models import Concern

RAISED_BODY: dict[str, Any] = {
    "description": "Anything at all: what cannot be read is kept as text. No field is required.",
    "required": False,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "kind": {"type": "string", "enum": [each.value for each in ConcernKind]},
                    "level": {"type": "string", "enum": [each.value for each in ConcernLevel]},
                    "what_happened": {"type": "string", "description": "In your words"},
                    "person_ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
                    "household_id": {"type": "string", "format": "uuid"},
                    "contact_id": {"type": "string", "format": "uuid"},
                    "fgm_under_18": {"type": "boolean"},
                    "reference": {
                        "type": "string",
                        "format": "uuid",
                        "description": "Made by the caller: the same body sent again answers with the same concern",
                    },
                },
            }
        },
        "text/plain": {"schema": {"type": "string"}},
    },
}
"""For the API document: the request as we hope for it. Nothing is held to it (reading.py)."""


class Received(BaseModel):
    """The answer to whoever raised a concern: we have it; it is delivered once a named person has taken it."""

    concern_id: UUID
    received: bool = True
    delivered: bool = Field(description="True once a named person of the statutory team acknowledged it")
    state: ConcernStatus
    due_at: UtcDatetime
    missing: list[str] = Field(description="What would help the team; none of it holds anything up")
    phone: dict[str, str] = Field(description="Whom to phone until it is delivered")

    @classmethod
    def of(cls, concern: Concern, missing: list[str], phone: dict[str, str]) -> Self:
        """The answer about this concern."""
        return cls(
            concern_id=concern.id,
            delivered=concern.state == ConcernStatus.ACKNOWLEDGED,
            state=ConcernStatus(concern.state),
            due_at=concern.due_at,
            missing=missing,
            phone=phone,
        )


class Acknowledgement(BaseModel):
    """I have it."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)] | None = None


class ConcernSummary(BaseModel):
    """A concern in the team's list: what, whom, by when."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    kind: ConcernKind
    level: ConcernLevel | None = Field(description="Null: nobody said, so it counts as red")
    state: ConcernStatus
    person_ids: list[UUID]
    household_id: UUID | None
    contact_id: UUID | None
    raised_by: str
    raised_at: UtcDatetime
    due_at: UtcDatetime
    rung_at: UtcDatetime | None = Field(description="When it rang because nobody had it after 15 minutes")
    escalated_at: UtcDatetime | None = Field(description="When it went higher because nobody had it after 30 minutes")
    acknowledged_by: str | None
    acknowledged_at: UtcDatetime | None


class ConcernView(ConcernSummary):
    """A concern, whole."""

    what_happened: str | None
    fgm_under_18: bool
    as_sent: str | None = Field(description="What was sent, word for word, when a part of it made no sense to us")
    unread: list[str]
    acknowledgement_note: str | None

    @classmethod
    def of(cls, concern: Concern) -> Self:
        """The concern as the team sees it."""
        view = cls.model_validate(concern)
        return view if concern.unread else view.model_copy(update={"as_sent": None})
