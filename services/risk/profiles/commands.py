"""Writes of profiles: working them out for the households that were touched, and disputes.

A profile is shown, announced, and that is all: nothing in here or behind its events decides anything for anybody.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Table, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.risk import DisputeState as DisputeEvent
from kit.contracts.risk import ProfileState
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.risk.profiles import domain, rules, whose
from services.risk.profiles.catalogue import DEFINITIONS, book
from services.risk.profiles.delicate import DELICATE
from services.risk.profiles.domain import DisputeState, Role, Rulebook, SaidBy
from services.risk.profiles.models import (
    AnnouncedProfile,
    FactorDefinition,
    FactorDispute,
    HouseholdFactor,
    Profile,
)
from services.risk.profiles.rules import Found

_MOST_AT_ONCE = 1_000
_TABLE = cast(Table, HouseholdFactor.__table__)


async def recompute(unit: UnitOfWork, households: Iterable[UUID], *, tell_all: bool = False) -> int:
    """Work out the factors of these households (pseudonyms) from all their facts, in the caller's transaction.

    Writes only what differs, announces the known households whose profile changed, and returns how many factors
    changed. For the households a fact, a placing or a dispute touched; the whole borough is `borough.py`'s. `tell_all`:
    casefile may know some of them only since now, so that all are compared with what was announced.
    """
    waiting = sorted(set(households))
    changed = 0
    for start in range(0, len(waiting), _MOST_AT_ONCE):
        changed += await _recompute(unit, waiting[start : start + _MOST_AT_ONCE], tell_all)
    return changed


async def _recompute(unit: UnitOfWork, households: Sequence[UUID], tell_all: bool) -> int:
    rulebook = book(clock.today())
    # First, and in one order: two workings out of one household take turns, and the later one sees all facts.
    await _take_turns(unit, households, rulebook)
    found = {(each.household, each.factor): each for each in await rules.standing(unit, households, rulebook)}
    aside = await stand_aside(unit, households, rulebook.day)
    rows = await unit.session.execute(select(*_TABLE.columns).where(_TABLE.c.household.in_(households)))
    stored = {(row.household, row.factor): row for row in rows}
    wanted = {key: _row(each, rulebook, key in aside and each.latest_on <= aside[key]) for key, each in found.items()}
    different = {key: row for key, row in wanted.items() if key not in stored or _differs(stored[key], row)}
    gone = [key for key in stored if key not in wanted]
    if gone:
        await unit.session.execute(delete(_TABLE).where(tuple_(_TABLE.c.household, _TABLE.c.factor).in_(gone)))
    await put(unit, list(different.values()))
    moved = {household for household, _ in gone} | {
        key[0] for key, row in different.items() if key not in stored or stored[key].disputed != row["disputed"]
    }
    await announce(unit, households if tell_all else moved)
    return len(different) + len(gone)


async def put(unit: UnitOfWork, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert factors or bring those that stand up to date."""
    if not rows:
        return
    statement = insert(_TABLE).values(rows)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in ("household", "factor")}
    await unit.session.execute(statement.on_conflict_do_update(index_elements=["household", "factor"], set_=changes))


async def _take_turns(unit: UnitOfWork, households: Sequence[UUID], rulebook: Rulebook) -> None:
    moment = {"definitions_version": rulebook.version, "computed_on": rulebook.day, "computed_at": clock.now()}
    statement = insert(Profile).values([{"household": each, "version": 1, **moment} for each in households])
    versions = await unit.session.scalars(
        statement.on_conflict_do_update(
            index_elements=["household"], set_={"version": Profile.version + 1, **moment}
        ).returning(Profile.version)
    )
    if 1 in versions.all():
        await publish(unit)


async def publish(unit: UnitOfWork) -> None:
    """Keep each version of each definition as it was when it was first used."""
    rows = [
        {
            "code": each.code,
            "version": each.version,
            "role": each.role,
            "title": each.title,
            "weight": each.weight,
            "lowers": each.lowers,
            "valid_from": each.valid_from,
            "valid_to": each.valid_to,
            "rule": domain.rule_as_data(each.rule),
        }
        for each in DEFINITIONS
    ]
    await unit.session.execute(insert(FactorDefinition).values(rows).on_conflict_do_nothing())


