"""From the ledger's yes or no to numbers: what is secret, what was told last month, and what other products know of it.

Counts below the threshold are secret, noughts too, and what lies within a few households of a population that another
product (a cohort's count, an association) has shown. Amounts are secret where few contribute, or where one who knows
the second largest contribution would know the largest within a tenth (the p% rule: Hundepool and others, Statistical
Disclosure Control, 2012, 4.2.2).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import numpy as np
from sqlalchemy import func, select, text

from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.risk.observatory.disclosure import MARKS, too_near
from services.risk.observatory.hiding import Care, release
from services.risk.observatory.lattice import SHOWN, Dims, Ledger, Numbers, Universe, margins
from services.risk.observatory.models import AggregateQuery, ObservatoryRelease, ShownCount
from services.risk.observatory.nearness import REMEMBERED, RULES
from services.risk.observatory.programme import Mask
from services.risk.observatory.snapshot import NO_WARD, UNKNOWN, Bits

P: Final = 0.1
"""How near one contribution may be estimated: a tenth."""
LEAST_WIDTH: Final = 100
"""Pounds; and what amounts are rounded to."""
OWN: Final = "table"
_REMEMBER: Final = text(
    "insert into shown_count (query_id, place, households, sketch)"
    " select :id, * from unnest(cast(:p as text[]), cast(:h as int[]), cast(:s as bytea[]))"
)


def care_for(universe: Universe, near: Mapping[Dims, Mask]) -> Care:
    """The secrets of a universe and how wide they must stay."""
    if universe.weights is not None:
        return _care_for_amounts(universe)

    def secrets(dims: Dims) -> Mask:
        counts = universe.counts(dims)
        small = (counts < RULES.threshold) & ((counts > 0) | RULES.hide_noughts) & ~_nobody(universe, dims)
        return np.asarray(small | near[dims]) if dims in near else np.asarray(small)

    return Care(secrets, lambda dims: np.full(universe.size(dims), RULES.width, np.int64))


def _care_for_amounts(universe: Universe) -> Care:
    @cache
    def largest(dims: Dims) -> tuple[Numbers, Numbers]:
        return _largest(universe, dims)

    def secrets(dims: Dims) -> Mask:
        first, second = largest(dims)
        rest = universe.sums(dims) - first - second
        few = (universe.counts(dims) < RULES.threshold) | (rest < P * first)
        return np.asarray(few & ~_nobody(universe, dims))

    def widths(dims: Dims) -> Numbers:
        first, _ = largest(dims)
        return np.asarray(np.maximum(np.ceil(2 * P * first), LEAST_WIDTH), np.int64)

    def rises(dims: Dims) -> Numbers:
        # Whoever gave the second largest takes that and what he knows from the most that it may be in all.
        first, second = largest(dims)
        rest = universe.sums(dims) - first - second
        return np.asarray(np.maximum(np.ceil(P * first) - rest, 0), np.int64)

    return Care(secrets, widths, rises)


def _nobody(universe: Universe, dims: Dims) -> Mask:
    """Places of "not known" in a dimension that is known of everybody: a nought about the records, not about anyone."""
    found = np.zeros(universe.size(dims), np.bool_)
    at = np.unravel_index(np.arange(universe.size(dims)), universe.shape(dims)) if dims else ()
    for name, numbers in zip(dims, at, strict=True):
        counts = universe.counts((name,))
        for number, category in enumerate(universe.categories[name]):
            if category in (UNKNOWN, NO_WARD) and len(universe) and counts[number] == 0:
                found |= numbers == number
    return found


def _largest(universe: Universe, dims: Dims) -> tuple[Numbers, Numbers]:
    """The two largest contributions to each place."""
    assert universe.weights is not None
    places = universe.places(dims)
    order = np.lexsort((-universe.weights, places))
    sorted_places, weights = places[order], universe.weights[order]
    starts = np.flatnonzero(np.append(True, sorted_places[1:] != sorted_places[:-1])) if len(order) else order
    first, second = np.zeros(universe.size(dims), np.int64), np.zeros(universe.size(dims), np.int64)
    if len(order):
        first[sorted_places[starts]] = weights[starts]
        next_ = np.minimum(starts + 1, len(order) - 1)
        same = (sorted_places[next_] == sorted_places[starts]) & (next_ > starts)
        second[sorted_places[starts][same]] = weights[next_][same]
    return first, second


def tell(
    universe: Universe,
    bits: Bits,
    ledger: Ledger,
    dims: Dims,
    near: Mapping[Dims, Mask],
    before: Mapping[str, Any],
    month: str,
) -> dict[str, Any] | None:
    """Puts a table into the ledger; by table what is new: the numbers told, and of which month. None: nothing."""
    known = set(ledger.states)
    # The finest first: its margins are added up from it.
    universe.sums(dims)
    if not release(universe, ledger, dims, care_for(universe, near)):
        return None
    fresh = {}
    for table in margins(dims):
        if table in known:
            continue
        shown = ledger.states[table] == SHOWN
        step = RULES.rounding if universe.weights is None else LEAST_WIDTH
        numbers = (universe.sums(table) + step // 2) // step * step
        told = [int(number) if there else None for number, there in zip(numbers, shown, strict=True)]
        of = [month if there else None for there in shown.tolist()]
        _hold(universe, bits, table, told, of, before)
        fresh["|".join(table)] = {"n": told, "of": of}
    return fresh


def _hold(
    universe: Universe,
    bits: Bits,
    table: Dims,
    told: list[int | None],
    of: list[str | None],
    before: Mapping[str, Any],
) -> None:
    """A number that would differ from an earlier month's by a few things stays as it was told then."""
    earlier = before.get("told", {}).get("|".join(table))
    if earlier is None:
        return
    places = universe.places(table)
    names = [universe.categories[each] for each in table]
    for month in {each for each in earlier["of"] if each}:
        other = before["universes"].get(month)
        if other is None or [other[0].categories.get(each) for each in table] != names:
            continue
        then, then_bits = other[0].places(table), other[1]
        changed = np.bincount(places[~_among(bits, places, then_bits, then)], minlength=universe.size(table))
        changed += np.bincount(then[~_among(then_bits, then, bits, places)], minlength=universe.size(table))
        for place, was in enumerate(earlier["n"]):
            if earlier["of"][place] == month and told[place] is not None and changed[place] < RULES.apart:
                told[place], of[place] = was, month


