"""Who has to do with somebody: those who hold a case of their home, and those who did anything about them lately.

The second comes from the timeline, where every case fact of every service has its actor; the first from where it
stands. Nobody's look at a record: no rule of who may see what applies, and nothing of it is shown.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from kit import clock
from kit.contracts.casefile.separation import ORGANISATION
from kit.contracts.envelope import Event
from kit.store.unit import UnitOfWork
from services.casefile.people.models import Membership
from services.casefile.separation.domain import DEALT_FOR, Because, Tie

# Of open cases, and of closed ones in the time their team finishes what it owes; sealed work of the same home too.
_CASE = text(
    """
    select account_manager as name from case_file where household_id = any(:homes) and state = 'open'
    union select lead from case_file where household_id = any(:homes) and state = 'open'
    union select worker from case_member where household_id = any(:homes) and until is null
    union select worker from circle_place where household_id = any(:homes) and role <> 'met'
        and (until is null or until > :now)
    """
)
_DEALT = text(
    """
    with lately as (
        select entry.actor, entry.occurred_at as at, cast(log.payload as jsonb) -> 'data' as data
        from timeline_entry as entry join timeline_log as log using (event_id)
        where entry.household_id = any(:ever) and entry.person_ids && :people and entry.occurred_at > :since
    )
    select name, max(at) as at from (
        select actor as name, at from lately where actor not like 'system:%'
        union all
        select data ->> field, at from lately, unnest(cast(:fields as text[])) as field
        union all
        select place.worker, place.since from circle_place as place
        where place.household_id = any(:homes) and place.role = 'met' and place.until > :now
    ) as found
    where name is not null group by name
    """
)
_REFERRED = text(
    """
    select distinct cast(log.payload as jsonb) -> 'data' ->> 'organisation_id' as name
    from timeline_entry as entry join timeline_log as log using (event_id)
    where entry.household_id = any(:ever) and entry.person_ids && :people and entry.type like 'triage.referral.%'
    and log.payload is not null
    """
)
_WORKERS_OF_AN_EVENT = (
    "held_by",
    "worker",
    "to_worker",
    "accepted_by",
    "account_manager",
    "lead",
    "decided_by",
    "escalated_to",
    "pa_worker",
)


async def homes_of(unit: UnitOfWork, people: Collection[UUID]) -> tuple[list[UUID], list[UUID]]:
    """The homes these ids belong to now, and all they ever belonged to."""
    rows = (
        await unit.session.execute(
            select(Membership.household_id, Membership.until).where(Membership.person_id.in_(people))
        )
    ).all()
    return sorted({row.household_id for row in rows if row.until is None}), sorted({row.household_id for row in rows})


async def of(unit: UnitOfWork, people: Collection[UUID]) -> list[Tie]:
    """Everybody who has to do with the person of these ids."""
    now = clock.business_now()
    homes, ever = await homes_of(unit, people)
    about = {
        "fields": list(_WORKERS_OF_AN_EVENT),
        "homes": homes,
        "ever": ever,
        "people": list(people),
        "now": now,
        "since": clock.later(now, -DEALT_FOR),
    }
    found = [Tie(row.name, Because.CASE) for row in await _run(unit, _CASE, about) if row.name]
    for row in await _run(unit, _DEALT, about):
        found.append(Tie(row.name, Because.DEALT_WITH, clock.later(row.at, DEALT_FOR)))
    found += [
        Tie(f"{ORGANISATION}{row.name}", Because.REFERRAL) for row in await _run(unit, _REFERRED, about) if row.name
    ]
    return found


async def holders(unit: UnitOfWork, homes: Collection[UUID]) -> frozenset[str]:
    """Who holds the cases of these homes."""
    rows = await _run(unit, _CASE, {"homes": list(homes), "now": clock.business_now()})
    return frozenset(row.name for row in rows if row.name)


def of_event(event: Event[Any], now: datetime) -> Iterable[Tie]:
    """Who, by this event, has to do with those it is about."""
    until = clock.later(now, DEALT_FOR)
    for name in _WORKERS_OF_AN_EVENT:
        worker = getattr(event.data, name, None)
        if isinstance(worker, str):
            holds = name in ("account_manager", "lead")
            yield Tie(worker, Because.CASE if holds else Because.DEALT_WITH, None if holds else until)
    if not event.actor.startswith("system:"):
        yield Tie(event.actor, Because.DEALT_WITH, until)
    organisation = getattr(event.data, "organisation_id", None)
    if isinstance(organisation, UUID):
        yield Tie(f"{ORGANISATION}{organisation}", Because.REFERRAL)


async def _run(unit: UnitOfWork, query: Any, values: dict[str, Any]) -> Any:
    names = set(query.compile().params)
    return (await unit.session.execute(query, {key: value for key, value in values.items() if key in names})).all()
