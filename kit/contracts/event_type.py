"""What the catalogue says of one event type, and how a module declares it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final, cast

from kit.contracts.envelope import TYPE_PATTERN, Event, EventData, Sealed, source_of

_TYPE: Final = re.compile(TYPE_PATTERN)

SERVICES: Final = ("triage", "casefile", "risk", "grants", "housing")
"""The five owners of five databases."""

OWNERS: Final = (*SERVICES, "gateway")
"""Everyone who may own an event type."""

VAULTS: Final[Mapping[str, str]] = {"risk_vault": "risk"}
"""Schemas inside an owner's database that a role of their own has to itself: {role and history: owner}."""

VAULT: Final = "VAULT"
"""The stream of sealed events, whoever owns them."""

NEVER_CASE_FACTS: Final = frozenset(
    {
        "ballot",
        "campaign",
        "comment",
        "complaint",
        "consultation",
        "library",
        "loan",
        "panel",
        "pool",
        "proposal",
        "rights",
        "vote",
    }
)
"""Aggregates whose events may never reach the timeline, One View or a model (spec: casefile 2)."""


def vaults_of(owner: str) -> list[str]:
    """The vaults of this service: none, for most."""
    return [vault for vault, its in VAULTS.items() if its == owner]


DataModel = type[EventData]
Envelope = type[Event[EventData]]


class State(StrEnum):
    """Planned: the name and the owner are settled. Live: the model is, and changes only by addition."""

    PLANNED = "planned"
    LIVE = "live"


class Sensitivity(StrEnum):
    """Open: about nobody. Personal: ids, dates, amounts of people. Special: what is hidden by default."""

    OPEN = "open"
    PERSONAL = "personal"
    SPECIAL = "special"


class CatalogueError(ValueError):
    """A declaration that breaks a rule of the catalogue."""


@dataclass(frozen=True)
class EventType:
    """One declared event type. Raises CatalogueError when the declaration contradicts itself.

    `model` is the data's as it travels: `Sealed` for a sealed type, whose `opens_as` is what the one reader
    finds inside.
    """

    type: str
    summary: str
    sensitivity: Sensitivity
    consumers: frozenset[str]
    case_fact: bool = False
    model: DataModel | None = None
    opens_as: DataModel | None = None
    sealed: bool = False
    state: State = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", State.PLANNED if self.model is None else State.LIVE)
        for fault in self._faults():
            raise CatalogueError(f"{self.type}: {fault}")

    def _faults(self) -> Iterable[str]:
        if not _TYPE.fullmatch(self.type):
            yield "a type is <service>.<aggregate>.<event>, lower case"
        if self.owner not in OWNERS:
            yield f"{self.owner} owns no events"
        if unknown := self.consumers - set(OWNERS):
            yield f"unknown consumers {sorted(unknown)}"
        if self.sealed and len(self.consumers) != 1:
            yield "a sealed event has exactly one reader"
        if self.model is not None and self.sealed != (self.model is Sealed):
            yield "the data of a sealed event travels sealed, and only that"
        if (self.opens_as is not None) != (self.sealed and self.model is not None):
            yield "a live sealed event, and only that, says what it opens as"
        if self.case_fact and self.sealed:
            yield "a sealed event cannot be a case fact"
        if self.case_fact and self.aggregate in NEVER_CASE_FACTS:
            yield f"a {self.aggregate} never reaches the timeline"
        if self.case_fact and "casefile" not in self.consumers:
            yield "casefile, the timeline's owner, must consume a case fact"

    @property
    def owner(self) -> str:
        """The service that declares and alone publishes it."""
        return self.type.partition(".")[0]

    @property
    def aggregate(self) -> str:
        """The kind of thing it happened to, e.g. `person`."""
        return self.type.split(".")[1]

    @property
    def source(self) -> str:
        """The CloudEvents source, e.g. `urn:newstart:casefile`."""
        return source_of(self.type)

    @property
    def stream(self) -> str:
        """The JetStream stream that carries it."""
        return VAULT if self.sealed else self.owner.upper()

    @property
    def nats_subject(self) -> str:
        """The subject it is published on; a sealed one's names receiver and sender only."""
        if self.sealed:
            return f"newstart.vault.{next(iter(self.consumers))}.{self.owner}"
        return f"newstart.{self.type}"

    @cached_property
    def _envelope(self) -> Envelope:
        if self.model is None:
            raise CatalogueError(f"{self.type} is planned: it has no model yet")
        return cast(Envelope, Event.__class_getitem__(self.model))  # the parameter is a value here

    def parse(self, raw: bytes | str) -> Event[EventData]:
        """Read one event of this live type; raises ValidationError or CatalogueError when it is not one."""
        event = self._envelope.from_json(raw)
        if event.type != self.type:
            raise CatalogueError(f"it says that it is of another type than {self.type}")
        return event


def live(
    type: str,
    model: DataModel,
    summary: str,
    sensitivity: Sensitivity,
    *consumers: str,
    case_fact: bool = False,
) -> EventType:
    """Declare a live type. A case fact goes to casefile as well, unasked."""
    return EventType(type, summary, sensitivity, _readers(consumers, case_fact), case_fact, model)


def live_sealed(type: str, model: DataModel, summary: str, reader: str) -> EventType:
    """Declare a live type whose data only `reader` can open; `model` is what it finds inside."""
    return EventType(
        type,
        summary,
        Sensitivity.SPECIAL,
        frozenset({reader}),
        model=Sealed,
        opens_as=model,
        sealed=True,
    )


def planned(type: str, summary: str, sensitivity: Sensitivity, *consumers: str, case_fact: bool = False) -> EventType:
    """Declare a planned type with the consumers expected."""
    return EventType(type, summary, sensitivity, _readers(consumers, case_fact), case_fact)


def planned_sealed(type: str, summary: str, reader: str) -> EventType:
    """Declare a planned type whose data only `reader` can open."""
    return EventType(type, summary, Sensitivity.SPECIAL, frozenset({reader}), sealed=True)


def _readers(consumers: tuple[str, ...], case_fact: bool) -> frozenset[str]:
    return frozenset(consumers) | ({"casefile"} if case_fact else set())