def _among(bits: Bits, places: Numbers, others: Bits, their_places: Numbers) -> Mask:
    """Which things are among the others, in the same place."""
    mixed = bits ^ (places.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93))
    return np.isin(mixed, others ^ (their_places.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)))


# What other products know -----------------------------------------------------------------------------------------


async def near(
    unit: UnitOfWork, name: str, universe: Universe, bits: Bits, dims: Dims, ledger: Ledger
) -> dict[Dims, Mask]:
    """The places that differ by few households from what cohorts' counts and associations have shown to anybody."""
    if name != "households":
        return {}
    recent = ShownCount.asked_at > func.clock_timestamp() - REMEMBERED
    others = (
        await unit.session.execute(
            select(ShownCount.households, ShownCount.sketch)
            .join(AggregateQuery, AggregateQuery.id == ShownCount.query_id)
            .where(recent, AggregateQuery.kind != OWN)
            .distinct()
        )
    ).all()
    found = {}
    for table in margins(dims):
        if table in ledger.states or not others:
            continue
        counts, flags = universe.counts(table), np.zeros(universe.size(table), np.bool_)
        sketches: dict[int, bytes] = {}
        for size, sketch in others:
            for place in np.flatnonzero(np.abs(counts - size) < RULES.apart).tolist():
                if place not in sketches:
                    sketches[place] = sketches_of(bits[universe.places(table) == place], None, 1)[0]
                flags[place] |= too_near(sketches[place], sketch, RULES)
        found[table] = flags
    return found


def sketches_of(bits: Bits, places: Numbers | None, size: int) -> list[bytes]:
    """The sketch (disclosure.py) of each place's things."""
    marks = (bits % np.uint64(MARKS)).astype(np.int64)
    at = marks if places is None else places * MARKS + marks
    made = np.zeros(size * MARKS, np.uint64)
    np.bitwise_xor.at(made, at, bits)
    told = made.astype(">u8").tobytes()
    return [told[place * 8 * MARKS : (place + 1) * 8 * MARKS] for place in range(size)]


async def put_on_record(
    unit: UnitOfWork, name: str, universe: Universe, bits: Bits, row: ObservatoryRelease, fresh: Mapping[str, Any]
) -> None:
    """What was shown of households, with sketches, so that no cohort's count shown later differs from it by few."""
    if name != "households":
        return
    query = AggregateQuery(
        id=new_id(),
        kind=OWN,
        digest=f"ledger {row.month:%Y-%m}",
        question={"ledger": name, "tables": sorted(fresh)},
        answer={"ledger": str(row.id)},
        outcome="shown",
        as_of=row.as_of,
        asked_by=unit.cause.actor,
        purpose=unit.cause.purpose,
    )
    unit.session.add(query)
    await unit.session.flush()
    places: list[str] = []
    households: list[int] = []
    sketches: list[bytes] = []
    for key, each in fresh.items():
        table = tuple(key.split("|")) if key else ()
        shown = [place for place, number in enumerate(each["n"]) if number is not None]
        if not shown:
            continue
        counts, made = universe.counts(table), sketches_of(bits, universe.places(table), universe.size(table))
        places += [f"{key}:{place}" for place in shown]
        households += counts[shown].tolist()
        sketches += [made[place] for place in shown]
    # Hundreds of rows for one question: one statement, not one for each.
    await unit.session.execute(_REMEMBER, {"id": query.id, "p": places, "h": households, "s": sketches})
