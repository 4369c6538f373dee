"""Reads of the identity layer: why a record is whose it is, and what waits for a decision.

Each opens the vault by its door, so each is on record.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.risk.linkage import ledger
from services.risk.linkage.domain import WORDS, Because
from services.risk.linkage.matching import Row
from services.risk.linkage.shapes import Compared, Explained, QuestionView, RecordView, RuleView, Step
from services.risk.linkage.visibility import kept_back, may_see
from services.risk.sources import queries as sources
from services.risk.vault import door

_MOST_HISTORY = 200


async def explain(unit: UnitOfWork, named: UUID) -> Explained:
    """Why a record (its id or its pseudonym) is whose it is. Raises NotFound."""
    async with door.opened(unit, "explain_link", record=f"link/{named}") as vault:
        record = await ledger.find(vault, named)
        if record is None:
            raise NotFound("There is no such record")
        await may_see(unit, vault, [record])
        whose = (await ledger.residents_of(vault, [record])).get(record)
        held = await ledger.standing(vault, [whose] if whose else [])
        rows = await ledger.rows_of(vault, {record, *held})
        engine = await ledger.matching(vault)
        others = [rows[each] for each in sorted(held) if each != record and each in rows]
        edges = engine.compared([rows[record], *others]).against(record)
        likeliest = max(edges, key=lambda edge: edge.weight, default=None)
        mate = next((each for each in (likeliest.a, likeliest.b) if each != record), None) if likeliest else None
        found = engine.explain(rows[record], rows[mate]) if mate else None
        history = await _history(vault, record)
        rules = await _rules(vault, record)
        shown = await _sources_shown(unit)
        if whose:
            unit.accessed(f"link/{record}", (await _people(vault, [whose])).values())
    standing = held.get(record)
    return Explained(
        record=record_view(rows[record], shown),
        resident_id=whose,
        certainty=standing[1] if standing else None,
        probability=standing[2] if standing else None,
        summary=_summary(history, standing),
        compared_with=mate,
        weight=likeliest.weight if likeliest else None,
        reasons=[
            Compared(comparison=each.comparison, words=each.words, bits=round(each.bits, 2))
            for each in (found.reasons if found else ())
        ],
        others=[record_view(each, shown) for each in others],
        rules=rules,
        history=history,
    )


def _summary(history: Sequence[Step], standing: tuple[UUID, str, float] | None) -> str:
    if standing is None or not history:
        return "This record was not linked yet."
    last = history[-1]
    sure = {
        "confirmed": "It is held to be this resident's beyond reasonable doubt",
        "probable": "It is probably this resident's",
        "unlinked": "No other record is held to be the same person's",
    }[standing[1]]
    return f"{sure}: {last.words}, on {last.at.day} {last.at:%B %Y}."


async def _history(vault: AsyncSession, record: UUID) -> list[Step]:
    found = await vault.execute(
        text("select * from assertion where record_id = :id order by id desc limit :most"),
        {"id": record, "most": _MOST_HISTORY},
    )
    return [
        Step(
            at=row.at,
            resident_id=row.resident_id,
            because=row.because,
            words=WORDS[Because(row.because)],
            certainty=row.certainty,
            probability=row.probability,
            compared_with=(row.evidence or {}).get("with"),
            rule_id=(row.evidence or {}).get("rule"),
            author=row.author,
        )
        for row in reversed(found.all())
    ]


async def _rules(vault: AsyncSession, record: UUID) -> list[RuleView]:
    found = await vault.execute(
        text(
            "select id, kind, record_a, record_b, author, reason, made_at from pair_rule where ended_at is null"
            " and (record_a = :id or record_b = :id) order by id limit 100"
        ),
        {"id": record},
    )
    return [RuleView.model_validate(dict(row)) for row in found.mappings()]


async def _people(vault: AsyncSession, residents: Collection[UUID]) -> dict[UUID, UUID]:
    found = await vault.execute(
        text("select resident_id, person_id from resident where resident_id = any(:ids) and person_id is not null"),
        {"ids": sorted(residents)},
    )
    return {row.resident_id: row.person_id for row in found}


async def _sources_shown(unit: UnitOfWork) -> frozenset[str]:
    """Sources that the caller's purpose may know of: that somebody is in the others is itself a fact about them."""
    seen = await sources.kinds_for(unit, unit.cause.purpose)
    return frozenset({ledger.REGISTER, *(source for source, _ in seen.pairs)})


