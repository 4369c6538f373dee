"""A question about a table, answered: from the ledger where it was shown before, else worked out, hidden and kept.

A question is never refused for what it would show: what may not be shown is null, and nothing says why. Refused is only
what is no question (a dimension that there is not) or beyond the purpose, before anything is counted.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from kit import clock
from kit.errors import invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.risk.cohorts.domain import digest
from services.risk.observatory import releases
from services.risk.observatory.disclosure import MOST_DIMS, TOO_FEW
from services.risk.observatory.models import AggregateQuery, ObservatoryLedger, ObservatoryRelease
from services.risk.observatory.nearness import RULES
from services.risk.observatory.shapes import Question, TableAnswer, TableRow
from services.risk.profiles.catalogue import book
from services.risk.sources.queries import kinds_for

if TYPE_CHECKING:
    from services.risk.observatory.lattice import Dims, Universe
    from services.risk.observatory.snapshot import Snapshot

KIND: Final = "table"
"""What the log calls such a question."""
LOCK: Final = "select pg_advisory_xact_lock(hashtext('risk.observatory'))"


@dataclass(frozen=True, slots=True)
class Told:
    """The numbers of one universe that may be said: by table and place, null where hidden."""

    universe: "Universe"
    values: "Mapping[Dims, list[int | None]]"

    def value(self, at: Mapping[str, tuple[str, ...]]) -> int | None:
        """What the places in these categories come to, from numbers shown alone; None when one of them is hidden."""
        dims = tuple(sorted(at))
        values = self.values.get(dims)
        if values is None:
            return None
        shape, total = self.universe.shape(dims), 0
        names = [self.universe.categories[each] for each in dims]
        for chosen in product(*(at[each] for each in dims)):
            place = 0
            for size, known, category in zip(shape, names, chosen, strict=True):
                place = place * size + known.index(category)
            found = values[place]
            if found is None:
                return None
            total += found
        return total


async def ask(unit: UnitOfWork, question: Question) -> TableAnswer:
    """The table that was asked for, as far as it may be shown; the question is in the log."""
    await _check_purpose(unit, question)
    row = await releases.release(unit, question.release)
    snapshot = await releases.ready(unit, row)
    _check(question, snapshot)
    dims = _dims(question)
    rows: list[TableRow] = []
    for month, name in _universes(question):
        told = await told_of(unit, row, snapshot, name, dims)
        rows += _rows(question, told, month)
    hidden = sum(each.count is None for each in rows)
    asked = AggregateQuery(
        id=new_id(),
        kind=KIND,
        digest=digest(KIND, question.model_dump(mode="json"), row.month.isoformat()),
        question=question.model_dump(mode="json", exclude_defaults=True),
        # What was shown stands in the ledger, where it stays the same.
        answer={"ledger": str(row.id)},
        outcome="shown" if not hidden else "partly" if hidden < len(rows) else "hidden",
        as_of=row.as_of,
        asked_by=unit.cause.actor,
        purpose=unit.cause.purpose,
    )
    unit.session.add(asked)
    unit.accessed(f"aggregate/{KIND}")
    return TableAnswer(
        query_id=asked.id,
        count=question.count,
        rows=rows,
        suppressed=bool(hidden),
        note=TOO_FEW if hidden else "Rounded; a figure that moved by few since last month stays as it was.",
        threshold=RULES.threshold,
        rounding=RULES.rounding if question.count != "amounts" else 100,
        as_of=row.as_of,
        release=f"{row.month:%Y-%m}",
    )


async def told_of(unit: UnitOfWork, row: ObservatoryRelease, snapshot: "Snapshot", name: str, dims: "Dims") -> Told:
    """What may be said of a table and its margins, from the ledger or worked out and put there."""
    from services.risk.observatory import telling
    from services.risk.observatory.lattice import Ledger, margins

    universe, bits = snapshot.universe(name)
    held = await unit.session.get(ObservatoryLedger, (row.id, name))
    wanted = {"|".join(each) for each in margins(dims)}
    if held is None or not wanted <= held.told.keys():
        # Two at once would not see each other's numbers.
        await unit.session.execute(text(LOCK))
        if held is None:
            held = await unit.session.get(ObservatoryLedger, (row.id, name))
        else:
            await unit.session.refresh(held)
        ledger = Ledger.of_data(held.ledger if held else {})
        before = await _before(unit, row, name)
        near = await telling.near(unit, name, universe, bits, dims, ledger)
        told = dict(held.told) if held else {}
        fresh = await asyncio.to_thread(telling.tell, universe, bits, ledger, dims, near, before, f"{row.month:%Y-%m}")
        if fresh is None:
            return Told(universe, {})
        told |= fresh
        if held is None:
            held = ObservatoryLedger(release_id=row.id, universe=name, ledger={}, told={})
            unit.session.add(held)
        held.ledger, held.told, held.changed_at = ledger.as_data(), told, clock.now()
        await telling.put_on_record(unit, name, universe, bits, row, fresh)
    return Told(universe, {tuple(key.split("|")) if key else (): each["n"] for key, each in held.told.items()})


async def _before(unit: UnitOfWork, row: ObservatoryRelease, name: str) -> dict[str, Any]:
    """What was told of this universe in the months before: the last numbers, and the snapshots they are of."""
    earlier = (
        await unit.session.execute(
            select(ObservatoryLedger.told)
            .join(ObservatoryRelease, ObservatoryRelease.id == ObservatoryLedger.release_id)
            .where(ObservatoryRelease.month < row.month, ObservatoryLedger.universe == name)
            .order_by(ObservatoryRelease.month.desc())
            .limit(1)
        )
    ).scalar_one_or_none()
    if earlier is None:
        return {}
    months = sorted({month for each in earlier.values() for month in each["of"] if month})
    days = [date.fromisoformat(f"{month}-01") for month in months]
    found = await unit.session.scalars(select(ObservatoryRelease).where(ObservatoryRelease.month.in_(days)))
    of = {f"{each.month:%Y-%m}": (await releases.ready(unit, each)).universe(name) for each in found}
    return {"told": earlier, "universes": of}


async def _check_purpose(unit: UnitOfWork, question: Question) -> None:
    """Raises `BeyondPurpose` for what the asker's purpose, or statistics itself, no longer covers today."""
    named = set(question.by) | set(question.where) | ({question.share.dimension} if question.share else set())
    factors = {each.removeprefix("factor:") for each in named if each.startswith("factor:")}
    kinds = {kind for each in book(clock.today()).definitions if each.code in factors for kind in each.rule.reads}
    kinds |= {question.kind} if question.kind else set()
    kinds |= {kind for name, kind in (("tenure", "tenure"), ("pay", "income")) if name in named}
    for purpose in sorted({unit.cause.purpose, releases.FOR}):
        (await kinds_for(unit, purpose)).refuse_beyond(kinds)


