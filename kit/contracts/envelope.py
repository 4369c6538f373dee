"""The envelope every event travels in: CloudEvents 1.0, structured JSON.

One shape for the outbox row, the message on the bus and the body of a webhook. The extension attributes are
ours: who acted (`actor`), for what (`purpose`), the aggregate's version (`sequence`), and what led to it
(`correlationid`, `causationid`, `traceparent`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final, Generic, Literal, Self, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.config import JsonDict

SPEC_VERSION: Final = "1.0"
CONTENT_TYPE: Final = "application/cloudevents+json"
TYPE_PATTERN: Final = r"^[a-z]+\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"
SEQUENCE_DIGITS: Final = 20
MAX_SEQUENCE: Final = 2**63 - 1  # a PostgreSQL bigint
_TYPE: Final = re.compile(TYPE_PATTERN)


def _as_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:  # year 1 or 9999 with an offset: a bad value, not a crash
        raise ValueError("the moment lies outside the years 1 to 9999 in UTC") from error


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_as_utc)]
"""An aware moment, kept in UTC; in JSON it ends in Z."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
"""A word of an open vocabulary (a hub, a specialism, a reason). A consumer accepts ones it does not know."""

WorkerId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""A worker's principal id: the `sub` of their token. Opaque text, never a name or an e-mail address."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest in lower-case hexadecimal."""


def _parse_sequence(value: object) -> object:
    # The CloudEvents "sequence" extension is a string that sorts as text: hence the zeros.
    if isinstance(value, str):
        if len(value) != SEQUENCE_DIGITS or not (value.isascii() and value.isdecimal()):
            raise ValueError(f"sequence must be {SEQUENCE_DIGITS} digits")
        return int(value)
    return value


def sequence_text(version: int) -> str:
    """The aggregate's version as CloudEvents carries it: 20 digits, so that text order is number order."""
    return f"{version:0{SEQUENCE_DIGITS}d}"


Sequence = Annotated[
    int,
    BeforeValidator(_parse_sequence),
    Field(ge=1, le=MAX_SEQUENCE),
    PlainSerializer(sequence_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^[0-9]{{{SEQUENCE_DIGITS}}}$"}),
]


@dataclass(frozen=True, slots=True)
class Concerns:
    """Whom an event is about: what the household timeline files it under."""

    person_ids: frozenset[UUID] = frozenset()
    household_ids: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, *, people: Iterable[UUID | None] = (), households: Iterable[UUID | None] = ()) -> Self:
        """Gather ids, leaving out those not known (None)."""
        return cls(
            person_ids=frozenset(each for each in people if each is not None),
            household_ids=frozenset(each for each in households if each is not None),
        )


class EventData(BaseModel):
    """Base of every event's data: immutable, and deaf to fields it does not know (owners may add some)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def concerns(self) -> Concerns:
        """The people and households this event is about; nobody unless the event says so."""
        return Concerns()

    def happened_at(self) -> datetime | None:
        """When it happened on the business clock, or None: then the envelope's `time` is all there is."""
        return None


_NOTHING: Final[JsonDict] = {"type": "null"}


