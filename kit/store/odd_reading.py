"""Odd patterns of reading, in each service's own record of access: noticed within half a minute, told by counts alone.

What is noticed is for information governance to look at, and for nothing else: neither speed nor quantity of anybody's
work is measured, and what is not odd leaves no trace here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from kit import clock
from kit.contracts.access import OddPattern
from kit.ids import new_id
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work

WINDOW: Final = timedelta(minutes=10)
"""How far back one looks."""
EVERY_SECONDS: Final = 20.0
NIGHT: Final = (22, 6)
"""From which hour to which, Europe/London: hardly anybody works then, and who does is few."""
_LISTED: Final = 8
"""Of a request that touches more people than this the caller saw a list, and chose nobody."""


@dataclass(frozen=True, slots=True)
class Limit:
    """More than `most` of something within the window is odd."""

    kind: str
    most: int


# Set so that a busy desk (a person every two minutes, several looks at each) stays far below.
MANY_PEOPLE: Final = Limit("many_people", 60)
MANY_SEARCHES: Final = Limit("many_searches", 60)
MANY_REFUSALS: Final = Limit("many_refusals", 20)
AT_NIGHT: Final = Limit("at_night", 15)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one worker did within the window."""

    actor: str
    people: int  # opened one by one, each counted once
    searches: int
    refusals: int
    people_at_night: int


@dataclass(frozen=True, slots=True)
class Odd:
    """One pattern of one worker."""

    actor: str
    kind: str
    count: int


def odd(readings: Iterable[Reading]) -> list[Odd]:
    """What is odd about these."""
    return [
        Odd(each.actor, limit.kind, count)
        for each in readings
        for limit, count in (
            (MANY_PEOPLE, each.people),
            (MANY_SEARCHES, each.searches),
            (MANY_REFUSALS, each.refusals),
            (AT_NIGHT, each.people_at_night),
        )
        if count > limit.most
    ]


# The batches of the last minutes, by their number, say where to begin: rows have no index by time.
_READINGS = text(
    """
    with begin (id) as (
        select coalesce(
            (
                select min(batch.first_id) from audit_batch as batch
                where batch.number > (select max(number) - 3000 from audit_batch) and batch.sealed_at > :since
            ),
            (select min(id) from audit_entry where batch is null)
        )
    ),
    asked (actor, at, searched, refused, people) as (
        select
            entry.actor, min(entry.at), bool_or(entry.action like '%.search'), bool_or(entry.outcome = 'refused'),
            array_agg(distinct whom.id) filter (where whom.id is not null)
        from begin
        join audit_entry as entry on entry.id >= begin.id
        left join lateral unnest(entry.person_ids) as whom (id) on true
        where entry.at > :since and not ('service' = any (entry.roles)) and entry.actor not like 'system:%'
            and cardinality(entry.roles) > 0
        group by entry.actor, entry.request_id
    )
    select
        asked.actor,
        count(distinct whom.id) filter (where cardinality(asked.people) <= :listed and not asked.searched) as people,
        count(distinct asked.at) filter (where asked.searched) as searches,
        count(distinct asked.at) filter (where asked.refused) as refusals,
        count(distinct whom.id) filter (
            where cardinality(asked.people) <= :listed and not asked.searched and (
                extract(hour from asked.at at time zone 'Europe/London') >= :from_hour
                or extract(hour from asked.at at time zone 'Europe/London') < :to_hour
            )
        ) as people_at_night
    from asked left join lateral unnest(asked.people) as whom (id) on true
    group by asked.actor
    """
)


class Watch:
    """Looks again and again, and tells each pattern once while it lasts."""

    def __init__(self, database: Database, service: str) -> None:
        self._database = database
        self._service = service
        self._told: dict[tuple[str, str], datetime] = {}

    async def look(self) -> int:
        """Look once; how much was told. What two workers of a service tell, casefile keeps once."""
        now = clock.now()
        async with unit_of_work(self._database, self._service, Cause.system(self._service, "access.watch")) as unit:
            values: dict[str, Any] = {
                "since": now - WINDOW,
                "listed": _LISTED,
                "from_hour": NIGHT[0],
                "to_hour": NIGHT[1],
            }
            rows: Sequence[Any] = (await unit.session.execute(_READINGS, values)).all()
            told = 0
            for each in odd(Reading(*row) for row in rows):
                key = (each.actor, each.kind)
                if key in self._told and now - self._told[key] < WINDOW:
                    continue
                self._told[key] = now
                pattern = OddPattern(
                    worker_id=each.actor,
                    kind=each.kind,
                    count=each.count,
                    minutes=int(WINDOW.total_seconds() // 60),
                    noticed_at=now,
                )
                unit.emit(f"{self._service}.access.noticed", pattern, aggregate_id=new_id(), sequence=1)
                told += 1
            self._told = {key: at for key, at in self._told.items() if now - at < WINDOW}
            return told
