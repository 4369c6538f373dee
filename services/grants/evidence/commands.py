"""Writes of evidence: figures as their sources give them, and packs."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.grants.applications.models import GrantApplication
from services.grants.awards.models import Award
from services.grants.evidence import domain
from services.grants.evidence.domain import Unit
from services.grants.evidence.models import EvidenceFigure, EvidencePack
from services.grants.panels import rows as panels


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one ward."""

    source: str
    measure: str
    title: str
    period: str
    unit: Unit
    ward: str
    value: Decimal | None
    people: int | None


async def give(unit: UnitOfWork, figures: Sequence[Figure], given_at: datetime | None = None) -> int:
    """Figures of a source, in the place of those it gave of the same measure, period and ward. How many.

    `given_at`: when it gave them, if that was not now; what it gave later stays.
    """
    now = given_at or clock.business_now()
    rows = {
        (each.source, each.measure, each.period, each.ward): {
            "source": each.source,
            "measure": each.measure,
            "period": each.period,
            "ward": each.ward,
            "title": each.title,
            "unit": each.unit,
            "value": each.value,
            "people": each.people,
            "given_by": unit.cause.actor,
            "given_at": now,
        }
        for each in figures
    }
    statement = insert(EvidenceFigure).values([rows[key] for key in sorted(rows)])
    keys = ["source", "measure", "period", "ward"]
    changes = {name: statement.excluded[name] for name in ("title", "unit", "value", "people", "given_by", "given_at")}
    stands = EvidenceFigure.given_at <= statement.excluded.given_at
    await unit.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes, where=stands))
    unit.accessed("evidence/figures")
    return len(rows)


async def make_pack(unit: UnitOfWork, panel_id: UUID) -> EvidencePack:
    """A pack for a panel, as of today: what stands now, small groups hidden. It never changes. `Conflict` without
    figures.
    """
    panel = await panels.load(unit, panel_id)
    figures = (await unit.session.scalars(select(EvidenceFigure))).all()
    if not figures:
        raise Conflict("There are no figures to put into a pack", allowed=["figures"])
    content: dict[str, Any] = {
        "panel_id": str(panel.id),
        "made_on": clock.today().isoformat(),
        "fewest_shown": domain.FEWEST_SHOWN,
        "rounded_to": domain.ROUNDED_TO,
        "wards": await _wards(unit, figures),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    row = EvidencePack(
        id=new_id(),
        panel_id=panel.id,
        content=content,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        made_by=unit.cause.actor,
        made_at=clock.business_now(),
    )
    unit.session.add(row)
    unit.accessed(f"panel/{panel.id}/evidence")
    return row


async def _wards(unit: UnitOfWork, figures: Sequence[EvidenceFigure]) -> list[dict[str, Any]]:
    measures: defaultdict[tuple[str, str, str], list[EvidenceFigure]] = defaultdict(list)
    for each in figures:
        measures[each.source, each.measure, each.period].append(each)
    told: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for (source, measure, period), rows in sorted(measures.items()):
        counts = domain.shown(
            {row.ward: int(row.value) for row in rows if row.unit == Unit.PEOPLE and row.value is not None}
        )
        for row in rows:
            value = None if row.value is None else float(row.value)
            if row.unit == Unit.PEOPLE:
                value = counts.get(row.ward)
            elif row.unit == Unit.PER_CENT and value is not None:
                value = domain.of_enough(value, row.people)
            told[row.ward].append(
                {
                    "source": source,
                    "measure": measure,
                    "title": row.title,
                    "period": period,
                    "unit": row.unit,
                    "value": value,
                    "hidden": value is None,
                }
            )
    grants = await _past_grants(unit)
    return [
        {"ward": ward, "figures": told[ward], "past_grants": grants.get(ward, {"awards": 0, "pence": 0})}
        for ward in sorted(told.keys() | grants.keys())
    ]


async def _past_grants(unit: UnitOfWork) -> dict[str, dict[str, int]]:
    """Awards for each ward. One for several wards counts whole in each: it was for all of them."""
    ward = func.unnest(GrantApplication.wards).label("ward")
    each = (
        select(ward, Award.pence)
        .join(GrantApplication, GrantApplication.id == Award.application_id)
        .where(Award.state != "withdrawn")
        .subquery()
    )
    query = select(each.c.ward, func.count(), func.sum(each.c.pence)).group_by(each.c.ward)
    return {
        ward: {"awards": int(count), "pence": int(pence)} for ward, count, pence in await unit.session.execute(query)
    }
