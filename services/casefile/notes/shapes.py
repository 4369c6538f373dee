"""What goes in and out of the HTTP door of notes."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime, WorkerId
from services.casefile.access.need_to_know import Part
from services.casefile.notes.domain import Kind, Note, Readers, State, Step, allowed_from
from services.casefile.notes.models import Note as Row

# Not stripped: what was typed is kept word for word.
Words = Annotated[str, StringConstraints(min_length=1, max_length=50_000, pattern=r"\S")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]
DraftKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Role = Annotated[str, StringConstraints(min_length=1, max_length=64)]
NotePart = Literal[
    Part.INSIDE,
    Part.RESTRICTED,
    Part.ABUSE,
    Part.SAFEGUARDING,
    Part.DRUGS_AND_ALCOHOL,
    Part.IMMIGRATION,
    Part.CRIME,
]
People = Annotated[list[UUID], Field(max_length=20)]


class Body(BaseModel):
    """Requests refuse fields they do not know: a slip in a name must not lose what was typed."""

    model_config = ConfigDict(extra="forbid")


class NamedReaders(Body):
    """Who may read a restricted note, besides its author: by name, by role."""

    workers: Annotated[list[WorkerId], Field(max_length=50)] = []
    roles: Annotated[list[Role], Field(max_length=20)] = []

    def named(self) -> Readers:
        """As the rules see them."""
        return Readers(frozenset(self.workers), frozenset(self.roles))


class FinishedDraft(Body):
    """The draft (kind `note`) that became this note: finished twice, it makes one note."""

    key: DraftKey = Field(description="A fresh one for each note, e.g. a UUID")
    version: int | None = Field(None, ge=1, description="The version this was finished from; left out: none was kept")


class NewNote(Body):
    """A note. One that came from a draft throws the draft away in the same moment, and not before."""

    household_id: UUID
    person_ids: People = Field([], description="Whom it is about, of the household's people; empty: all of it")
    kind: Kind = Kind.CASE_NOTE
    words: Words
    occurred_at: UtcDatetime | None = Field(None, description="Left out: now. Never in the future")
    part: NotePart = Part.INSIDE
    readers: NamedReaders | None = Field(None, description="Of a restricted note")
    draft: FinishedDraft | None = None


class Correction(Body):
    """What it should say, and why. What is left out stays. The earlier words stay readable."""

    words: Words | None = None
    kind: Kind | None = None
    occurred_at: UtcDatetime | None = None
    person_ids: People | None = None
    reason: Reason
    draft: FinishedDraft | None = Field(None, description="Typed after the note was finished, and now in it")


class Strike(Body):
    """Why it does not hold."""

    reason: Reason


class Reading(Body):
    """Who may read it from now on: the part of the file, and the readers if that is `restricted`."""

    part: NotePart
    readers: NamedReaders | None = None
    reason: Reason


class Move(Body):
    """Where a misfiled note belongs, and how it came to be on this file."""

    household_id: UUID
    person_ids: People = Field([], description="Whom it is about there; empty: all of the household")
    reason: Reason


class NoteView(BaseModel):
    """A note. What was taken away from a file it did not belong to leaves a blank there."""

    id: UUID
    version: int
    household_id: UUID
    person_ids: list[UUID]
    kind: Kind
    part: Part
    readers: NamedReaders | None
    words: str | None = Field(description="null: misfiled here and taken away")
    occurred_at: UtcDatetime
    state: State
    pinned: bool
    earlier: int = Field(description="How many wordings stood before this one")
    recorded_by: str
    recorded_at: UtcDatetime
    worded_at: UtcDatetime
    struck_by: str | None
    struck_at: UtcDatetime | None
    strike_reason: str | None
    taken_away_at: UtcDatetime | None
    digests: list[str] = Field(description="Of a blank: salted digests of what stood here")
    moved_here_at: UtcDatetime | None = Field(description="It was on another file by mistake until then")
    allowed: list[Step]

    @classmethod
    def of(cls, row: Row, people: list[UUID], earlier: int) -> Self:
        """The note as those who may read it see it."""
        own = {"person_ids", "readers", "earlier", "allowed"}
        shown: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields if name not in own}
        readers = NamedReaders(workers=row.reader_workers, roles=row.reader_roles)
        rules = Note(row.recorded_by, None, State(row.state), row.pinned)
        return cls(
            **shown,
            person_ids=people,
            readers=readers if row.part == Part.RESTRICTED else None,
            earlier=earlier,
            allowed=allowed_from(rules),
        )


class WordingView(BaseModel):
    """A wording that stood before: until when, who replaced it and why."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    words: str
    kind: Kind
    occurred_at: UtcDatetime
    person_ids: list[UUID]
    worded_at: UtcDatetime
    replaced_by: str
    replaced_at: UtcDatetime
    reason: str


class Unfinished(BaseModel):
    """A note you began: fetch it, word for word, from `drafts/note/{key}`."""

    key: str
    version: int
    updated_at: UtcDatetime
    household_id: str | None
    opening: str = Field(description="Its first words")
    finished_as: UUID | None = Field(description="It was finished already, and typed on afterwards: correct that note")


class UnfinishedCount(BaseModel):
    """How many notes a worker has begun and not finished, and since when nobody typed on the oldest."""

    worker: str
    notes: int
    oldest: datetime


class Misfiled(BaseModel):
    """What became of a misfiled note."""

    note: NoteView = Field(description="The blank that stays here")
    moved_to: UUID = Field(description="The note on the file it belongs to")
    breach_id: UUID = Field(description="Information governance decides on it")
    decide_by: UtcDatetime
