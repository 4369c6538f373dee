"""What the vault holds of some records, and writing down what became of them. SQL alone: the rules are elsewhere.

Every function works in the session that `vault.door` opened; assertions only grow, and `record_resident` follows them.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause
from sqlalchemy import text as parsed
from sqlalchemy.ext.asyncio import AsyncSession

from kit.store import direct
from kit.store.unit import UnitOfWork
from services.risk.linkage.domain import Edge, Move, RuleBook, RuleKind, ordered
from services.risk.linkage.matching import CANONICAL, Doubtful, Matching, Row, probability_of
from services.risk.vault import pseudonyms


@lru_cache(maxsize=256)
def text(words: str) -> TextClause:
    """A statement, its parameters looked for once: in one record's milliseconds that counts."""
    return parsed(words)


LOCK = 7_105_410
REGISTER = "casefile"
"""The source that casefile's register is: its references are person ids."""

_COLUMNS = ", ".join(f"record.{name}" for name in CANONICAL)

_MODEL_SECONDS = 5.0
_NO_MODEL = UUID(int=0)
_current: tuple[float, UUID, Matching] | None = None


async def matching(vault: AsyncSession) -> Matching:
    """The engine with the newest model; whether there is a newer one is asked every few seconds."""
    global _current
    if _current is not None and time.monotonic() - _current[0] < _MODEL_SECONDS:
        return _current[2]
    newest = await vault.scalar(text("select id from linkage_model order by id desc limit 1")) or _NO_MODEL
    if _current is None or _current[1] != newest:
        held = await vault.scalar(text("select model from linkage_model where id = :id"), {"id": newest})
        made = Matching.of_model(held)
    else:
        made = _current[2]
    _current = (time.monotonic(), newest, made)
    return made


def forget_model() -> None:
    """The next use reads the newest model."""
    global _current
    _current = None


async def take_turn(unit: UnitOfWork) -> None:
    """Waits for whoever else links, a whole run's writing too; held until the unit ends.

    Taken in the analytics zone, before the vault is opened: both zones then change in the same order for everybody.
    """
    await direct.fetch(unit.session, f"select pg_advisory_xact_lock({LOCK})", {})


async def rows_of(vault: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Row]:
    """Records by id, in canonical columns."""
    found = await vault.execute(
        text(f"select {_COLUMNS} from record where record_id = any(:ids)"), {"ids": sorted(ids)}
    )
    return {row["record_id"]: dict(row) for row in found.mappings()}


async def find(vault: AsyncSession, record: UUID) -> UUID | None:
    """The id of a record named by its id or by its pseudonym."""
    found = await vault.scalar(
        text("select record_id from record where record_id = :id or pseudonym = :id"), {"id": record}
    )
    return UUID(str(found)) if found else None


async def find_resident(vault: AsyncSession, resident: UUID) -> UUID | None:
    """The resident named by its id or pseudonym; where it was joined to another, that one. None: none, or erased."""
    found = await vault.scalar(
        text(
            "with recursive line as ("
            " select resident_id, joined_into, erased_at from resident where resident_id = :id or pseudonym = :id"
            " union select next.resident_id, next.joined_into, next.erased_at"
            " from resident next join line on next.resident_id = line.joined_into)"
            " select resident_id from line where joined_into is null and erased_at is null"
        ),
        {"id": resident},
    )
    return UUID(str(found)) if found else None


async def residents_of(vault: AsyncSession, records: Collection[UUID]) -> dict[UUID, UUID]:
    """Whose each record is now."""
    found = await vault.execute(
        text("select record_id, resident_id from record_resident where record_id = any(:ids)"), {"ids": sorted(records)}
    )
    return {row.record_id: row.resident_id for row in found}


async def standing(vault: AsyncSession, residents: Collection[UUID]) -> dict[UUID, tuple[UUID, str, float]]:
    """All records of some residents: resident, certainty and probability of each."""
    found = await vault.execute(
        text(
            "select record_id, resident_id, certainty, probability from record_resident where resident_id = any(:ids)"
        ),
        {"ids": sorted(residents)},
    )
    return {row.record_id: (row.resident_id, row.certainty, row.probability) for row in found}


_RULES_ABOUT = (
    "select kind, record_a, record_b from pair_rule where ended_at is null and record_a = any(%(ids)s)"
    " union select kind, record_a, record_b from pair_rule where ended_at is null and record_b = any(%(ids)s)"
)


