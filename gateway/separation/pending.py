"""The pairs that the door hides itself, from the moment a separation passes until each service has confirmed.

Every gateway reads the same table several times a second, so a separation made at one is hidden by all of them at
once; the one it passed need not wait for that. A service that has confirmed gets nothing to hide any more: it tells
the protected person's own workers from everybody else, which the door cannot.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import structlog
from prometheus_client import Gauge
from sqlalchemy import Uuid, bindparam, delete, insert, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import SQLAlchemyError

from gateway.separation.models import PendingSeparation
from gateway.tokens import Hidden
from kit.contracts.event_type import SERVICES
from kit.ids import new_id
from kit.store.db import Database

log = structlog.get_logger(__name__)

ACTION: Final = "casefile.separation.make"
EVERY_SECONDS: Final = 0.2
KEPT_UNANSWERED: Final = "15 minutes"
"""A pair whose POST never got an answer is hidden this long; casefile's event says meanwhile whether it was made."""

PENDING = Gauge("newstart_pending_separations", "Separations not every service has confirmed", ["service"])

_WAITING = text(
    f"""
    select pending.id, pending.pairs, array(
        select waits.name from unnest(pending.waiting) as waits (name)
        where not exists (
            select from applied_separation as applied
            where applied.separation_id = pending.separation_id and applied.service = waits.name
        )
    ) as services
    from pending_separation as pending
    where pending.settled_at is null
        and (pending.separation_id is not null or pending.asked_at > clock_timestamp() - interval '{KEPT_UNANSWERED}')
    """
)
# Whoever lives with one of the two now: a child leads to its mother, and no service knows yet that it must not.
_TOGETHER = text(
    """
    with here as (
        select one.id as of, home ->> 'household_id' as household
        from known_person as one, jsonb_array_elements(one.households) as home
        where one.id = any(:two) and home ->> 'to' is null
    )
    select distinct here.of, near.id from here
    join known_person as near
        on near.households @> jsonb_build_array(jsonb_build_object('household_id', here.household))
    , jsonb_array_elements(near.households) as home
    where near.id <> here.of and home ->> 'household_id' = here.household and home ->> 'to' is null
    """
).bindparams(bindparam("two", type_=ARRAY(Uuid)))


@dataclass(slots=True)
class _Pair:
    pairs: Hidden
    services: frozenset[str]


@dataclass(slots=True)
class Passing:
    """A separation on its way through the door."""

    id: UUID
    protected: UUID
    separated: UUID
    kept: bool = field(default=False)
    """Whether it is in the table, for every gateway."""


class Pending:
    """What this gateway hides, by service."""

    def __init__(self) -> None:
        self._pairs: dict[UUID, _Pair] = {}
        self._alone: dict[UUID, _Pair] = {}
        """Hidden by this gateway alone: its database was away."""
        self._hidden: Mapping[str, Hidden] = {}

    def hidden(self, service: str) -> Hidden:
        """The pairs to hide at a service; always in the same order, for a token is kept by them."""
        return self._hidden.get(service, ())

    def people(self, service: str) -> frozenset[UUID]:
        """Everybody of those pairs."""
        return frozenset(person for pair in self.hidden(service) for person in pair)

    async def begin(self, database: Database, body: bytes) -> Passing | None:
        """Hide the two whom this body names, and who lives with them, before casefile hears of it.

        None when the body names no two people: casefile says what is wrong with it. A database that is away stops
        nothing: then this gateway hides them by itself.
        """
        two = _named(body)
        if two is None:
            return None
        passing = Passing(new_id(), *two)
        pairs: list[tuple[UUID, UUID]] = [two]
        try:
            async with asyncio.timeout(2), database.sessions.begin() as session:
                near = await session.execute(_TOGETHER, {"two": list(two)})
                other = {two[0]: two[1], two[1]: two[0]}
                pairs += [(row.id, other[row.of]) for row in near if row.id not in two]
                new = {
                    "id": passing.id,
                    "protected_person_id": two[0],
                    "separated_person_id": two[1],
                    "pairs": [[str(a), str(b)] for a, b in pairs],
                    "waiting": [*SERVICES, "gateway"],
                }
                await session.execute(insert(PendingSeparation).values(new))
            passing.kept = True
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("pending_separation_not_kept", kind=type(error).__name__)
            self._alone[passing.id] = _Pair(tuple(pairs), frozenset((*SERVICES, "gateway")))
        self._pairs[passing.id] = _Pair(tuple(pairs), frozenset((*SERVICES, "gateway")))
        self._count()
        return passing

    async def answered(self, database: Database, passing: Passing, status: int, location: str) -> None:
        """What casefile said: made (hidden until all confirm), refused (nothing is hidden), or nobody knows."""
        made = _id_in(location) if 200 <= status < 300 else None
        refused = 400 <= status < 500
        if refused:
            self._pairs.pop(passing.id, None)
            self._alone.pop(passing.id, None)
        elif made is not None and passing.id in self._pairs:
            # Casefile keeps them back itself since before it answered.
            here = self._pairs[passing.id]
            here.services -= {"casefile"}
        self._count()
        if not passing.kept:
            return
        here_ = PendingSeparation.id == passing.id
        try:
            async with asyncio.timeout(2), database.sessions.begin() as session:
                if refused:
                    await session.execute(delete(PendingSeparation).where(here_))
                elif made is not None:
                    left = [each for each in (*SERVICES, "gateway") if each != "casefile"]
                    values: dict[str, Any] = {"separation_id": made, "waiting": left}
                    await session.execute(update(PendingSeparation).where(here_).values(values))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            # The pair is hidden all the same; casefile's event names the separation too.
            log.warning("pending_separation_not_noted", kind=type(error).__name__)

    async def follow(self, database: Database) -> None:
        """Read what is pending, again and again, until cancelled. A lost database leaves it as it was."""
        while True:
            try:
                await self.look(database)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("pending_separations_lost_database", kind=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self, database: Database) -> None:
        """Read what is pending; what all have confirmed is settled."""
        before = set(self._pairs)
        async with database.sessions.begin() as session:
            rows = (await session.execute(_WAITING)).all()
            done = [row.id for row in rows if not row.services]
            if done:
                now = {"settled_at": text("clock_timestamp()")}
                await session.execute(update(PendingSeparation).where(PendingSeparation.id.in_(done)).values(now))
        found = {row.id: _Pair(_pairs(row.pairs), frozenset(row.services)) for row in rows if row.services}
        # What began while the table was read is not in it yet.
        begun = {id_: pair for id_, pair in self._pairs.items() if id_ not in before}
        self._alone = {id_: pair for id_, pair in self._alone.items() if id_ not in found}
        self._pairs = {**self._alone, **found, **begun}
        self._count()

    def _count(self) -> None:
        services = (*SERVICES, "gateway")
        self._hidden = {
            service: tuple(
                sorted({pair for each in self._pairs.values() if service in each.services for pair in each.pairs})
            )
            for service in services
        }
        for service in services:
            PENDING.labels(service).set(sum(service in each.services for each in self._pairs.values()))


def _named(body: bytes) -> tuple[UUID, UUID] | None:
    try:
        said = json.loads(body)
        two = UUID(said["protected_person_id"]), UUID(said["separated_person_id"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return two if two[0] != two[1] else None


def _id_in(location: str) -> UUID | None:
    try:
        return UUID(location.rpartition("/")[2])
    except ValueError:
        return None


def _pairs(stored: Iterable[Sequence[str]]) -> Hidden:
    return tuple((UUID(a), UUID(b)) for a, b in stored)