def record_view(row: Row, shown: Collection[str]) -> RecordView:
    """A record for somebody who decides."""
    values = {name: row.get(name) for name in RecordView.model_fields}
    return RecordView.model_validate({**values, "source": row["source"] if row["source"] in shown else None})


async def questions(unit: UnitOfWork, state: str, place: Sequence[Any] | None, most: int) -> list[QuestionView]:
    """What waits for a decision, the likeliest first; pairs of people whom the caller may not see are left out."""
    async with door.opened(unit, "list_reviews", record="review") as vault:
        found = await vault.execute(
            text(
                "select * from review_item where state = :state"
                " and (cast(:after as float8) is null or (probability, id) < (cast(:after as float8), :last))"
                " order by probability desc, id desc limit :most"
            ),
            {
                "state": state,
                "after": place[0] if place else None,
                "last": UUID(place[1]) if place else None,
                "most": most,
            },
        )
        items = [dict(row) for row in found.mappings()]
        return await _views(unit, vault, items)


async def question(unit: UnitOfWork, item: UUID) -> QuestionView:
    """One pair. Raises NotFound."""
    async with door.opened(unit, "read_review", record=f"review/{item}") as vault:
        found = await vault.execute(text("select * from review_item where id = :id"), {"id": item})
        views = await _views(unit, vault, [dict(row) for row in found.mappings()])
    if not views:
        raise NotFound("There is no such question")
    return views[0]


async def _views(unit: UnitOfWork, vault: AsyncSession, items: Sequence[Mapping[str, Any]]) -> list[QuestionView]:
    ids = {each[side] for each in items for side in ("record_a", "record_b")}
    rows = await ledger.rows_of(vault, ids)
    whose = await ledger.residents_of(vault, ids)
    hidden = await kept_back(unit, vault, set(whose.values()))
    unseen = {record for record, resident in whose.items() if resident in hidden}
    people = await _people(vault, set(whose.values()) - hidden)
    if people:
        unit.accessed("review", people.values())
    shown = await _sources_shown(unit)
    return [
        QuestionView.model_validate(
            {
                **each,
                "one": record_view(rows[each["record_a"]], shown),
                "other": record_view(rows[each["record_b"]], shown),
            }
        )
        for each in items
        if not {each["record_a"], each["record_b"]} & unseen
    ]


async def replay(unit: UnitOfWork, at: datetime) -> dict[UUID, UUID]:
    """Whose each record was at that moment, from the assertions alone. What was erased since was never there."""
    async with door.opened(unit, "replay", record=f"replay/{at:%Y-%m-%d}") as vault:
        found = await vault.execute(
            text(
                "select record_id, resident_id from (select distinct on (record_id) record_id, resident_id"
                " from assertion where at <= :at order by record_id, id desc) last where resident_id is not null"
            ),
            {"at": at},
        )
        return {row.record_id: row.resident_id for row in found}


async def whose(unit: UnitOfWork, named: Collection[UUID]) -> dict[UUID, UUID]:
    """Whose each of these records (ids or pseudonyms) is now."""
    async with door.opened(unit, "read_links", record=f"records/{len(named)}") as vault:
        ids = {each: await ledger.find(vault, each) for each in named}
        residents = await ledger.residents_of(vault, [each for each in ids.values() if each])
    return {name: residents[record] for name, record in ids.items() if record in residents}