async def announce(unit: UnitOfWork, households: Collection[UUID]) -> None:
    """Tell the others of those whose profile is not what they were last told, as far as casefile knows them.

    Only factors that rest on ordinary facts are told: the timeline is read by everyone who works with a household.
    """
    known = await whose.casefile_households(unit, households)
    if not known:
        return
    told = {
        row.household_id: row
        for row in await unit.session.scalars(
            select(AnnouncedProfile)
            .where(AnnouncedProfile.household_id.in_(set(known.values())))
            .order_by(AnnouncedProfile.household_id)
            .with_for_update()
        )
    }
    known = await _one_for_each(unit, known, {id_: row.household for id_, row in told.items()})
    if moved := await _carry_disputes(unit, known):
        # That announces them too.
        await recompute(unit, moved, tell_all=True)
        known = {household: id_ for household, id_ in known.items() if household not in moved}
    rulebook = book(clock.today())
    standing: dict[UUID, set[str]] = {household: set() for household in known}
    rows = await unit.session.execute(
        select(_TABLE.c.household, _TABLE.c.factor).where(_TABLE.c.household.in_(known), _TABLE.c.disputed.is_(False))
    )
    for household, factor in rows:
        standing[household].add(factor)
    for household, household_id in sorted(known.items(), key=lambda each: each[1]):
        against = domain.announced(standing[household] & rulebook.codes(Role.FACTOR, Role.SHOCK), DELICATE)
        protects = domain.announced(standing[household] & rulebook.codes(Role.PROTECTIVE), DELICATE)
        row = told.get(household_id)
        if row is None:
            if not against and not protects:
                continue
            row = AnnouncedProfile(household_id=household_id, household=household, version=0, factors=[], protective=[])
            unit.session.add(row)
            told[household_id] = row
        row.household = household
        if (list(against), list(protects)) == (row.factors, row.protective):
            continue
        row.version, row.factors, row.protective = row.version + 1, list(against), list(protects)
        state = ProfileState(
            household_id=household_id,
            factors=against,
            protective=protects,
            definitions_version=rulebook.version,
            computed_at=clock.business_now(),
        )
        unit.emit("risk.household.profile_changed", state, aggregate_id=household_id, sequence=row.version)


