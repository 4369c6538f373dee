"""How a capability says which events concern it.

A *projection* keeps a picture of another aggregate: an upsert guarded by the version, so order, duplicates and replays
don't matter. A *reaction* does something once: it is gated by the inbox and never replayed.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event
from kit.store.unit import UnitOfWork

Kind = Literal["projections", "reactions"]
KINDS: tuple[Kind, ...] = ("projections", "reactions")

Batch = Callable[[UnitOfWork, Sequence[Event[Any]]], Awaitable[None]]
One = Callable[[UnitOfWork, Event[Any]], Awaitable[None]]


class NotYet(Exception):
    """What this reaction stands on has not arrived; try again shortly."""


@dataclass(frozen=True, slots=True)
class Handler:
    """One function and the event types it hears, in batches and in the order of arrival."""

    name: str
    kind: Kind
    types: frozenset[str]
    run: Batch


class Handlers:
    """A capability's event door: a `handlers.py` makes one and decorates its functions with it."""

    def __init__(self) -> None:
        self.all: list[Handler] = []

    def projection(self, *types: str) -> Callable[[Batch], Batch]:
        """A replayable upsert of whole published states."""

        def register(run: Batch) -> Batch:
            self._add("projections", types, run.__name__, run)
            return run

        return register

    def reaction(self, *types: str) -> Callable[[One], One]:
        """An effect of one event, committed exactly once."""

        def register(run: One) -> One:
            async def each(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
                for event in events:
                    with unit.caused_by(event, run.__name__):
                        await run(unit, event)

            self._add("reactions", types, run.__name__, each)
            return run

        return register

    def batched_reaction(self, *types: str) -> Callable[[Batch], Batch]:
        """A reaction that takes a whole batch at once, for speed."""

        def register(run: Batch) -> Batch:
            self._add("reactions", types, run.__name__, run)
            return run

        return register

    def _add(self, kind: Kind, types: Iterable[str], name: str, run: Batch) -> None:
        names = frozenset(types)
        for each in names:
            if CATALOGUE[each].model is None:
                raise ValueError(f"{name} listens for {each}, which is only planned")
        self.all.append(Handler(name, kind, names, run))


def handled(handlers: Iterable[Handlers], kind: Kind) -> dict[str, list[Handler]]:
    """The handlers of one kind, by event type."""
    by_type: dict[str, list[Handler]] = {}
    for group in handlers:
        for handler in group.all:
            if handler.kind == kind:
                for name in sorted(handler.types):
                    by_type.setdefault(name, []).append(handler)
    return by_type


def kinds_by_type(handlers: Iterable[Handlers]) -> dict[str, frozenset[str]]:
    """For each event type that is heard: the kinds of handlers that hear it."""
    kinds: dict[str, frozenset[str]] = {}
    for group in handlers:
        for handler in group.all:
            for name in handler.types:
                kinds[name] = kinds.get(name, frozenset()) | {handler.kind}
    return kinds