async def rules_about(vault: AsyncSession, records: Collection[UUID]) -> RuleBook:
    """The standing rules that name any of the records."""
    book = RuleBook()
    for row in await direct.fetch(vault, _RULES_ABOUT, {"ids": sorted(records)}):
        side = book.must if row.kind == RuleKind.MUST else book.cannot
        side.add((row.record_a, row.record_b))
    return book


async def register_rules(vault: AsyncSession, rows: Mapping[UUID, Row]) -> RuleBook:
    """What the register says of its own records: one person's belong together, two people's never do."""
    register = {record: UUID(row["reference"]) for record, row in rows.items() if row["source"] == REGISTER}
    book = RuleBook()
    if len(register) < 2:
        return book
    roots = await people(vault, register.values())
    held = sorted(register)
    for place, a in enumerate(held):
        for b in held[place + 1 :]:
            same = roots[register[a]] == roots[register[b]]
            (book.must if same else book.cannot).add(ordered(a, b))
    return book


async def people(vault: AsyncSession, person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Who each person of the register is now, merges followed."""
    asked = sorted(set(person_ids))
    if not asked:
        return {}
    found = await vault.execute(
        text(
            "with recursive line as ("
            " select id as asked, id as person_id, 0 as depth from unnest(cast(:ids as uuid[])) as t(id)"
            " union all select line.asked, entry.merged_into, depth + 1 from line"
            " join register_entry entry on entry.person_id = line.person_id"
            " where entry.merged_into is not null and depth < 20)"
            " select distinct on (asked) asked, person_id from line order by asked, depth desc"
        ),
        {"ids": asked},
    )
    return {row.asked: row.person_id for row in found}


Statement = tuple[str, Mapping[str, Any]]

_MAKE = (
    "insert into resident (resident_id, pseudonym) select * from unnest(%(ids)s::uuid[], %(pseudonyms)s::uuid[])"
    " as t(resident_id, pseudonym)"
)


def making(ids: Sequence[UUID]) -> list[Statement]:
    """What makes new residents."""
    values = {"ids": list(ids), "pseudonyms": [pseudonyms.of_resident(each) for each in ids]}
    return [(_MAKE, values)] if ids else []


_WRITE = (
    "with said as (insert into assertion"
    " (record_id, resident_id, because, evidence, certainty, probability, author)"
    " select record_id, resident_id, because, evidence::jsonb, certainty, probability, %(author)s"
    " from unnest(%(records)s::uuid[], %(residents)s::uuid[], %(because)s::text[],"
    "  %(evidence)s::text[], %(certainty)s::text[], %(probability)s::float8[])"
    " as t(record_id, resident_id, because, evidence, certainty, probability)"
    " returning record_id, resident_id, certainty, probability)"
    " insert into record_resident (record_id, resident_id, certainty, probability)"
    " select * from said where resident_id is not null"
    " on conflict (record_id) do update set resident_id = excluded.resident_id,"
    " certainty = excluded.certainty, probability = excluded.probability, since = clock_timestamp()"
)


def asserting(moves: Sequence[Move], author: str, rule: UUID | None = None) -> list[Statement]:
    """What asserts the moves, and lets `record_resident` follow."""
    if not moves:
        return []
    values = {
        "author": author,
        "records": [each.record for each in moves],
        "residents": [each.resident for each in moves],
        "because": [each.because.value for each in moves],
        "evidence": [evidence(each.record, each.best, rule) for each in moves],
        "certainty": [each.certainty.value for each in moves],
        "probability": [each.probability for each in moves],
    }
    taken_off = {"ids": [each.record for each in moves if each.resident is None]}
    return [(_WRITE, values), *([(_TAKE_OFF, taken_off)] if taken_off["ids"] else [])]


_TAKE_OFF = "delete from record_resident where record_id = any(%(ids)s)"


def evidence(record: UUID, best: Edge | None, rule: UUID | None = None) -> str | None:
    """An assertion's evidence as JSON: the rule somebody made, or the likeliest pair."""
    if rule is not None:
        return f'{{"rule": "{rule}"}}'
    if best is None:
        return None
    other = best.b if best.a == record else best.a
    return f'{{"with": "{other}", "weight": {best.weight:.4f}, "probability": {best.probability:.6f}}}'


INHERITED = (
    "objected = kept.objected or gone.objected,"
    " introduction = coalesce(nullif(kept.introduction, 'sent'), gone.introduction, kept.introduction),"
    " introduced_at = coalesce(kept.introduced_at, gone.introduced_at),"
    " introduced_into = coalesce(kept.introduced_into, gone.introduced_into),"
    " person_id = coalesce(kept.person_id, gone.person_id)"
)
"""What goes with a resident that joins another (SQL of an update: `gone` into `kept`). An answer beats a question."""


async def note_joined(vault: AsyncSession, joined: Mapping[UUID, UUID]) -> None:
    """Residents that went into others: their ids lead there from now on, and what they told us goes with them."""
    for gone, into in joined.items():
        await vault.execute(
            text("update resident set joined_into = :into where resident_id = :gone"), {"gone": gone, "into": into}
        )
        await vault.execute(
            text(
                f"update resident kept set {INHERITED}"
                " from resident gone where kept.resident_id = :into and gone.resident_id = :gone"
            ),
            {"gone": gone, "into": into},
        )


_DOUBT = (
    "insert into review_item (record_a, record_b, why, weight, probability, opened_by)"
    " select distinct on (a, b) a, b, why, weight, probability, %(author)s"
    " from unnest(%(a)s::uuid[], %(b)s::uuid[], %(why)s::text[], %(weight)s::float8[], %(probability)s::float8[])"
    " as t(a, b, why, weight, probability) order by a, b, weight desc"
    " on conflict (record_a, record_b) do nothing returning 1"
)


async def doubt(vault: AsyncSession, doubts: Iterable[Doubtful], author: str) -> int:
    """Opens review items for pairs that nobody was asked about yet; how many."""
    asked = list(doubts)
    if not asked:
        return 0
    pairs = [ordered(each.a, each.b) for each in asked]
    values = {
        "author": author,
        "a": [a for a, _ in pairs],
        "b": [b for _, b in pairs],
        "why": [each.why.value for each in asked],
        "weight": [each.weight for each in asked],
        "probability": [probability_of(each.weight) for each in asked],
    }
    return len(await direct.fetch(vault, _DOUBT, values))


_OVERTAKE = (
    "update review_item set state = 'overtaken', version = version + 1, decided_at = clock_timestamp()"
    " from record_resident a, record_resident b"
    " where state = 'open' and a.record_id = record_a and b.record_id = record_b"
    " and a.resident_id = b.resident_id and (record_a = any(%(ids)s) or record_b = any(%(ids)s))"
)


def overtaking(records: Collection[UUID]) -> list[Statement]:
    """What closes open questions about pairs that are one resident now: they need no answer any more."""
    return [(_OVERTAKE, {"ids": sorted(records)})]


async def follow_register(vault: AsyncSession, residents: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Gives each resident the person that its register record names; what casefile answered to us stays."""
    held = await vault.execute(
        text(
            "select r.resident_id, r.introduction, r.person_id, min(record.reference) as reference from resident r"
            " left join record_resident rr on rr.resident_id = r.resident_id"
            " left join record on record.record_id = rr.record_id and record.source = :register"
            " where r.resident_id = any(:ids) group by r.resident_id"
        ),
        {"ids": sorted(residents), "register": REGISTER},
    )
    rows = held.all()
    roots = await people(vault, (UUID(row.reference) for row in rows if row.reference))
    changes: dict[UUID, UUID | None] = {}
    for row in rows:
        named = roots[UUID(row.reference)] if row.reference else None
        if named is None and row.introduction in ("introduced", "known"):
            named = row.person_id
        if named != row.person_id:
            changes[row.resident_id] = named
    for resident, person in changes.items():
        await vault.execute(
            text("update resident set person_id = :person where resident_id = :id"), {"person": person, "id": resident}
        )
    return changes


async def register_records_of(vault: AsyncSession, person_ids: Collection[UUID]) -> set[UUID]:
    """The register's records of these people and of everyone merged with them."""
    roots = set((await people(vault, person_ids)).values())
    found = await vault.scalars(
        text(
            "with recursive line as ("
            " select id as person_id from unnest(cast(:roots as uuid[])) as t(id)"
            " union select entry.person_id from register_entry entry join line on entry.merged_into = line.person_id)"
            " select record_id from line join record on source = :register and reference = line.person_id::text"
        ),
        {"roots": sorted(roots), "register": REGISTER},
    )
    return {UUID(str(each)) for each in found}


async def is_tombstone(vault: AsyncSession, resident: UUID) -> bool:
    """Whether all that is left of this resident is that there was one."""
    found = await vault.scalar(
        text("select erased_at is not null from resident where resident_id = :id"), {"id": resident}
    )
    return bool(found)
