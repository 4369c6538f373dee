"""Writes of signals: found once, raised for people whom casefile knows, held while a Breathing Space runs.

A home of an approved list is one too: it waits for the same answers, and for its cohort when the panel paused that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, cast
from uuid import UUID, uuid5

from sqlalchemy import Table, or_, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.codes import SignalKind
from kit.contracts.risk import SignalState
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.risk.cohorts.models import Cohort
from services.risk.emergencies.models import EmergencyList
from services.risk.linkage.visibility import NOT_FOR_A_LIST, homes_kept_back
from services.risk.signals import catalogue, domain, finding, whose
from services.risk.signals.domain import Breathing, Definition, State
from services.risk.signals.finding import Fresh, Where
from services.risk.signals.models import KnownBreathingSpace, Signal
from services.risk.signals.whose import Known
from services.risk.sources import standing
from services.risk.sources.domain import coverage
from services.risk.sources.register import GATEWAYS

_OUTREACH = "outreach"
_BREATHING_SPACE = "breathing_space"
_NOT_FRESH = "not_fresh"
_MOST_ROWS = 1_000
_LISTED_OFFER: Final = "money_help"


async def look(unit: UnitOfWork, *, load_id: UUID | None = None, households: Collection[UUID] | None = None) -> int:
    """Find what calls for an offer in a load, in some households (pseudonyms), or everywhere. How many were new.

    Each is kept once for its household, kind and month, whatever is loaded again. Those whom casefile knows are raised
    at once, unless a Breathing Space holds them; the others are introduced to it first.
    """
    today = clock.today()
    covered = coverage(_OUTREACH, await standing.products(unit.session), GATEWAYS, today, contact=True)
    found = 0
    for definition in catalogue.in_force(today):
        if definition.fact not in covered.kinds:
            continue
        fresh = await finding.fresh(unit, definition, covered, today, Where(load_id, households))
        known = await whose.known(unit, {each.resident for each in fresh})
        # One for a household and month: of several people of it, whom casefile knows already.
        chosen: dict[tuple[UUID, str], Fresh] = {}
        for each in sorted(fresh, key=lambda each: each.resident not in known):
            chosen.setdefault((each.household, domain.occurrence(each.occurred_on)), each)
        # In one order: two finders of the same take turns, and the second finds it kept.
        keys = sorted(chosen)
        for start in range(0, len(keys), _MOST_ROWS):
            rows = [_row(definition, chosen[key]) for key in keys[start : start + _MOST_ROWS]]
            found += await _keep(unit, rows, known)
    return found


@dataclass(frozen=True, slots=True)
class Listed:
    """A home of an approved list: whom of it (by pseudonym) the offer is for, and whose record of them to use."""

    household: UUID
    resident: UUID
    source: str


async def call_listed(
    unit: UnitOfWork,
    cohort_id: UUID,
    publication_id: UUID,
    homes: Sequence[Listed],
    known: Mapping[UUID, Known],
    *,
    kind: SignalKind = SignalKind.COHORT,
    offer: str = _LISTED_OFFER,
) -> None:
    """Homes of an approved list call for an offer each, once: a job done twice changes nothing.

    Of an emergency both ids are the list's own.
    """
    rows: list[dict[str, object]] = [
        {
            "id": uuid5(publication_id, str(home.household)),
            "version": 1,
            "kind": kind.value,
            "household": home.household,
            "resident": home.resident,
            "occurrence": str(publication_id),
            "cohort_id": cohort_id,
            "source": home.source,
            "observed_on": clock.today(),
            "offer": offer,
            "state": State.INTRODUCING.value,
            "found_at": clock.now(),
        }
        for home in sorted(homes, key=lambda home: home.household)
    ]
    if rows:
        await _keep(unit, rows, known)


def _row(definition: Definition, fresh: Fresh) -> dict[str, object]:
    return {
        "id": new_id(),
        "version": 1,
        "kind": definition.kind.value,
        "household": fresh.household,
        "resident": fresh.resident,
        "occurrence": domain.occurrence(fresh.occurred_on),
        "fact": fresh.fact,
        "source": fresh.source,
        "observed_on": fresh.occurred_on,
        "offer": definition.offer,
        "state": State.INTRODUCING.value,
        "found_at": clock.now(),
    }


async def _keep(unit: UnitOfWork, rows: Sequence[dict[str, object]], known: Mapping[UUID, Known]) -> int:
    table = cast(Table, Signal.__table__)
    new = (await unit.session.scalars(insert(table).values(rows).on_conflict_do_nothing().returning(table.c.id))).all()
    signals = (await unit.session.scalars(select(Signal).where(Signal.id.in_(new)).order_by(Signal.id))).all()
    await _raise_or_hold(unit, [(each, known[each.resident]) for each in signals if each.resident in known])
    strangers = {each.resident for each in signals if each.resident not in known}
    if strangers:
        await whose.introduce(unit, strangers)
    return len(new)


async def answered(unit: UnitOfWork, resident: UUID, known: Known) -> None:
    """Casefile said who a resident (pseudonym) is: what waited for that is raised, if it is fresh still."""
    same = await whose.joined_into(unit, resident)
    waiting = await unit.session.scalars(
        select(Signal)
        .where(Signal.resident.in_(same), Signal.state == State.INTRODUCING)
        .order_by(Signal.id)
        .with_for_update()
    )
    await _raise_or_hold(unit, [(each, known) for each in waiting])


async def let_go(
    unit: UnitOfWork, *, people: Collection[UUID] = (), households: Collection[UUID] = (), but: UUID | None = None
) -> None:
    """A Breathing Space (`but`) ended: what it held back is raised, if it is fresh still and nothing else holds it."""
    held = await unit.session.scalars(
        select(Signal)
        .where(Signal.state == State.HELD, or_(Signal.person_id.in_(people), Signal.household_id.in_(households)))
        .order_by(Signal.id)
        .with_for_update()
    )
    pairs = [
        (each, Known(each.person_id, each.household_id))
        for each in held
        if each.person_id is not None and each.household_id is not None
    ]
    await _raise_or_hold(unit, pairs, but=but)


async def _raise_or_hold(unit: UnitOfWork, asked: Sequence[tuple[Signal, Known]], *, but: UUID | None = None) -> None:
    paused = await _paused(unit, {each.cohort_id for each, _ in asked if each.cohort_id is not None})
    over = await _over(unit, {each.cohort_id for each, _ in asked if each.kind == SignalKind.EMERGENCY})
    signals = [(each, known) for each, known in asked if each.cohort_id not in paused]
    if not signals:
        return
    today = clock.today()
    listed = [each for each, _ in signals if each.cohort_id is not None]
    # Kept back since the list was approved: no offer is made from a list.
    sealed = await homes_kept_back(unit) if listed else set()
    spaces = await _breathing_spaces(unit, [known for _, known in signals], but)
    for signal, known in signals:
        if signal.cohort_id is not None and signal.household in sealed:
            _become(signal, State.LAPSED, NOT_FOR_A_LIST)
            continue
        signal.person_id, signal.household_id = known.person_id, known.household_id
        held, until = domain.held_until([*spaces.get(known.person_id, ()), *spaces.get(known.household_id, ())], today)
        if held and signal.kind != SignalKind.EMERGENCY:
            # Who is cold is asked after whatever they owe: that call is not about money.
            _become(signal, State.HELD, _BREATHING_SPACE)
            signal.held_until = until
        elif signal.cohort_id in over or not _fresh(signal, today):
            _become(signal, State.LAPSED, _NOT_FRESH)
        else:
            _become(signal, State.RAISED, None)
            _raise(unit, signal, known)
    await unit.session.flush()


async def _paused(unit: UnitOfWork, cohorts: Collection[UUID]) -> set[UUID]:
    """Of these cohorts, those that the panel has stopped: no more offers are made from their lists."""
    if not cohorts:
        return set()
    return set(await unit.session.scalars(select(Cohort.id).where(Cohort.id.in_(cohorts), Cohort.paused)))


async def _over(unit: UnitOfWork, lists: Collection[UUID | None]) -> set[UUID | None]:
    """Of these emergency lists, those that were withdrawn, and those whose days are over."""
    if not lists:
        return set()
    gone = or_(EmergencyList.standing == "withdrawn", EmergencyList.ends_on < clock.today())
    return set(await unit.session.scalars(select(EmergencyList.id).where(EmergencyList.id.in_(lists), gone)))


def _become(signal: Signal, state: State, why: str | None) -> None:
    signal.state, signal.why, signal.held_until = state, why, None
    signal.version += 1


def _raise(unit: UnitOfWork, signal: Signal, known: Known) -> None:
    moment = clock.business_now()
    signal.raised_at = moment
    if signal.cohort_id is not None:
        # A list is of the day on which it calls; nothing that happened is told.
        signal.observed_on = moment.date()
    state = SignalState(
        signal_id=signal.id,
        kind=SignalKind(signal.kind),
        person_id=known.person_id,
        household_id=known.household_id,
        observed_on=signal.observed_on,
        source=signal.source,
        offer=signal.offer,
        cohort_id=signal.cohort_id,
        raised_at=moment,
    )
    unit.emit("risk.signal.raised", state, aggregate_id=signal.id, sequence=signal.version)
    unit.accessed(f"signal/{signal.id}", [known.person_id])


async def _breathing_spaces(unit: UnitOfWork, known: Iterable[Known], but: UUID | None) -> dict[UUID, list[Breathing]]:
    """The active ones by whom they are about: casefile's person and household ids."""
    asked = list(known)
    people, households = {each.person_id for each in asked}, {each.household_id for each in asked}
    rows = await unit.session.scalars(
        select(KnownBreathingSpace).where(
            KnownBreathingSpace.state == "active",
            or_(KnownBreathingSpace.person_id.in_(people), KnownBreathingSpace.household_id.in_(households)),
        )
    )
    found: dict[UUID, list[Breathing]] = {}
    for row in rows:
        if row.id != but:
            for about in (row.person_id, row.household_id):
                found.setdefault(about, []).append(Breathing(row.ends_on))
    return found


async def sweep(unit: UnitOfWork) -> int:
    """Everything fresh that was not found yet; what waited and can go now; what waited too long. How many were new."""
    today = clock.today()
    found = await look(unit)
    waiting = (
        await unit.session.scalars(
            select(Signal)
            .where(or_(Signal.state == State.INTRODUCING, (Signal.state == State.HELD) & (Signal.held_until < today)))
            .order_by(Signal.id)
            .with_for_update()
        )
    ).all()
    old = [each for each in waiting if not _fresh(each, today)]
    for each in old:
        _become(each, State.LAPSED, _NOT_FRESH)
    await unit.session.flush()
    rest = [each for each in waiting if each.state != State.LAPSED]
    known = await whose.known(unit, {each.resident for each in rest})
    await _raise_or_hold(unit, [(each, known[each.resident]) for each in rest if each.resident in known])
    return found


def _fresh(signal: Signal, today: date) -> bool:
    if signal.cohort_id is not None:
        # Two people decided on the list, and it stands until they are asked.
        return True
    definition = catalogue.of(signal.kind, today)
    return definition is not None and definition.is_fresh(signal.observed_on, today)