class Sealed(EventData):
    """Data only one service can read: a JWE, or the name and digest of a large one kept beside the bus."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {
                    "required": ["jwe"],
                    "properties": {"jwe": {"type": "string"}, "object": _NOTHING, "sha256": _NOTHING},
                },
                {
                    "required": ["object", "sha256"],
                    "properties": {
                        "jwe": _NOTHING,
                        "object": {"type": "string"},
                        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    },
                },
            ]
        }
    )

    jwe: str | None = None
    object: str | None = None
    sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.jwe is None) == (self.object is None) or (self.object is None) != (self.sha256 is None):
            raise ValueError("sealed data is either a jwe, or an object with its sha256")
        return self


Data = TypeVar("Data", bound=EventData, covariant=True)


class Event(BaseModel, Generic[Data]):
    """One event in its envelope. `Event[PersonState].from_json(raw)` reads it typed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    extensions: ClassVar[tuple[str, ...]] = (
        "actor",
        "purpose",
        "sequence",
        "correlationid",
        "causationid",
        "traceparent",
    )

    specversion: Literal["1.0"] = SPEC_VERSION
    id: UUID
    source: str
    type: Annotated[str, StringConstraints(pattern=TYPE_PATTERN, max_length=128)]
    subject: UUID
    time: UtcDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    actor: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    purpose: Code
    sequence: Sequence
    correlationid: UUID
    causationid: UUID | None = None
    traceparent: str | None = None
    data: Data

    @model_validator(mode="before")
    @classmethod
    def _source_follows_type(cls, values: object) -> object:
        if isinstance(values, dict) and "source" not in values and isinstance(values.get("type"), str):
            return {**values, "source": source_of(values["type"])}
        return values

    @model_validator(mode="after")
    def _owner_is_source(self) -> Self:
        if self.source != source_of(self.type):
            raise ValueError("the source is not the owner of the type")
        return self

    def to_json(self) -> bytes:
        """The structured-mode JSON of this event: the same bytes for the same event."""
        return envelope_json(
            id=self.id,
            type=self.type,
            subject=self.subject,
            time=self.time,
            actor=self.actor,
            purpose=self.purpose,
            sequence=self.sequence,
            correlationid=self.correlationid,
            causationid=self.causationid,
            traceparent=self.traceparent,
            data_json=self.data.model_dump_json(),
        )

    @classmethod
    def from_json(cls, raw: bytes | str) -> Self:
        """Read an event; raises pydantic.ValidationError, which a consumer treats as permanent."""
        return cls.model_validate_json(raw)


def envelope_json(
    *,
    id: UUID,
    type: str,
    subject: UUID,
    time: datetime,
    actor: str,
    purpose: str,
    sequence: int,
    correlationid: UUID,
    causationid: UUID | None = None,
    traceparent: str | None = None,
    data_json: bytes | str,
) -> bytes:
    """Assemble an envelope around data that is already JSON, without parsing it again.

    `time` must be aware; it is written in UTC. Attributes without a value are left out.
    Raises ValueError for a type that is not `<service>.<aggregate>.<event>` or a version out of range.
    """
    if not _TYPE.fullmatch(type):
        raise ValueError(f"not an event type: {type!r}")
    if not 1 <= sequence <= MAX_SEQUENCE:
        raise ValueError(f"a version starts at 1: {sequence}")
    if time.tzinfo is None:
        raise ValueError("an event's time must be aware")
    moment = time.astimezone(UTC).replace(tzinfo=None).isoformat()
    optional = ""
    if causationid is not None:
        optional += f',"causationid":"{causationid}"'
    if traceparent is not None:
        optional += f',"traceparent":{json.dumps(traceparent)}'
    data = data_json if isinstance(data_json, str) else data_json.decode()
    return (
        f'{{"specversion":"{SPEC_VERSION}","id":"{id}","source":"{source_of(type)}","type":"{type}"'
        f',"subject":"{subject}","time":"{moment}Z","datacontenttype":"application/json"'
        f',"actor":{json.dumps(actor)},"purpose":{json.dumps(purpose)},"sequence":"{sequence_text(sequence)}"'
        f',"correlationid":"{correlationid}"{optional},"data":{data}}}'
    ).encode()


def source_of(event_type: str) -> str:
    """The CloudEvents source of a type: its owner, e.g. `urn:newstart:casefile`."""
    return f"urn:newstart:{event_type.partition('.')[0]}"


def subject_for(aggregate: str, key: str) -> UUID:
    """The stable UUID of an aggregate whose own key is text (a worker, the business clock)."""
    return uuid5(NAMESPACE_URL, f"urn:newstart:{aggregate}:{key}")
