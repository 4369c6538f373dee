"""Counts of homelessness: of households, of nobody by name, and of all of them, also of those nobody may see."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from kit import clock
from kit.store.unit import UnitOfWork
from services.housing.homelessness.activities.models import HomelessnessActivity
from services.housing.homelessness.cases.models import HomelessnessCase, HomelessnessDuty
from services.housing.homelessness.counting import domain


class CountLineView(BaseModel):
    """A total and its parts; null: a group of fewer than ten, or one that would give such a group away."""

    total: int | None
    parts: dict[str, int | None]


class HomelessnessCountsView(BaseModel):
    """One quarter."""

    quarter: str
    since: date
    until: date
    approaches: CountLineView = Field(
        description="Applications by how they came; referrals are none until somebody applied"
    )
    started: CountLineView = Field(description="Duties that began, by duty")
    ended: dict[str, CountLineView] = Field(description="Duties that ended, by duty and reason")
    activities: dict[str, CountLineView] = Field(description="What was done and came to an end, by kind and outcome")
    small_sums_pence: int | None = Field(description="Paid to keep or find homes; null where few were paid")


async def counts(unit: UnitOfWork, quarter: str | None) -> HomelessnessCountsView:
    """A quarter that is over, the last one unless said otherwise."""
    name, first, last = domain.quarter(quarter, clock.today())
    made = (
        select(HomelessnessCase.source, func.count())
        .where(HomelessnessCase.applied, HomelessnessCase.made_on.between(first, last))
        .group_by(HomelessnessCase.source)
    )
    started = (
        select(HomelessnessDuty.duty, func.count())
        .where(HomelessnessDuty.started_on.between(first, last))
        .group_by(HomelessnessDuty.duty)
    )
    ended = (
        select(HomelessnessDuty.duty, HomelessnessDuty.end_reason, func.count())
        .where(HomelessnessDuty.ended_on.between(first, last))
        .group_by(HomelessnessDuty.duty, HomelessnessDuty.end_reason)
    )
    done = (
        select(
            HomelessnessActivity.kind,
            HomelessnessActivity.outcome,
            func.count(func.distinct(HomelessnessActivity.case_id)),
        )
        .where(HomelessnessActivity.ended_on.between(first, last))
        .group_by(HomelessnessActivity.kind, HomelessnessActivity.outcome)
    )
    paid = select(
        func.coalesce(func.sum(HomelessnessActivity.amount_pence), 0),
        func.count(func.distinct(HomelessnessActivity.case_id)),
    ).where(HomelessnessActivity.started_on.between(first, last), HomelessnessActivity.amount_pence.is_not(None))
    pence, households = (await unit.session.execute(paid)).one()
    return HomelessnessCountsView(
        quarter=name,
        since=first,
        until=last,
        approaches=_line({row[0]: row[1] for row in await unit.session.execute(made)}),
        started=_line({row[0]: row[1] for row in await unit.session.execute(started)}),
        ended=_lines({(row[0], row[1] or ""): row[2] for row in await unit.session.execute(ended)}),
        activities=_lines({(row[0], row[1] or ""): row[2] for row in await unit.session.execute(done)}),
        small_sums_pence=None if 0 < households < domain.FEWEST else int(pence or 0),
    )


def _line(found: Mapping[str, int]) -> CountLineView:
    shown = domain.line(found)
    return CountLineView(total=shown.total, parts=dict(shown.parts))


def _lines(found: Mapping[tuple[str, str], int]) -> dict[str, CountLineView]:
    return {
        name: _line({part: count for (of, part), count in found.items() if of == name})
        for name in sorted({of for of, _ in found})
    }
