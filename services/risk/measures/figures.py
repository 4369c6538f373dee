"""A quarter's figures from what was counted: tables under disclosure control, intervals, savings. Pure.

All of a quarter's tables are made in one moment and never anew, one thing apart at a time. So no two answers speak of
nearly the same people at two times, and what is left to guard is each table with its total: small counts are hidden,
and so is what would tell them; what is shown is rounded. Intervals are of the rounded figures: they tell no more.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.risk.measures.definitions import Definition, definitions
from services.risk.measures.domain import (
    GROUPS,
    NOT_KNOWN,
    By,
    Counts,
    Groups,
    Item,
    Log,
    Quarter,
    counted_once,
    counts,
)
from services.risk.measures.intervals import poisson, wilson
from services.risk.measures.rules import RULES
from services.risk.measures.savings import Baseline, Saving, UnitCost, saving
from services.risk.observatory.disclosure import WHOLE, Place, Rules, Shown, Table, protect

CARE: Final = Rules(hide_noughts=False)
"""Noughts are shown: a quarter is told once, and that nobody of a ward was placed is what the board asks for."""
Near = Mapping[str, Collection[Place]]
"""Places of each measure's table by ward that are near to something shown before: of the total, and of the wards."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One measure's items of the quarter, each of whom it is about once."""

    definition: Definition
    items: tuple[Item, ...]


def count(log: Log, quarter: Quarter) -> list[Counted]:
    """Every measure's items."""
    return [Counted(each, tuple(counted_once(RULES[each.code](log, quarter)))) for each in definitions().values()]


def rows_of(by: By, quarter: Quarter, wards: Sequence[str], items: Sequence[Item]) -> tuple[str, ...]:
    """The rows of a table: always all of them, whoever is counted; of hubs, those that there are."""
    if by is By.ALL:
        return (By.ALL.value,)
    if by is By.MONTH:
        return quarter.months
    if by is By.WARD:
        return (*wards, NOT_KNOWN)
    if by is By.HUB:
        return (*sorted({each.place for each in items if each.place}), NOT_KNOWN)
    return GROUPS[by]


def told_apart(
    counted: Counted, by: By, quarter: Quarter, wards: Sequence[str], groups: Mapping[str, Groups]
) -> Counts:
    """A measure's counts told apart by one thing."""
    rows = rows_of(by, quarter, wards, counted.items)
    return counts(counted.items, by, rows, groups, share=counted.definition.share)


def figures(
    counted: Sequence[Counted],
    quarter: Quarter,
    wards: Mapping[str, str],
    groups: Mapping[str, Groups],
    near: Near,
    costs: Sequence[UnitCost],
    baselines: Mapping[str, Baseline],
    rules: Rules = CARE,
) -> dict[str, Any]:
    """The quarter's content: what is shown of each measure by each thing, and the savings."""
    told: dict[str, Any] = {}
    for each in counted:
        of_wards = near.get(each.definition.code, ())
        whole = [place for place in of_wards if place[0] is None]
        told[each.definition.code] = {
            by.value: _table(
                each, by, told_apart(each, by, quarter, sorted(wards), groups), rules,
                of_wards if by is By.WARD else whole,
            )
            for by in each.definition.bys
        }  # fmt: skip
    return {
        "quarter": quarter.first_day.isoformat(),
        "until": quarter.until.isoformat(),
        "threshold": rules.threshold,
        "rounding": rules.rounding,
        "wards": dict(sorted(wards.items())),
        "measures": told,
        "savings": [_saving(each) for each in savings(told, costs, baselines)],
    }


def _table(counted: Counted, by: By, found: Counts, rules: Rules, also: Collection[Place]) -> dict[str, Any]:
    table = Table(found.rows, found.columns, found.numbers)
    shown = protect(table, rules, also)
    if counted.definition.unit == "hours":
        return _hours(counted, by, table, shown)
    return {
        "total": _figure(shown, None, counted.definition.share),
        "rows": {name: _figure(shown, at, counted.definition.share) for at, name in enumerate(found.rows)},
    }


def _figure(shown: Shown, row: int | None, share: bool) -> dict[str, Any]:
    of = shown.value((row, None))
    if not share:
        return {"count": of, "interval": None if of is None else _pair(poisson(of), 0)}
    count = None if of is None else shown.value((row, 0))
    # A share of few would swing with each of them: none is given where either side is hidden.
    known = count is not None and of and shown.value((row, 1)) is not None
    return {
        "count": count,
        "of": of,
        "percent": round(100 * min(count, of) / of, 1) if known and count is not None and of else None,
        "interval": _pair(wilson(min(count, of), of), 1, 100) if known and count is not None and of else None,
    }


def _pair(interval: tuple[float, float], places: int, times: int = 1) -> list[float]:
    return [round(each * times, places) for each in interval]


def _hours(counted: Counted, by: By, table: Table, shown: Shown) -> dict[str, Any]:
    """Hours are shown where enough sessions are: rounded to ten, like counts."""
    minutes = dict.fromkeys(table.rows, 0)
    for each in counted.items:
        row = f"{each.on:%Y-%m}" if by is By.MONTH else each.place if by is By.HUB else By.ALL.value
        minutes[row if row in minutes else NOT_KNOWN] += each.much

    def hours(of: int | None, total: int) -> dict[str, Any]:
        return {"count": None if of is None else CARE.rounded(round(total / 60)), "interval": None}

    return {
        "total": hours(shown.value(WHOLE), sum(minutes.values())),
        "rows": {name: hours(shown.value((at, None)), minutes[name]) for at, name in enumerate(table.rows)},
    }


def savings(told: Mapping[str, Any], costs: Sequence[UnitCost], baselines: Mapping[str, Baseline]) -> list[Saving]:
    """What was saved, for every unit cost; of shown counts only."""
    return [
        saving(
            cost,
            told[cost.measure][By.ALL.value]["total"]["count"],
            baselines.get(cost.measure),
            more_saves=definitions()[cost.measure].saves == "more",
        )
        for cost in sorted(costs, key=lambda each: each.code)
        if definitions()[cost.measure].saves is not None
    ]


def _saving(each: Saving) -> dict[str, Any]:
    return {
        "code": each.cost.code,
        "measure": each.cost.measure,
        "title": each.cost.title,
        "cash": each.cost.cash.value,
        "falls_on": each.cost.falls_on,
        "unit_cost_pence": {"low": each.cost.low, "central": each.cost.central, "high": each.cost.high},
        "dated": each.cost.dated.isoformat(),
        "source": each.cost.source,
        "count": each.count,
        "baseline": None
        if each.baseline is None
        else {
            "count": each.baseline.count, "source": each.baseline.source, "stated_by": each.baseline.stated_by,
        },
        "difference": each.fewer_or_more,
        "pence": None
        if each.central is None
        else {"low": each.low, "central": each.central, "high": each.high},
        "why_not": each.why_not,
    }  # fmt: skip


def canonical(content: Mapping[str, Any]) -> bytes:
    """The content's bytes: JSON with sorted keys, no spaces, UTF-8. The same figures, the same bytes."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of those bytes."""
    return hashlib.sha256(canonical(content)).hexdigest()
