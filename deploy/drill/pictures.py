"""What is compared: every table, the chains of hashes, the read models; and whether anything is still under way."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from deploy.drill.ground import DrillFailed, Ground
from kit.contracts.event_type import OWNERS
from kit.run.embedded.ports import HOST
from kit.store import audit
from kit.store.db import Database

_TABLES = """
    select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('public', 'vault') order by 1, 2
"""
# The same rows give the same digest, in whatever order they lie.
_PICTURE = """
    select count(*), coalesce(md5(string_agg(digest, '' order by digest)), '')
    from (select md5(t::text) as digest from {} t) rows
"""
_WAITING = "select count(*) from outbox where published_at is null"


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows, as a number and a digest."""

    rows: int
    digest: str


Picture = Mapping[str, Table]


def take(ground: Ground, only: Iterable[str] | None = None) -> dict[str, Table]:
    """Every table of every database (or those named) by `service.schema.table`."""
    wanted = None if only is None else set(only)
    found: dict[str, Table] = {}
    for owner in OWNERS:
        with psycopg.connect(ground.admin_url(owner)) as inside:
            for schema, table in inside.execute(_TABLES).fetchall():
                name = f"{owner}.{schema}.{table}"
                if wanted is not None and name not in wanted:
                    continue
                row = inside.execute(sql.SQL(_PICTURE).format(sql.Identifier(schema, table))).fetchone()
                if row:
                    found[name] = Table(int(row[0]), str(row[1]))
    return found


def rows_of(ground: Ground, name: str) -> frozenset[str]:
    """The digests of one table's rows."""
    owner, schema, table = name.split(".")
    query = sql.SQL("select md5(t::text) from {} t").format(sql.Identifier(schema, table))
    with psycopg.connect(ground.admin_url(owner)) as inside:
        return frozenset(str(row[0]) for row in inside.execute(query).fetchall())


def sealed_to(ground: Ground, owner: str) -> list[str]:
    """For whom an owner's outbox holds sealed events."""
    query = "select distinct split_part(subject, '.', 3) from outbox where subject like 'newstart.vault.%' order by 1"
    with psycopg.connect(ground.admin_url(owner)) as inside:
        return [str(row[0]) for row in inside.execute(query).fetchall()]


def differences(before: Picture, after: Picture) -> list[str]:
    """The tables that are not the same, with what they had and have."""
    return [
        f"{name}: {before.get(name, Table(-1, '')).rows} rows before, {after.get(name, Table(-1, '')).rows} after"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def broken_chains(ground: Ground) -> list[str]:
    """Each service whose record of access does not verify."""

    async def check(owner: str) -> int | None:
        database = Database(ground.environment(owner)["NEWSTART_DATABASE_URL"], pool=1, name="restore-drill")
        try:
            return await audit.verify(database)
        finally:
            await database.close()

    return [owner for owner in OWNERS if asyncio.run(check(owner)) is not None]


def sealed_batches(ground: Ground) -> int:
    """How many batches the chains have, together: nothing verified would prove nothing."""
    return sum(int(_one(ground, owner, "select count(*) from audit_batch")) for owner in OWNERS)


def wait_until_quiet(ground: Ground, seconds: float = 300.0) -> float:
    """Until no outbox holds anything and no consumer is behind; how long it took. Raises DrillFailed."""
    began = time.monotonic()
    calm = 0
    while calm < 3:
        if time.monotonic() - began > seconds:
            raise DrillFailed(f"still {waiting(ground)} events under way after {seconds:.0f} s")
        calm = calm + 1 if waiting(ground) == 0 else 0
        time.sleep(0.3)
    return time.monotonic() - began


def waiting(ground: Ground) -> int:
    """Events not yet published, and published ones not yet taken by some consumer."""
    unpublished = sum(int(_one(ground, owner, _WAITING)) for owner in OWNERS)
    address = f"http://{HOST}:{ground.ports['nats-monitor']}/jsz?consumers=true"
    with urllib.request.urlopen(address, timeout=10) as answer:
        seen: dict[str, Any] = json.load(answer)
    behind = 0
    for account in seen.get("account_details") or []:
        for stream in account.get("stream_detail") or []:
            for consumer in stream.get("consumer_detail") or []:
                behind += int(consumer["num_pending"]) + int(consumer["num_ack_pending"])
    return unpublished + behind


def _one(ground: Ground, owner: str, statement: str) -> Any:
    with psycopg.connect(ground.admin_url(owner)) as inside:
        row = inside.execute(statement.encode()).fetchone()
    return row[0] if row else 0
