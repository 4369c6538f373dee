"""Who is like a record: the index of blocking keys, the records that share most of them, and all of their people's."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.store import direct
from services.risk.linkage.matching import CANONICAL, Matching, Row

_MOST_CANDIDATES = 200
_SAY_NOTHING = ("ethnicity", "seen_on", "valid_from", "valid_to")
"""Of who somebody is: comparing does not look at them."""
_COLUMNS = ", ".join(f"record.{name}" for name in CANONICAL if name not in _SAY_NOTHING)
_CAREFUL = "select set_config('enable_seqscan', 'off', true)"

_INDEXED = (
    f"select {_COLUMNS}, record.digest, record_key.digest as made, record_key.keys"
    " from record left join record_key using (record_id) where record_id = any(%(ids)s)"
)
_INDEX = (
    "insert into record_key (record_id, digest, keys)"
    " select record_id, digest, array("
    "  select key from unnest(cast(keys as int[])) as k(key)"
    "  where not exists (select from common_key where common_key.key = k.key))"
    " from unnest(%(ids)s::uuid[], %(digests)s::uuid[], %(keys)s::text[]) as t(record_id, digest, keys)"
    " on conflict (record_id) do update set digest = excluded.digest, keys = excluded.keys"
    " returning record_id, new.keys, old.digest is distinct from new.digest as changed"
)


async def index(
    vault: AsyncSession, engine: Matching, ids: Collection[UUID], said: Mapping[UUID, Row] | None = None
) -> tuple[list[int], set[UUID]]:
    """The blocking keys of some records together, made anew for those that say something else than when they were made;
    and which these are. `said`: what records say that the caller has just stored, with their digest."""
    keys: set[int] = set()
    stale = dict(said or {})
    for row in await direct.fetch(vault, _INDEXED, {"ids": sorted(set(ids) - stale.keys())}) if not said else ():
        if row.made == row.digest:
            keys |= {*row.keys}
        else:
            stale[row.record_id] = row._asdict()
    changed: set[UUID] = set()
    if stale:
        made = engine.keys_of([*stale.values()])
        values = {
            "ids": [*stale],
            "digests": [row["digest"] for row in stale.values()],
            "keys": [f"{{{','.join(map(str, each))}}}" for each in made],
        }
        for row in await direct.fetch(vault, _INDEX, values):
            keys |= {*row.keys}
            changed |= {row.record_id} if row.changed else set()
    return sorted(keys), changed


_NEAR = (
    "select record_id from record_key where keys && %(keys)s::int[]"
    " order by (select count(*) from unnest(keys) as k(key) where key = any(%(keys)s::int[])) desc limit %(most)s"
)
_WITH_THEIR_PEOPLE = (
    " theirs as materialized ("
    "  select record_id from record_resident where resident_id in"
    "  (select resident_id from record_resident join near using (record_id)))"
    f" select {_COLUMNS}, rr.resident_id, rr.certainty, rr.probability,"
    "  exists (select from pair_rule where ended_at is null and record_a = record.record_id)"
    "  or exists (select from pair_rule where ended_at is null and record_b = record.record_id) as ruled"
    " from (select record_id from near union select record_id from theirs) every"
    " join record using (record_id) left join record_resident rr using (record_id)"
)
_AROUND_ONE = (
    "with near as materialized (select record_id from unnest(%(ids)s::uuid[]) as t(record_id)"
    f" union ({_NEAR})),{_WITH_THEIR_PEOPLE}"
)
_AROUND = f"with near as (select record_id from unnest(%(ids)s::uuid[]) as t(record_id)),{_WITH_THEIR_PEOPLE}"
_CANDIDATES = (
    "select own.record_id as one, other.record_id as other"
    " from record_key own cross join lateral ("
    "  select record_id from record_key where keys && own.keys order by ("
    "   select count(*) from unnest(record_key.keys) as k(key) where key = any(own.keys)) desc limit %(most)s) other"
    " where own.record_id = any(%(ids)s) and other.record_id <> own.record_id"
)

Standing = tuple[UUID, str, float]
"""Whose a record is, its certainty and its probability."""


async def around(
    vault: AsyncSession, ids: Collection[UUID], keys: Collection[int] = ()
) -> tuple[dict[UUID, Row], dict[UUID, Standing]]:
    """Some records, those that share most keys with them, and all held to be the same people as any of these.

    Beside what each says: `ruled`, whether anybody made a rule about it.
    """
    # As PostgreSQL writes a list: the driver asks each of forty keys how large it is.
    values = {"ids": sorted(ids), "keys": f"{{{','.join(map(str, sorted(keys)))}}}", "most": _MOST_CANDIDATES}
    rows: dict[UUID, Row] = {}
    held: dict[UUID, Standing] = {}
    for row in await direct.fetch_dicts(vault, _AROUND_ONE if keys else _AROUND, values):
        rows[row["record_id"]] = row
        if row["resident_id"] is not None:
            held[row["record_id"]] = (row["resident_id"], row["certainty"], row["probability"])
    return rows, held


async def candidates(vault: AsyncSession, ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Of each of many records: those that share most keys with it, as pairs."""
    await direct.fetch(vault, _CAREFUL, {})
    found = await direct.fetch(vault, _CANDIDATES, {"ids": sorted(ids), "most": _MOST_CANDIDATES})
    return [(row.one, row.other) for row in found]
