"""The catalogue: every event type of the platform, declared once by its owner's module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kit.contracts import casefile, gateway, grants, housing, risk, triage
from kit.contracts.event_type import (
    OWNERS,
    SERVICES,
    VAULT,
    CatalogueError,
    EventType,
    Sensitivity,
    State,
)

__all__ = [
    "CATALOGUE",
    "OWNERS",
    "SERVICES",
    "VAULT",
    "CatalogueError",
    "EventType",
    "Sensitivity",
    "State",
    "Stream",
    "collect",
    "consumed_by",
    "event_type",
    "live_types",
    "published_by",
    "stream_of",
    "streams",
]


@dataclass(frozen=True, slots=True)
class Stream:
    """One JetStream stream: its name, the subjects it keeps, and who owns it (None: the vault, shared)."""

    name: str
    subjects: tuple[str, ...]
    owner: str | None


def collect(modules: Mapping[str, Iterable[EventType]]) -> Mapping[str, EventType]:
    """Merge each owner's declarations, in order of type.

    Raises CatalogueError when a module declares another's type or one is declared twice.
    """
    found: dict[str, EventType] = {}
    for owner, declared in modules.items():
        for each in declared:
            if each.owner != owner:
                raise CatalogueError(f"{each.type} is declared by {owner}, which does not own it")
            if each.type in found:
                raise CatalogueError(f"{each.type} is declared twice")
            found[each.type] = each
    return MappingProxyType(dict(sorted(found.items())))


CATALOGUE: Final[Mapping[str, EventType]] = collect(
    {
        "triage": triage.EVENTS,
        "casefile": casefile.EVENTS,
        "risk": risk.EVENTS,
        "grants": grants.EVENTS,
        "housing": housing.EVENTS,
        "gateway": gateway.EVENTS,
    }
)
"""Every event type by name."""


def event_type(name: str) -> EventType:
    """The declaration of one type; raises KeyError for a type nobody declared."""
    return CATALOGUE[name]


def live_types() -> tuple[EventType, ...]:
    """The types with a model, in order of name."""
    return tuple(each for each in CATALOGUE.values() if each.state is State.LIVE)


def consumed_by(service: str, *, planned: bool = False) -> tuple[EventType, ...]:
    """The live types `service` may read, in order of name; with `planned`, those still to come as well."""
    return tuple(
        each for each in CATALOGUE.values() if service in each.consumers and (planned or each.state is State.LIVE)
    )


def published_by(service: str, *, planned: bool = False) -> tuple[EventType, ...]:
    """The live types `service` owns, in order of name; with `planned`, those still to come as well."""
    return tuple(each for each in CATALOGUE.values() if each.owner == service and (planned or each.state is State.LIVE))


def stream_of(service: str) -> str:
    """The stream of a service's own events; raises KeyError for an unknown service."""
    if service not in OWNERS:
        raise KeyError(service)
    return service.upper()


def streams() -> tuple[Stream, ...]:
    """The streams that carry events. (That of dead-letter advisories is the bus's affair.)"""
    own = (Stream(stream_of(each), (f"newstart.{each}.>",), each) for each in OWNERS)
    return (*own, Stream(VAULT, ("newstart.vault.>",), None))
