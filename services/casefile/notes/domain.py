"""The rules of notes: what may become of one, who is named to read it, what a misfiled one leaves behind. Pure."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from kit.contracts.roles import SIGNED_IN
from kit.errors import Conflict, Forbidden, invalid

DRAFT: Final = "note"
"""The kind of draft that becomes a note."""
PINS: Final = 5
"""So many notes of a household may be pinned: what is always on top must stay few."""
# A desk's clock may run ahead of ours by this much before we doubt what it says.
_CLOCK_DRIFT: Final = timedelta(minutes=1)
_MAY_STRIKE: Final = frozenset({"manager", "safeguarding_lead", "information_governance_lead"})
_MAY_SUPERVISE: Final = frozenset({"manager", "safeguarding_lead", "reviewing_officer"})


class Kind(StrEnum):
    """What a note is of."""

    CASE_NOTE = "case_note"
    VISIT = "visit"
    CALL = "call"
    MEETING = "meeting"
    MESSAGE = "message"
    PROFESSIONALS_MEETING = "professionals_meeting"
    OBSERVATION = "observation"
    SUPERVISION = "supervision"


class State(StrEnum):
    """Standing; struck through, still legible; or taken away to the file it belongs to."""

    STANDING = "standing"
    STRUCK = "struck"
    MISFILED = "misfiled"


class Step(StrEnum):
    """What can be done with a note."""

    CORRECT = "correct"
    STRIKE = "strike"
    PIN = "pin"
    UNPIN = "unpin"
    SAY_WHO_READS = "say_who_reads"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a note says: its words, what they are of, when that was, and about whom (nobody: the household)."""

    words: str
    kind: Kind
    occurred_at: datetime
    about: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Note:
    """A note as the rules see it. `earlier` holds every wording before, the first one first; nothing leaves it."""

    author: str
    wording: Wording | None
    state: State = State.STANDING
    pinned: bool = False
    earlier: tuple[Wording, ...] = ()
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may read a restricted note, besides its author: workers by name and holders of roles."""

    workers: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.workers or self.roles)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which roles."""

    id: str
    roles: frozenset[str] = field(default_factory=frozenset)


def allowed_from(note: Note) -> list[Step]:
    """What can be done with a note from here."""
    match note.state:
        case State.STANDING:
            return [Step.CORRECT, Step.STRIKE, Step.UNPIN if note.pinned else Step.PIN, Step.SAY_WHO_READS, Step.MOVE]
        case State.STRUCK:
            return [Step.SAY_WHO_READS, Step.MOVE]
        case State.MISFILED:
            return []


def check(note: Note, step: Step) -> None:
    """`Conflict` with what is allowed from here, when `step` is not."""
    allowed = allowed_from(note)
    if step in allowed:
        return
    state = "pinned" if note.pinned else str(note.state)
    words = step.replace("_", " ")
    raise Conflict(f"A note that is {state} cannot be taken through {words!r}", state=state, allowed=allowed)


def took_place(said: datetime | None, now: datetime) -> datetime:
    """When it was: as said, else now. `Invalid` for the future."""
    if said is None:
        return now
    if said > now.astimezone(UTC) + _CLOCK_DRIFT:
        raise invalid("/occurred_at", "This lies in the future: a note is of what has been.", "not-in-the-future")
    return said


def check_kind(kind: Kind, actor: Actor) -> None:
    """Supervision is recorded by those who supervise."""
    if kind is Kind.SUPERVISION and not actor.roles & _MAY_SUPERVISE:
        raise Forbidden("Supervision is recorded by those who supervise")


def check_readers(part: str, readers: Readers) -> None:
    """A restricted note names who may read it, and no other does: compartments have their own rule."""
    restricted = part == "restricted"
    if restricted and not readers:
        raise invalid("/readers", "Say who may read it, by worker or by role.", "readers-named")
    if not restricted and readers:
        raise invalid("/readers", "Readers are named for a restricted note: choose that part.", "restricted-only")
    if unknown := sorted(readers.roles - SIGNED_IN):
        raise invalid("/readers/roles", f"There is no role {', '.join(unknown)}.", "known-role")


def correct(note: Note, actor: Actor, wording: Wording) -> Note:
    """Other words in place of those that stand; these stay readable. Only who wrote them may."""
    check(note, Step.CORRECT)
    if actor.id != note.author:
        raise Forbidden("Only its author corrects a note: write one of your own, or ask them")
    if wording == note.wording:
        raise invalid("/words", "Nothing is different.", "something-changes")
    return replace(note, wording=wording, earlier=_with_standing(note))


def strike(note: Note, actor: Actor) -> Note:
    """It does not hold any more, and stays legible. By its author, or by those who answer for the work of others."""
    check(note, Step.STRIKE)
    if actor.id != note.author and not actor.roles & _MAY_STRIKE:
        raise Forbidden("A note is struck by its author, or by a manager")
    return replace(note, state=State.STRUCK, pinned=False)


def pin(note: Note, others: int) -> Note:
    """It stays on top; `others` is how many of the household's notes do already."""
    check(note, Step.PIN)
    if others >= PINS:
        raise Conflict(f"{PINS} notes are pinned already: unpin one first", allowed=[])
    return replace(note, pinned=True)


def unpin(note: Note) -> Note:
    """It goes back to its place."""
    check(note, Step.UNPIN)
    return replace(note, pinned=False)


def move(note: Note, salt: bytes, about: frozenset[UUID]) -> tuple[Note, Note]:
    """The blank that stays on the wrong file, and the note for the right one, where it is about `about`.

    The blank says nothing of what stood there but a salted digest of every wording, the oldest first. The other one
    has every wording; that it was about people of the wrong file goes from all of them.
    """
    check(note, Step.MOVE)
    wordings = tuple(replace(each, about=about) for each in _with_standing(note))
    there = replace(note, wording=wordings[-1], earlier=wordings[:-1], pinned=False)
    digests = tuple(digest_of(salt, each) for each in wordings)
    return Note(note.author, None, State.MISFILED, digests=digests), there


def digest_of(salt: bytes, wording: Wording) -> str:
    """Binds a wording without telling it: SHA-256 over the salt and what was said, in hexadecimal."""
    said = [wording.words, wording.kind, wording.occurred_at.astimezone(UTC).isoformat()]
    return hashlib.sha256(salt + json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _with_standing(note: Note) -> tuple[Wording, ...]:
    return (*note.earlier, note.wording) if note.wording is not None else note.earlier
