"""What the HTTP door of safeguarding takes and shows."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.codes import ConcernKind, ConcernLevel, ConcernStatus
from kit.contracts.envelope import UtcDatetime
from services.triage.safeguarding import domain
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
                    "about_staff": {
                        "type": "boolean",
                        "description": "About somebody who works here: the designated officer's alone",
                    },
                    "about_workers": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "Who, by id, if you know: neither they nor their managers see it",
                    },
                    "phoned_at": {
                        "type": "string",
                        "format": "date-time",
                        "description": "Phoned through and typed later: when the call was. The clocks run from then",
                    },
                    "phoned_to": {"type": "string", "description": "Who took the call"},
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
    phone: dict[str, str] = Field(description="Whom to phone until it is delivered; empty once it is")
    say: str = Field(description="What the screen says")
    acknowledged_by: str | None = Field(None, description="Who has it")
    receipt: str = Field(description="Where whoever raised it sees whether somebody has it")

    @classmethod
    def of(cls, concern: Concern, missing: list[str], phone: dict[str, str], *, phone_now: bool = False) -> Self:
        """The answer about this concern. `phone_now`: our own alarm may be late."""
        delivered = concern.state == ConcernStatus.ACKNOWLEDGED
        say = _DELIVERED if delivered else _ALARM_LATE if phone_now else _NOT_DELIVERED
        return cls(
            concern_id=concern.id,
            delivered=delivered,
            state=ConcernStatus(concern.state),
            due_at=concern.due_at,
            missing=missing,
            phone={} if delivered else phone,
            say=say,
            acknowledged_by=concern.acknowledged_by,
            receipt=f"/v1/triage/safeguarding-concerns/{concern.id}/receipt",
        )


_DELIVERED = "Delivered: a named person of the team has it."
_NOT_DELIVERED = "Kept, not yet delivered: nobody of the team has it so far. If it cannot wait, phone."
_ALARM_LATE = "Kept, but the team may not have received it: phone now."


class PoliceReport(BaseModel):
    """The report to the police that female genital mutilation of a girl under 18 asks for."""

    model_config = ConfigDict(extra="forbid")

    reference: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    reported_at: UtcDatetime | None = Field(None, description="Left out: now. Never in the future")


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
    about_staff: bool
    police_report_owed: bool = Field(
        False, description="FGM under 18, and nobody has recorded the report to the police"
    )

    @classmethod
    def of(cls, concern: Concern, *, reader: str | None = None) -> Self:
        """The concern in a list. `reader`: somebody who may not know of whom it is, and raised it: what is theirs."""
        owed = domain.police_report_owed(concern.fgm_under_18, _police(concern, reader)["police_reported_at"])
        return cls.model_validate(concern).model_copy(update={"police_report_owed": owed})


class ConcernView(ConcernSummary):
    """A concern, whole."""

    what_happened: str | None
    fgm_under_18: bool
    as_sent: str | None = Field(description="What was sent, word for word, when a part of it made no sense to us")
    unread: list[str]
    acknowledgement_note: str | None
    about_workers: list[str]
    typed_at: UtcDatetime | None = Field(
        description="When one that was phoned through was typed; raised_at is the call"
    )
    phoned_to: str | None
    police_reported_at: UtcDatetime | None
    police_reported_by: str | None
    police_reference: str | None
    prompts: list[str] = Field([], description="What the law asks for and nobody has recorded yet")

    @classmethod
    def of(cls, concern: Concern, *, reader: str | None = None) -> Self:
        """The concern as the team sees it; such a `reader` no word of the team's, nor a report that is not theirs."""
        police = _police(concern, reader)
        owed = domain.police_report_owed(concern.fgm_under_18, police["police_reported_at"])
        more: dict[str, Any] = {"police_report_owed": owed, "prompts": [domain.POLICE_REPORT] if owed else []}
        if reader is not None:
            more |= {**police, "acknowledgement_note": None}
        if not concern.unread:
            more["as_sent"] = None
        return cls.model_validate(concern).model_copy(update=more)


def _police(concern: Concern, reader: str | None) -> dict[str, Any]:
    """The report to the police, as far as it is this reader's to see."""
    names = ("police_reported_at", "police_reported_by", "police_reference")
    theirs = reader is None or concern.police_reported_by == reader
    return {name: getattr(concern, name) if theirs else None for name in names}