async def _one_for_each(unit: UnitOfWork, known: Mapping[UUID, UUID], before: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """A casefile household whose people live apart is that of the home where most of them live, and of no other."""
    kept = {}
    times = Counter(known.values())
    for household, household_id in known.items():
        if times[household_id] > 1 or before.get(household_id, household) != household:
            people = await whose.members(unit, household_id)
            if (await whose.placed(unit, household_id, people)).household != household:
                continue
        kept[household] = household_id
    return kept


async def _carry_disputes(unit: UnitOfWork, known: Mapping[UUID, UUID]) -> list[UUID]:
    """Linkage calls a household by another pseudonym than when it was disputed: the disputes go with it. Which did."""
    lost = await unit.session.scalars(
        select(FactorDispute)
        .where(FactorDispute.household_id.in_(set(known.values())), FactorDispute.household.not_in(list(known)))
        .order_by(FactorDispute.id)
        .with_for_update()
    )
    now = {household_id: household for household, household_id in known.items()}
    waiting = await unit.session.execute(
        select(FactorDispute.household, FactorDispute.factor).where(
            FactorDispute.household.in_(list(known)),
            FactorDispute.state.in_([DisputeState.OPEN, DisputeState.SET_ASIDE]),
        )
    )
    taken = {(household, factor) for household, factor in waiting}
    moved = set()
    for row in lost:
        place = (now[row.household_id], row.factor)
        if place not in taken:
            # One of two households that became one may have been disputed too: that dispute counts.
            taken.add(place)
            row.household = now[row.household_id]
            moved.add(row.household)
    await unit.session.flush()
    return sorted(moved)


def _row(found: Found, rulebook: Rulebook, disputed: bool) -> dict[str, object]:
    return {
        "household": found.household,
        "factor": found.factor,
        "role": rulebook[found.factor].role.value,
        "since": found.since,
        "latest_on": found.latest_on,
        "amount": found.amount,
        "facts": found.facts,
        "sources": list(found.sources),
        "certainty": found.certainty,
        "disputed": disputed,
    }


def _differs(stored: Row[Any], row: Mapping[str, object]) -> bool:
    return any(getattr(stored, name) != value for name, value in row.items())


# Disputes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said against a factor, and by whom: the resident's own words are recorded by a worker."""

    said_by: SaidBy
    reason: str
    set_aside: bool = False


async def stand_aside(unit: UnitOfWork, households: Sequence[UUID], day: date) -> dict[tuple[UUID, str], date]:
    """The newest day up to which each factor is off its profile, by disputes made until `day`."""
    rows = await unit.session.execute(
        select(FactorDispute.household, FactorDispute.factor, func.max(FactorDispute.disputed_on))
        .where(
            FactorDispute.household.in_(households),
            FactorDispute.state.in_(domain.STANDS_ASIDE),
            FactorDispute.disputed_on <= day,
        )
        .group_by(FactorDispute.household, FactorDispute.factor)
    )
    return {(household, factor): aside for household, factor, aside in rows}


async def dispute(unit: UnitOfWork, household: UUID, household_id: UUID, factor: str, saying: Saying) -> FactorDispute:
    """Record that a factor is said to be wrong, or is set aside: it leaves the profile in this transaction.

    `Conflict` while an earlier dispute of it waits to be settled.
    """
    waiting = await unit.session.scalar(
        select(FactorDispute.id).where(
            FactorDispute.household == household,
            FactorDispute.factor == factor,
            FactorDispute.state.in_([DisputeState.OPEN, DisputeState.SET_ASIDE]),
        )
    )
    if waiting is not None:
        raise Conflict("A dispute about this factor waits to be settled already", dispute_id=str(waiting))
    row = FactorDispute(
        id=new_id(),
        version=1,
        household=household,
        household_id=household_id,
        factor=factor,
        state=DisputeState.SET_ASIDE if saying.set_aside else DisputeState.OPEN,
        said_by=saying.said_by,
        reason=saying.reason,
        disputed_by=unit.cause.actor,
        disputed_on=clock.today(),
        disputed_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    await recompute(unit, [household])
    _tell(unit, row)
    _put_on_record(unit, row)
    return row


async def settle(
    unit: UnitOfWork, dispute_id: UUID, expected: int, verdict: DisputeState, reason: str
) -> FactorDispute:
    """Settle a dispute, as another person than the one who recorded it. Rejected: the factor is back at once."""
    row = (
        await unit.session.scalars(select(FactorDispute).where(FactorDispute.id == dispute_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound("We know of no such dispute")
    check_version(row.version, expected)
    domain.check_resolver(row.disputed_by, unit.cause.actor)
    row.state = domain.settle(DisputeState(row.state), verdict)
    row.version += 1
    row.settled_by, row.settled_at, row.settled_reason = unit.cause.actor, clock.business_now(), reason
    await unit.session.flush()
    await recompute(unit, [row.household])
    _tell(unit, row)
    _put_on_record(unit, row)
    return row


def _tell(unit: UnitOfWork, row: FactorDispute) -> None:
    if row.factor in DELICATE:
        # That somebody disputes it would tell the timeline what it is.
        return
    state = DisputeEvent(
        dispute_id=row.id,
        household_id=row.household_id,
        factor=row.factor,
        state=row.state,
        said_by=row.said_by,
        disputed_by=row.disputed_by,
        disputed_at=row.disputed_at,
    )
    unit.emit("risk.factor.disputed", state, aggregate_id=row.id, sequence=row.version)


def _put_on_record(unit: UnitOfWork, row: FactorDispute) -> None:
    unit.accessed(f"household/{row.household_id}")
