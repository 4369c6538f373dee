"""Writes of the observatory: an answer of counts goes out protected, and into the log."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from kit import clock
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.risk.observatory.disclosure import Rules, Shown, protect
from services.risk.observatory.models import AggregateQuery, ShownCount
from services.risk.observatory.nearness import RULES, Population, near_places, old_answer


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it went out, and the business date it is of: an old answer keeps its own."""

    answer: dict[str, Any]
    as_of: date


async def answer(
    unit: UnitOfWork,
    kind: str,
    digest: str,
    question: Mapping[str, Any],
    populations: Sequence[Population],
    build: Callable[[Mapping[str, Shown]], dict[str, Any]],
    rules: Rules = RULES,
) -> Answered:
    """What may be said of these populations. `build` makes the answer (JSON) from what of each table may be shown.

    A question whose counts are small, or near to what was shown before, gets an answer with those counts hidden; it
    is never refused, for a refusal would say that there is something to hide.
    """
    # Two at once would not see each other's counts.
    await unit.session.execute(text("select pg_advisory_xact_lock(hashtext('risk.observatory'))"))
    old = await old_answer(unit, digest, populations, rules)
    unit.accessed(f"aggregate/{kind}")
    if old is not None:
        return Answered(old.answer, old.as_of)
    shown = {each.name: protect(each.table, rules, await near_places(unit, each, rules)) for each in populations}
    said = build(shown)
    query = AggregateQuery(
        id=new_id(),
        kind=kind,
        digest=digest,
        question=dict(question),
        answer=said,
        outcome=_outcome(shown),
        as_of=clock.today(),
        asked_by=unit.cause.actor,
        purpose=unit.cause.purpose,
    )
    unit.session.add(query)
    await unit.session.flush()
    for population in populations:
        for place, value in shown[population.name].values.items():
            if value is not None:
                unit.session.add(
                    ShownCount(
                        query_id=query.id,
                        place=population.label(place),
                        households=population.table.value(place),
                        sketch=population.sketch(place),
                    )
                )
    return Answered(said, query.as_of)


def _outcome(shown: Mapping[str, Shown]) -> str:
    values = [value for each in shown.values() for value in each.values.values()]
    if None not in values:
        return "shown"
    return "partly" if any(value is not None for value in values) else "hidden"