def _check(question: Question, snapshot: "Snapshot") -> None:
    """Raises `Invalid` naming the field: what is asked must be there to ask for, whatever the numbers are."""
    from services.risk.observatory.snapshot import AMOUNTS, EVENTS

    known = {"events": EVENTS, "amounts": AMOUNTS}.get(question.count)
    if known is None and (question.kind is not None or question.months):
        raise invalid("/kind", "Kinds and months go with events and amounts", "kind")
    if known is not None and question.kind not in known:
        raise invalid("/kind", f"One of {', '.join(known)}", "kind")
    if (question.count == "events") != bool(question.months):
        raise invalid("/months", "Events are counted by month, and only they are", "months")
    universe = snapshot.residents if question.count == "residents" else snapshot.households
    named = {"/by": question.by, "/where": tuple(question.where)}
    if question.share is not None:
        named["/share/dimension"] = (question.share.dimension,)
        if question.share.dimension in question.by or question.count == "amounts":
            raise invalid("/share/dimension", "A share is of counts, in a dimension that is not among /by", "share")
    for pointer, codes in named.items():
        for code in codes:
            if code not in universe.categories:
                raise invalid(pointer, f"{code} is no dimension of {question.count} in this month", "dimension")
    for code, values in question.where.items():
        if not values or not set(values) <= set(universe.categories[code]):
            raise invalid(f"/where/{code}", f"Some of {', '.join(universe.categories[code])}", "category")
    if question.share is not None and question.share.category not in universe.categories[question.share.dimension]:
        raise invalid("/share/category", "There is no such category", "category")
    if len(_dims(question)) > MOST_DIMS:
        raise invalid("/by", f"At most {MOST_DIMS} dimensions in all, with those of /where and /share", "dimensions")


def _dims(question: Question) -> "Dims":
    named = {*question.by, *question.where, *([question.share.dimension] if question.share else [])}
    return tuple(sorted(named))


def _universes(question: Question) -> Iterator[tuple[str | None, str]]:
    if question.count == "events":
        for month in question.months:
            yield month, f"events {question.kind} {month}"
    elif question.count == "amounts":
        yield None, f"amounts {question.kind}"
    else:
        yield None, question.count


def _rows(question: Question, told: Told, month: str | None) -> Iterator[TableRow]:
    """A row for each place of the table and of its margins."""
    head = {"month": month} if month else {}
    for size in range(len(question.by) + 1):
        for chosen in combinations(question.by, size):
            for categories in product(*(told.universe.categories[each] for each in chosen)):
                at = dict(zip(chosen, categories, strict=True))
                within = {each: values for each, values in question.where.items() if each not in at}
                if any(at[each] not in question.where[each] for each in at if each in question.where):
                    continue
                places = {**within, **{each: (category,) for each, category in at.items()}}
                count = told.value(places)
                share = None
                if question.share is not None and count:
                    part = told.value({**places, question.share.dimension: (question.share.category,)})
                    share = None if part is None else min(round(part / count, 3), 1.0)
                yield TableRow(at={**head, **at}, count=count, share=share)
