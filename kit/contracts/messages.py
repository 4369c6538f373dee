"""Messages to people: what a service asks for, what casefile seals for the gateway, what became of it.

A service names a person, a template and codes, never an address or a word (ownership rule 9). Casefile decides how the
person may be reached safely; the gateway sends. The words are data, `templates.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import SERVICES, EventType, Sensitivity, live

TemplateCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=64)]
CodeValue = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_:.+-]*$", max_length=64)]
"""A code, a date, a time, a number or an amount: too narrow for anybody's words."""


class Way(StrEnum):
    """How a message travels."""

    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class Kind(StrEnum):
    """What a template's code holds, and so how it reads: 2026-12-04 becomes "Friday 4 December"."""

    DATE = "date"
    TIME = "time"
    AMOUNT = "amount"
    NUMBER = "number"
    CODE = "code"
    REFERENCE = "reference"


class MessageCode(EventData):
    """One code of a message."""

    code: Code
    value: CodeValue


class MessageRequested(EventData):
    """A person should be told something. Whom, which template, which codes: never where, never a word."""

    message_id: UUID
    person_id: UUID
    template: TemplateCode
    codes: tuple[MessageCode, ...] = ()
    about_id: UUID | None = Field(None, description="What of the asker's it is about")
    useless_after: UtcDatetime | None = Field(None, description="Not to be sent any more from then on")
    requested_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person alone."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When it was asked for."""
        return self.requested_at


class MessageOutcome(EventData):
    """What became of a message: for whoever asked for it."""

    message_id: UUID
    person_id: UUID
    template: TemplateCode
    asked_by: Code = Field(description="The service that asked")
    about_id: UUID | None = None
    state: Literal["sent", "failed"]
    way: Way | None = None
    plain: bool = Field(False, description="Sent in words that tell nothing, because somebody else might read them")
    reason: Code | None = Field(None, description="Why it failed")
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person alone."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When it was sent or given up."""
        return self.changed_at


class Addressed(EventData):
    """Sealed for the gateway: the words, and the one address they may go to."""

    message_id: UUID
    person_id: UUID
    household_ids: tuple[UUID, ...] = ()
    template: TemplateCode
    asked_by: Code
    about_id: UUID | None = None
    way: Way
    to: tuple[str, ...] = Field(description="A number, an e-mail address, or a letter's lines with the name first")
    subject: str | None = None
    text: str
    path: str | None = Field(None, description="At our own door: goes after the words as a whole address")
    plain: bool = False
    useless_after: UtcDatetime | None = None
    addressed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person alone."""
        return Concerns.of(people=(self.person_id,))


class TextReply(EventData):
    """Sealed for casefile: what somebody texted back. Whose number that is, only casefile knows."""

    reply_id: UUID
    from_number: str = Field(max_length=32, description="As the sender's provider gives it")
    text: str = Field(max_length=2000)
    received_at: UtcDatetime


def requested(owner: str) -> EventType:
    """`<owner>.message.requested`, which only casefile reads."""
    return live(
        f"{owner}.message.requested",
        MessageRequested,
        "A person should be told something",
        Sensitivity.PERSONAL,
        "casefile",
    )


# The words ------------------------------------------------------------------------------------------------

_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Template(BaseModel):
    """One message: its words, its codes, and who may ask for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str = Field(min_length=1, max_length=80, description="Subject of an e-mail, heading of a letter")
    text: str = Field(min_length=1, max_length=600)
    codes: Mapping[str, Kind] = Field(default_factory=dict)
    askers: frozenset[str]
    for_any_eyes: bool = Field(False, description="Harmless also where others of the household may read it")
    plain_instead: bool = Field(
        True, description="Where somebody else may read it, plain words may go instead; else nothing is sent"
    )

    @model_validator(mode="after")
    def _coherent(self) -> Template:
        places = set(_PLACE.findall(self.text)) | set(_PLACE.findall(self.title))
        if places != set(self.codes):
            raise ValueError(f"{self.name}: its text has {sorted(places)}, its codes are {sorted(self.codes)}")
        if not self.askers or self.askers - set(SERVICES):
            raise ValueError(f"{self.name}: askers are services, not {sorted(self.askers)}")
        return self

    def check(self, codes: Mapping[str, str]) -> None:
        """ValueError that names the codes which are missing, too many, or not of their kind."""
        if set(codes) != set(self.codes):
            raise ValueError(f"{self.name} has the codes {sorted(self.codes)}, not {sorted(codes)}")
        for code, value in codes.items():
            try:
                _read(self.codes[code], value)
            except ValueError:
                raise ValueError(f"{self.name}: {code} should be a {self.codes[code]}") from None

    def words(self, codes: Mapping[str, str]) -> tuple[str, str]:
        """Title and text with the codes in plain English."""
        self.check(codes)
        said = {code: _read(kind, codes[code]) for code, kind in self.codes.items()}
        return (_PLACE.sub(lambda at: said[at[1]], self.title), _PLACE.sub(lambda at: said[at[1]], self.text))


def _read(kind: Kind, value: str) -> str:
    match kind:
        case Kind.DATE:
            day = date.fromisoformat(value)
            return f"{day:%A} {day.day} {day:%B}"
        case Kind.TIME:
            at = time.fromisoformat(value)
            hour = at.hour % 12 or 12
            return f"{hour}{f':{at.minute:02d}' if at.minute else ''}{'am' if at.hour < 12 else 'pm'}"
        case Kind.AMOUNT:
            if not re.fullmatch(r"[0-9]{1,9}\.[0-9]{2}", value):
                raise ValueError(value)
            return f"£{int(value[:-3]):,}{value[-3:]}"
        case Kind.NUMBER:
            return f"{int(value):,}"
        case Kind.CODE:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
                raise ValueError(value)
            return value.replace("_", " ")
        case Kind.REFERENCE:
            if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{1,31}", value):
                raise ValueError(value)
            return value


def read(text: str) -> Mapping[str, Template]:
    """Templates from TOML, one table each; raises pydantic.ValidationError naming what is wrong."""
    return MappingProxyType({name: Template(name=name, **table) for name, table in sorted(tomllib.loads(text).items())})


TEMPLATES: Final[Mapping[str, Template]] = read(
    files("kit.contracts").joinpath("templates.toml").read_text(encoding="utf-8")
)
"""Every template by name."""

PLAIN: Final = TEMPLATES["message.plain"]
"""What goes instead where somebody else may read it: it names no service, no reason and nobody."""
