"""What goes in and out of the HTTP door of the queue: rules, cards, counts, and what-if."""

from collections.abc import Sequence
from datetime import time
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.codes import QueueKind, Urgency
from kit.contracts.envelope import Code, UtcDatetime
from services.triage.queue import domain
from services.triage.queue.domain import Until

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
HourMinute = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Number = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


# The rules ------------------------------------------------------------------------------------------------


class ConditionBody(Body):
    """Holds when what waits has one of these values of the fact."""

    fact: Code
    any_of: list[Code] = Field(max_length=50)


Conditions = Annotated[list[ConditionBody], Field(max_length=10, description="All of them must hold")]


class BandBody(Body):
    """A part of the queue; the first stands first."""

    code: Code
    title: Text


class ClockBody(Body):
    """A time by which something must have been done."""

    code: Code
    title: Text
    basis: Text | None = Field(None, description="The statute and section; left out: the council's own word")
    until: Until
    amount: Number = Field(0, description="Minutes, or working days (bank holidays are none)")
    closes: HourMinute | None = Field(None, description="On the last working day, London time; left out: 23:59")
    when: Conditions = []


class TriggerBody(Body):
    """From so many minutes before the clock runs out."""

    clock: Code = Field(description="A clock's code, or any")
    minutes: Number


class RuleBody(Body):
    """Puts forward into a band, or gives a head start in minutes. `words` go on with "because ..." and "if ..."."""

    code: Code
    words: Text
    band: Code | None = None
    head_start: Number = 0
    clock: TriggerBody | None = None
    when: Conditions = []


class TeamBody(Body):
    """Whose list: the first team whose conditions hold."""

    team: Code
    when: Conditions = []


class RulesBody(Body):
    """A version of the rules, whole."""

    bands: list[BandBody] = Field(max_length=9)
    clocks: list[ClockBody] = Field([], max_length=50)
    rules: list[RuleBody] = Field(max_length=200)
    teams: list[TeamBody] = Field([], max_length=50)

    def to_rules(self) -> domain.Rules:
        """As the domain works with them."""
        return domain.Rules(
            bands=tuple(domain.Band(each.code, each.title) for each in self.bands),
            rules=tuple(
                domain.Rule(
                    each.code,
                    each.words,
                    _conditions(each.when),
                    domain.Trigger(each.clock.clock, each.clock.minutes) if each.clock else None,
                    each.band,
                    each.head_start,
                )
                for each in self.rules
            ),
            clocks=tuple(
                domain.Clock(
                    each.code,
                    each.title,
                    each.until,
                    each.amount,
                    time.fromisoformat(each.closes) if each.closes else domain.END_OF_DAY,
                    each.basis,
                    _conditions(each.when),
                )
                for each in self.clocks
            ),
            teams=tuple(domain.Team(each.team, _conditions(each.when)) for each in self.teams),
        )


def _conditions(bodies: Sequence[ConditionBody]) -> tuple[domain.Condition, ...]:
    return tuple(domain.Condition(each.fact, frozenset(each.any_of)) for each in bodies)


class NewRules(Body):
    """A draft of new rules."""

    note: Reason = Field(description="What it changes and why, for everybody to read")
    rules: RulesBody


class Publication(Body):
    """Rules go live by a named person with a reason."""

    reason: Reason


class RulesSummary(BaseModel):
    """A version in the list."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    state: Literal["draft", "published", "superseded"]
    note: str
    drafted_by: str
    drafted_at: UtcDatetime | None
    published_by: str | None
    published_at: UtcDatetime | None
    published_because: str | None


class RulesView(RulesSummary):
    """A version, whole."""

    change: int = Field(description="Its ETag")
    rules: RulesBody


# The queue ------------------------------------------------------------------------------------------------


class ClockView(BaseModel):
    """A clock that runs for an entry."""

    code: str
    basis: str | None
    due_at: UtcDatetime
    overdue: bool
    words: str = Field(description="To the minute and the working day")


class Card(BaseModel):
    """An entry of the queue: where it stands and why. Codes and ids; nobody's words."""

    id: UUID
    version: int
    place: int = Field(description="1 is next, within the list asked for")
    kind: QueueKind
    subject_id: UUID = Field(description="The contact, the concern or the referral")
    person_ids: list[UUID]
    household_id: UUID | None
    team: str | None
    hub: str | None
    urgency: Urgency
    band: str
    band_number: int = Field(description="0 is the first")
    arrived_at: UtcDatetime
    waiting_minutes: int
    stands_since: UtcDatetime = Field(description="Its arrival less its head starts: the earliest is next in a band")
    due_at: UtcDatetime | None
    clocks: list[ClockView]
    why: list[str]
    would_change: list[str]
    rules_version: int


class BandCount(BaseModel):
    """How many stand in a band."""

    code: str
    title: str
    waiting: int


class Counts(BaseModel):
    """The queue in numbers, as of one moment."""

    waiting: int
    overdue: int = Field(description="A clock has run out")
    due_within_an_hour: int
    bands: list[BandCount]
    urgency: dict[Urgency, int]
    longest_waiting_since: UtcDatetime | None
    rules_version: int
    as_of: UtcDatetime


class Move(BaseModel):
    """Somebody whose place would be another."""

    entry_id: UUID
    kind: QueueKind
    subject_id: UUID
    person_ids: list[UUID]
    household_id: UUID | None
    from_place: int
    to_place: int
    from_band: str
    to_band: str
    why: list[str] = Field(description="The reasons as they would be")


class BandChange(BaseModel):
    """How full a band is, and would be."""

    code: str
    waiting: int
    would_wait: int


class WhatIf(BaseModel):
    """What rules would do to the queue as it stands. Nothing was changed."""

    against_version: int
    waiting: int
    forward: int
    back: int
    unmoved: int
    bands: list[BandChange]
    moves: list[Move] = Field(description="The farthest first, at most 200")
    as_of: UtcDatetime

    @classmethod
    def of(cls, moves: Sequence[Move], waiting: int, bands: list[BandChange], version: int, as_of: UtcDatetime) -> Self:
        """Counted up, the farthest moves first."""
        forward = sum(each.to_place < each.from_place for each in moves)
        back = sum(each.to_place > each.from_place for each in moves)
        farthest = sorted(moves, key=lambda each: (-abs(each.to_place - each.from_place), each.to_place))
        return cls(
            against_version=version,
            waiting=waiting,
            forward=forward,
            back=back,
            unmoved=waiting - forward - back,
            bands=bands,
            moves=farthest[:200],
            as_of=as_of,
        )
