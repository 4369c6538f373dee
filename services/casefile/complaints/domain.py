"""The rules of complaints: their stages, by when what is due, and what may be said in the end. Pure.

Days off don't count where the clock runs in working days. A stage's answer is due from its acknowledgement, and from
the last day for that when it came late: who is late with the one wins no time for the other.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from kit.clock import add_working_days
from kit.errors import Conflict, invalid


class Kind(StrEnum):
    """What came in."""

    COMPLAINT = "complaint"
    DATA_COMPLAINT = "data_complaint"
    COUNCILLOR_ENQUIRY = "councillor_enquiry"
    COMPLIMENT = "compliment"


class State(StrEnum):
    """How far it came, at its stage."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What was found."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    RESOLVED = "resolved"
    NOT_OURS = "not_ours"


class Promise(BaseModel):
    """By when one kind is acknowledged and answered, from a day on."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    kind: Kind
    since: date = Field(alias="from")
    unit: Literal["working_days", "days"]
    acknowledge: int = Field(ge=1)
    answer: int | None = Field(None, ge=1)
    answer_two: int | None = Field(None, ge=1)
    more: int | None = Field(None, ge=1)
    more_two: int | None = Field(None, ge=1)
    duty: Literal["law", "target"]
    source: str

    def after(self, start: date, count: int) -> date:
        """The day so many days after; the start is not counted."""
        return add_working_days(start, count) if self.unit == "working_days" else start + timedelta(days=count)


def read(text: str) -> tuple[Promise, ...]:
    """Clocks from TOML."""
    rows: list[dict[str, Any]] = tomllib.loads(text)["clock"]
    return tuple(Promise.model_validate(row) for row in rows)


CLOCKS: Final[Sequence[Promise]] = read(
    files("services.casefile.complaints").joinpath("clocks.toml").read_text(encoding="utf-8")
)
"""As delivered."""


def promise(kind: Kind, day: date, clocks: Iterable[Promise] = CLOCKS) -> Promise:
    """What stands for a kind received on a day. The oldest line counts for days before it, too."""
    lines = sorted((each for each in clocks if each.kind is kind), key=lambda each: each.since)
    standing = [each for each in lines if each.since <= day]
    return (standing or lines)[-1 if standing else 0]


@dataclass(frozen=True, slots=True)
class Dates:
    """What the clock of one stage depends on."""

    kind: Kind
    stage: int
    received_on: date
    acknowledged_on: date | None = None
    extended: bool = False

    @property
    def acknowledge_by(self) -> date:
        """The last day to acknowledge this stage."""
        rule = promise(self.kind, self.received_on)
        return rule.after(self.received_on, rule.acknowledge)

    @property
    def answer_by(self) -> date | None:
        """The last day to answer this stage; None for what needs no answer, and before it is acknowledged."""
        rule = promise(self.kind, self.received_on)
        days = rule.answer_two if self.stage == 2 else rule.answer
        if days is None or self.acknowledged_on is None:
            return None
        more = ((rule.more_two if self.stage == 2 else rule.more) or 0) if self.extended else 0
        return rule.after(min(self.acknowledged_on, self.acknowledge_by), days + more)

    @property
    def due_on(self) -> date | None:
        """What is due next."""
        return self.acknowledge_by if self.acknowledged_on is None else self.answer_by


def allowed_from(kind: Kind, stage: int, state: State, *, extended: bool) -> list[str]:
    """What can be done from here."""
    match state:
        case State.RECEIVED:
            return ["acknowledge", "withdraw"]
        case State.ACKNOWLEDGED if kind is Kind.COMPLIMENT:
            return ["close"]
        case State.ACKNOWLEDGED:
            return ["answer", "withdraw", *([] if extended else ["extend"])]
        case State.ANSWERED if kind is Kind.COMPLAINT and stage == 1:
            return ["close", "escalate"]
        case State.ANSWERED:
            return ["close"]
        case _:
            return []


def check_step(kind: Kind, stage: int, state: State, step: str, *, extended: bool) -> None:
    """`Conflict` with what is allowed from here."""
    allowed = allowed_from(kind, stage, state, extended=extended)
    if step not in allowed:
        raise Conflict(f"What is {state} can't be taken through {step!r}", state=state, stage=stage, allowed=allowed)


def check_received(kind: Kind, received_on: date, today: date, councillor: str | None, words: str) -> None:
    """Its words, its day, and for an enquiry whose it is."""
    if received_on > today:
        raise invalid("/received_on", "It can't have come on a day that is still to come.", "not-in-the-future")
    if kind is Kind.COUNCILLOR_ENQUIRY and not (councillor or "").strip():
        raise invalid("/councillor", "Say which councillor asks.", "councillor")
    if not words.strip():
        raise invalid("/words", "In their words.", "words")


def check_answer(by: str, investigated_before: str | None, about: Iterable[str], stage: int) -> None:
    """Nobody answers about themselves, and stage two is looked at by somebody else than stage one."""
    if by in set(about):
        raise Conflict("Somebody whom it is about does not answer it", allowed=[])
    if stage == 2 and by == investigated_before:
        raise Conflict("Stage two is answered by somebody else than stage one", allowed=[])
