"""Records that wait to be linked: the vault's own triggers note each that came in, changed or was withdrawn."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.store import direct

# The planner takes thirty keys to be met by a sixth of all records, and would read them all; and of what one record
# asks, planning anew each time takes four times as long as answering.
_ALONE_HERE = (
    "select set_config('vault.settling', 'on', true) as settling, set_config('enable_seqscan', 'off', true) as careful,"
    " set_config('plan_cache_mode', 'force_generic_plan', true) as planned_once,"
    " exists (select from unlinked) as others_wait"
)


async def alone_here(vault: AsyncSession) -> bool:
    """What this transaction brings it links itself. Whether nobody need look at it later: not while others wait, whom
    no index of keys knows yet, or whom a run over everything is linking just now without these."""
    return not (await direct.fetch(vault, _ALONE_HERE, {}))[0].others_wait


_UNSEEN = (
    "with unseen as ("
    " update record_key set digest = '00000000-0000-0000-0000-000000000000' where record_id = any(%(ids)s)"
    ") insert into unlinked (record_id) select unnest(%(ids)s::uuid[])"
)


async def look_again(vault: AsyncSession, records: Collection[UUID]) -> None:
    """These were linked as well as could be; once the others are, they are looked at as if they came only then."""
    await direct.fetch(vault, _UNSEEN, {"ids": sorted(records)})


async def any_wait(vault: AsyncSession) -> bool:
    """Whether any record waits to be linked."""
    return bool(await direct.fetch(vault, "select from unlinked limit 1", {}))


_WAITING = (
    "select u.id, u.record_id, rr.resident_id, made.digest is not distinct from record.digest as known"
    " from (select id, record_id from unlinked order by id limit %(most)s) u"
    " left join record using (record_id) left join record_key made using (record_id)"
    " left join record_resident rr using (record_id)"
)


async def waiting(vault: AsyncSession, most: int) -> list[Any]:
    """Records that came in, say something else or were withdrawn since they were last linked, those longest waiting
    first: (id of the note, record_id, resident_id, known: it says what it said when it was linked)."""
    return await direct.fetch(vault, _WAITING, {"most": most})


async def no_longer_waiting(vault: AsyncSession, notes: Collection[int]) -> None:
    """These notes are done with."""
    await direct.fetch(vault, "delete from unlinked where id = any(%(ids)s)", {"ids": sorted(notes)})


async def few_wait(vault: AsyncSession, most: int, share: int) -> bool:
    """Whether at most so many records wait to be linked, and for each of them there are `share` others."""
    counted = "select count(*) as n from (select from unlinked limit %(most)s) found"
    n = int((await direct.fetch(vault, counted, {"most": most + 1}))[0].n)
    if n == 0 or n > most:
        return n == 0
    many = "select count(*) as n from (select from record limit %(most)s) found"
    return int((await direct.fetch(vault, many, {"most": n * share}))[0].n) >= n * share
